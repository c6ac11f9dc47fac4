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
    """Require a permission for a plan that a body or a query names.

    HiddenError if the principal may not read the plan, ForbiddenError if reading is all that it may do.
    """
    province, owner = transaction.plans.read_ownership(plan)
    if not principal.is_permitted_for_plan("read", province, owner):
        raise HiddenError(principal.caller, permission, "plan", plan, province)
    if not principal.is_permitted_for_plan(permission, province, owner):
        raise ForbiddenError(principal.caller, permission, plan, province)


def scope_lookup(
    look_up: Callable[[str, int | None], LookupResult], principal: Principal, permission: Permission
) -> Callable[[str, int | None], LookupResult]:
    """Restrict a look-up of provinces to those in which a principal has a permission; HiddenError and ForbiddenError
    for others.
    """

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
    """Require that a principal may do something with a stored plan; RecordNotFoundError for names that no plan can
    have.
    """
    if not _ID_REGEX.fullmatch(plan) or len(plan) > 100:
        raise RecordNotFoundError("plan", plan)
    with store.read_transaction() as transaction:
        require_plan_permission(transaction, principal, permission, plan)


def authorize_stored_analysis(store: Store, principal: Principal, permission: Permission, analysis: str) -> None:
    """Require that a principal may do something with a stored analysis, which belongs to the province of its base plan.

    RecordNotFoundError for names that no analysis can have; else as `require_plan_permission`.
    """
    if not _ID_REGEX.fullmatch(analysis) or len(analysis) > 100:
        raise RecordNotFoundError("analysis", analysis)
    with store.read_transaction() as transaction:
        province, owner = transaction.analyses.read_ownership(analysis)
    if not principal.is_permitted_for_plan("read", province, owner):
        raise HiddenError(principal.caller, permission, "analysis", analysis, province)
    if not principal.is_permitted_for_plan(permission, province, owner):
        raise ForbiddenError(principal.caller, permission, analysis, province)


def authorize_province(principal: Principal, permission: Permission, province: str, *, hidden: bool) -> None:
    """Require a permission in a province; with `hidden`, HiddenError where the principal may not read."""
    if hidden and not principal.is_permitted("read", province):
        raise HiddenError(principal.caller, permission, "province", province, province[:100])
    if not principal.is_permitted(permission, province):
        raise ForbiddenError(principal.caller, permission, province, province[:100])


class ForbiddenError(ApiError):
    """The principal may read here but not perform this act."""

    status, code, title = 403, "forbidden", "Forbidden"

    def __init__(
        self, caller: str, permission: Permission, subject: str, province: str | None = None, detail: str | None = None
    ) -> None:
        """Record that `caller` has no role with `permission` for `subject`: a plan, a province, or empty; `detail`
        explains more.
        """
        super().__init__(detail or f"None of your roles allows {permission!r} here; GET /v1/me lists them.")
        self.caller, self.permission, self.subject, self.province = caller, permission, subject, province


class HiddenError(NotFoundError):
    """The principal may not know that this exists; the answer is the same as for a missing resource."""

    def __init__(
        self, caller: str, permission: Permission, kind: str, subject: str, province: str | None = None
    ) -> None:
        """Record that `caller` may not read `subject`, a plan or a province as `kind` says."""
        super().__init__(f"There is no {kind} {subject!r}.")
        self.caller, self.permission, self.subject, self.province = caller, permission, subject, province
