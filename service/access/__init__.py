"""What they may do: the guard that stands before every route.

router = APIRouter(prefix="/v1/plans/{plan}", dependencies=[may("read")])

@router.post("/outputs", dependencies=[may("report")])

A guard looks at the path: with `{plan}` it asks for the act in the plan's province, with `{province}` in that one, with neither
in any. What a body names is for the route to check, with the principal at hand: `within`, `require_plan`.
"""

from service.access.guards import (
    PermissionGuard,
    find_route_guard,
    require_permission,
    require_plan_permission,
    scope_lookup,
)
from service.access.refusals import ForbiddenError, HiddenError
from service.identity import Grant, Permission, Principal, Role
from service.web.services import CallerDependency, PrincipalDependency

__all__ = [
    "Permission",
    "HiddenError",
    "CallerDependency",
    "ForbiddenError",
    "Grant",
    "PermissionGuard",
    "Principal",
    "PrincipalDependency",
    "Role",
    "find_route_guard",
    "require_permission",
    "require_plan_permission",
    "scope_lookup",
]
