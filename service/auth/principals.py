"""Principals: their names, their roles in provinces, and the permissions of each role."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, model_validator

from models.base import ID_PATTERN, Frozen, Id

Role = Literal["reader", "bureau", "centre", "factory", "admin"]
"""`reader` reads; `bureau` drafts, submits and reports outputs; `centre` returns, ratifies, puts in force and closes;
`factory` reports outputs; `admin` does all of it. All may read.
"""

Permission = Literal["read", "draft", "submit", "return", "ratify", "put-in-force", "close", "report", "administer"]
"""Permission that a route requires."""

ANY_PROVINCE = "*"
"""The province of a grant that holds in all provinces."""

RESERVED_CALLERS = frozenset({"local", "retention"})
"""Callers that the service itself is in the audit log: commands on the database and callers without authentication, and
the thread that deletes what is old.
"""

PROVIDER_CALLER_PREFIX = "oidc:"
"""Prefix of the callers whom an identity provider names."""

ROLES_BY_PERMISSION: Mapping[Permission, frozenset[Role]] = {
    "read": frozenset(get_args(Role)),
    "draft": frozenset({"bureau", "admin"}),
    "submit": frozenset({"bureau", "admin"}),
    "return": frozenset({"centre", "admin"}),
    "ratify": frozenset({"centre", "admin"}),
    "put-in-force": frozenset({"centre", "admin"}),
    "close": frozenset({"centre", "admin"}),
    "report": frozenset({"factory", "bureau", "admin"}),
    "administer": frozenset({"admin"}),
}
"""Roles with each permission."""

ProvinceOrAny = Annotated[str, Field(min_length=1, max_length=100, pattern=rf"^\*$|{ID_PATTERN}")]


class Grant(Frozen):
    """A role in a province."""

    province: ProvinceOrAny
    """Province, or `*` for all provinces and for what belongs to none."""
    role: Role
    """`reader`, `bureau`, `centre`, `factory` or `admin`; every role may read."""
    factory: Id | None = None
    """With the role `factory`: the only factory whose outputs may be reported; null for all factories of the
    province.
    """

    @model_validator(mode="after")
    def _validate_factory_role(self) -> Self:
        if self.factory is not None and self.role != "factory":
            raise ValueError("only the role `factory` can be held for one factory")
        return self

    @classmethod
    def from_text(cls, text: str) -> "Grant":
        """Parse `province:role` or `province:factory:name`. ValidationError for any other text."""
        province, _, rest = text.partition(":")
        role, colon, factory = rest.partition(":")
        return cls.model_validate({"province": province, "role": role} | ({"factory": factory} if colon else {}))

    def __str__(self) -> str:
        """Format the grant as text."""
        return ":".join(filter(None, (self.province, self.role, self.factory)))


@dataclass(frozen=True, slots=True)
class Principal:
    """A principal with its grants."""

    caller: str
    """Name in plans, idempotency keys, fair shares and the audit log; at most 100 characters."""
    grants: frozenset[Grant]
    """Roles in provinces."""

    def is_permitted(self, permission: Permission, province: str) -> bool:
        """Return whether the principal has a permission in a province (`*`: in all provinces)."""
        return any(
            one.role in ROLES_BY_PERMISSION[permission] and one.province in {province, ANY_PROVINCE}
            for one in self.grants
        )

    def is_permitted_anywhere(self, permission: Permission) -> bool:
        """Return whether the principal has a permission in some province."""
        return any(one.role in ROLES_BY_PERMISSION[permission] for one in self.grants)

    def is_permitted_for_plan(self, permission: Permission, province: str | None, owner: str) -> bool:
        """Return whether the principal has a permission for a plan of a province, or (without a province) of an
        owner.

        A plan of a problem in a request body belongs to its owner and to administrators of `*`.
        """
        if province is not None:
            return self.is_permitted(permission, province)
        return self.is_permitted("administer", ANY_PROVINCE) or (
            owner == self.caller and self.is_permitted_anywhere(permission)
        )

    def list_reportable_factories(self, province: str | None, owner: str) -> frozenset[str] | None:
        """List the factories whose outputs the principal may report for a plan; None for all."""
        held = [one for one in self.grants if one.role in ROLES_BY_PERMISSION["report"]]
        if province is not None:
            held = [one for one in held if one.province in {province, ANY_PROVINCE}]
        elif not self.is_permitted_for_plan("report", None, owner):
            held = []
        factories = frozenset(one.factory for one in held)
        return None if None in factories else frozenset(filter(None, factories))

    def list_readable_provinces(self) -> frozenset[str] | None:
        """List the provinces that the principal may read; None for all."""
        provinces = frozenset(one.province for one in self.grants)
        return None if ANY_PROVINCE in provinces else provinces

    @property
    def is_administrator(self) -> bool:
        """Whether the principal administers the whole service."""
        return self.is_permitted("administer", ANY_PROVINCE)


ANONYMOUS_PRINCIPAL = Principal("local", frozenset(Grant(province=ANY_PROVINCE, role=role) for role in get_args(Role)))
"""The principal used when authentication is off; it has every role."""
