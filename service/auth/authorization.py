"""Authorization: which principal may do what with which plan or province."""

import re
from collections.abc import Callable
from typing import TypeVar

from models.base import ID_PATTERN
from service.auth.principals import Permission, Principal
from service.core.errors import ApiError, NotFoundError
from service.storage.errors import RecordNotFoundError
from service.storage.store import Store, Transaction

_ID_REGEX = re.compile(ID_PATTERN)


LookupResult = TypeVar("LookupResult")


def require_plan_permission(transaction: Transaction, principal: Principal, permission: Permission, plan: str) -> None:
    """For plans that a body or a query names: NotFound or Barred if there is none they may read, Forbidden if they may no more."""
    province, owner = transaction.plans.read_ownership(plan)
    if not principal.is_permitted_for_plan("read", province, owner):
        raise HiddenError(principal.caller, permission, "plan", plan, province)
    if not principal.is_permitted_for_plan(permission, province, owner):
        raise ForbiddenError(principal.caller, permission, plan, province)


def scope_lookup(
    look_up: Callable[[str, int | None], LookupResult], principal: Principal, permission: Permission
) -> Callable[[str, int | None], LookupResult]:
    """A look-up of provinces that finds those in which a principal may do an act; Barred and Forbidden for others."""

    def look_up_permitted(name: str, version: int | None) -> LookupResult:
        if not principal.is_permitted("read", name):
            raise HiddenError(
                principal.caller, permission, "province", name if version is None else f"{name} version {version}"
            )
        if not principal.is_permitted(permission, name):
            raise ForbiddenError(principal.caller, permission, name, name)
        return look_up(name, version)

    return look_up_permitted


def authorize_stored_plan(store: Store, principal: Principal, permission: Permission, plan: str) -> None:
    """Require that a principal may do something with a stored plan; raise RecordNotFoundError for names that cannot be one."""
    if not _ID_REGEX.fullmatch(plan) or len(plan) > 100:
        raise RecordNotFoundError("plan", plan)
    with store.read_transaction() as transaction:
        require_plan_permission(transaction, principal, permission, plan)


def authorize_province(principal: Principal, permission: Permission, province: str, *, hidden: bool) -> None:
    """Forbidden unless they may; where they may not even read and it is to be `hidden`, Barred."""
    if hidden and not principal.is_permitted("read", province):
        raise HiddenError(principal.caller, permission, "province", province, province[:100])
    if not principal.is_permitted(permission, province):
        raise ForbiddenError(principal.caller, permission, province, province[:100])


class ForbiddenError(ApiError):
    """Whoever asks may read here, but not do this."""

    status, code, title = 403, "forbidden", "Forbidden"

    def __init__(
        self, caller: str, permission: Permission, subject: str, province: str | None = None, detail: str | None = None
    ) -> None:
        """`caller` has no role that allows `act` with `subject` (a plan, a province, or where nothing is named, empty), which is of a province.

        `detail` says more than that.
        """
        super().__init__(detail or f"None of your roles allows {permission!r} here; GET /v1/me lists them.")
        self.caller, self.permission, self.subject, self.province = caller, permission, subject, province


class HiddenError(NotFoundError):
    """Something that whoever asks may not even know of: answered like what is not there."""

    def __init__(
        self, caller: str, permission: Permission, kind: str, subject: str, province: str | None = None
    ) -> None:
        """`caller` may not read `subject`, a plan or a province as `kind` says, which is of a province."""
        super().__init__(f"There is no {kind} {subject!r}.")
        self.caller, self.permission, self.subject, self.province = caller, permission, subject, province
