"""What they may do: the guard that stands before every route.

router = APIRouter(prefix="/v1/plans/{plan}", dependencies=[may("read")])

@router.post("/outputs", dependencies=[may("report")])

A guard looks at the path: with `{plan}` it asks for the act in the plan's province, with `{province}` in that one, with neither
in any. What a body names is for the route to check, with the principal at hand: `within`, `require_plan`.
"""

from service.access.guards import Guard, guard_of, may, require_plan, within
from service.access.refusals import Barred, Forbidden
from service.identity import Act, Grant, Principal, Role
from service.web.services import Caller, PrincipalOf

__all__ = [
    "Act",
    "Barred",
    "Caller",
    "Forbidden",
    "Grant",
    "Guard",
    "Principal",
    "PrincipalOf",
    "Role",
    "guard_of",
    "may",
    "require_plan",
    "within",
]
