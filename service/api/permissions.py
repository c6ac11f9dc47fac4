"""Permissions of routes: a dependency that requires a permission of the principal."""

from functools import partial
from typing import Any

from fastapi import Depends
from fastapi.concurrency import run_in_threadpool
from starlette.requests import Request

from service.api.dependencies import PrincipalDependency, ServicesDependency
from service.auth.authorization import (
    ForbiddenError,
    authorize_province,
    authorize_stored_analysis,
    authorize_stored_plan,
)
from service.auth.principals import ANONYMOUS_PRINCIPAL, Permission, Principal


class PermissionGuard:
    """Requires a permission: for the analysis or the plan in the path, in the province in the path, or anywhere if the path
    names none.
    """

    def __init__(self, permission: Permission) -> None:
        """Guard a route with a permission."""
        self.permission = permission

    async def __call__(self, request: Request, services: ServicesDependency, principal: PrincipalDependency) -> None:
        """Raise ForbiddenError, or HiddenError (404) for what the principal may not know of, unless it has the
        permission.
        """
        if principal is ANONYMOUS_PRINCIPAL:
            return
        plan, province = request.path_params.get("plan"), request.path_params.get("province")
        analysis = request.path_params.get("analysis")
        if analysis is not None:
            check = partial(authorize_stored_analysis, services.store, principal, self.permission)
            await run_in_threadpool(check, str(analysis))
        elif plan is not None:
            await run_in_threadpool(authorize_stored_plan, services.store, principal, self.permission, str(plan))
        elif province is not None:
            authorize_province(principal, self.permission, str(province), hidden=request.method in {"GET", "HEAD"})
        elif not self._is_permitted(principal):
            raise ForbiddenError(principal.caller, self.permission, "")

    def _is_permitted(self, principal: Principal) -> bool:
        return (
            principal.is_administrator
            if self.permission == "administer"
            else principal.is_permitted_anywhere(self.permission)
        )


def require_permission(permission: Permission) -> Any:
    """Return the dependency for `dependencies=[…]` of a router or a route."""
    return Depends(PermissionGuard(permission))


def find_route_guard(dependant: Any) -> PermissionGuard | None:
    """Find the last guard among the dependencies of a route (FastAPI's `route.dependant`); None if it has none."""
    guards = [one.call for one in getattr(dependant, "dependencies", ()) if isinstance(one.call, PermissionGuard)]
    return guards[-1] if guards else None
