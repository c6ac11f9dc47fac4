"""The guard of a route: a dependency that lets pass who may do what the route does."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import Depends
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request

from models.base import ID_PATTERN
from service.auth.denials import ForbiddenError, HiddenError
from service.auth.principals import ANONYMOUS_PRINCIPAL, Permission, Principal
from service.domain.container import PrincipalDependency, ServicesDependency
from service.storage.errors import RecordNotFoundError
from service.storage.store import Store, Transaction

_ID_REGEX = re.compile(ID_PATTERN)

LookupResult = TypeVar("LookupResult")


class PermissionGuard:
    """Lets pass who may do an act: with the path's plan, in the path's province, or anywhere if it names neither."""

    def __init__(self, permission: Permission) -> None:
        """Guard a route that does `act`."""
        self.permission = permission

    async def __call__(self, request: Request, services: ServicesDependency, principal: PrincipalDependency) -> None:
        """Raise Forbidden, or for what they may not know of Barred (404), unless they may."""
        if principal is ANONYMOUS_PRINCIPAL:
            return
        plan, province = request.path_params.get("plan"), request.path_params.get("province")
        if plan is not None:
            await run_in_threadpool(_authorize_stored_plan, services.store, principal, self.permission, str(plan))
        elif province is not None:
            _authorize_province(principal, self.permission, str(province), hidden=request.method in {"GET", "HEAD"})
        elif not self._is_permitted(principal):
            raise ForbiddenError(principal.caller, self.permission, "")

    def _is_permitted(self, principal: Principal) -> bool:
        return (
            principal.is_administrator
            if self.permission == "administer"
            else principal.is_permitted_anywhere(self.permission)
        )


def require_permission(permission: Permission) -> Any:
    """The guard to stand in `dependencies=[…]` of a router or a route."""
    return Depends(PermissionGuard(permission))


def find_route_guard(dependant: Any) -> PermissionGuard | None:
    """The last guard among the dependencies of a route (FastAPI's `route.dependant`); None if it has none."""
    guards = [one.call for one in getattr(dependant, "dependencies", ()) if isinstance(one.call, PermissionGuard)]
    return guards[-1] if guards else None


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


def _authorize_stored_plan(store: Store, principal: Principal, permission: Permission, plan: str) -> None:
    if not _ID_REGEX.fullmatch(plan) or len(plan) > 100:
        raise RecordNotFoundError("plan", plan)
    with store.read_transaction() as transaction:
        require_plan_permission(transaction, principal, permission, plan)


def _authorize_province(principal: Principal, permission: Permission, province: str, *, hidden: bool) -> None:
    """Forbidden unless they may; where they may not even read and it is to be `hidden`, Barred."""
    if hidden and not principal.is_permitted("read", province):
        raise HiddenError(principal.caller, permission, "province", province, province[:100])
    if not principal.is_permitted(permission, province):
        raise ForbiddenError(principal.caller, permission, province, province[:100])
