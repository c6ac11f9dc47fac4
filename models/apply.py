"""Making the changes of a scenario to a problem.

Changes are made one after another, so that scenarios compose: apply the changes of one, then of the next. `where` names
are looked up kind by kind (a county before a power area of the same name, an item before a category) and add up. Factors leave
absent limits absent, as no limit times anything is still none, but a change that finds nothing at all to multiply is refused.
"""

from collections.abc import Callable, Sequence
from typing import Any

from models.amending import shares, stores, works
from models.amending.amendment import Amendment
from models.changes import Change, ChangeName
from models.checks import Finding, InvalidProblem, check, refuse_errors
from models.problem import PlanningProblem

AMENDERS: dict[ChangeName, Callable[[Amendment], dict[str, Any]]] = {
    "central_share": shares.central_share,
    "delivered": shares.delivered,
    "power_limit": works.power_limit,
    "own_generation": works.own_generation,
    "rail_tonnes": works.link_tonnes,
    "road_tonnes": works.link_tonnes,
    "link_tonnes": works.link_tonnes,
    "handling_tonnes": stores.handling_tonnes,
    "machine_condition": works.machine_condition,
    "machine_hours": works.machine_hours,
    "line_least": works.line_least,
    "line_most": works.line_most,
    "labour": works.labour,
    "store_tonnes": stores.store_tonnes,
    "opening_stock": stores.opening_stock,
    "stock_least": stores.stock_least,
    "stock_most": stores.stock_most,
    "closing_least": stores.closing_least,
    "closing_most": stores.closing_most,
    "population": works.population,
    "norms": works.norms,
    "materials": shares.materials,
    "local_floor": shares.local_floor,
    "partner_offers": shares.partner_offers,
    "partner_wants": shares.partner_wants,
    "partner_credit": shares.partner_credit,
}
"""How each change is made: the parts of the problem that it gives anew."""


def apply_changes(problem: PlanningProblem, changes: Sequence[Change]) -> PlanningProblem:
    """`problem`, which has passed its checks, with `changes` made one after another; the original stays as it is.

    Only what a change touches is copied. Raises InvalidProblem, with paths such as `/changes/0/where`, with all that is wrong
    with the changes, or with what is wrong with the problem they make.
    """
    findings: list[Finding] = []
    for position, change in enumerate(changes):
        amendment = Amendment(problem, change, position)
        parts = AMENDERS[change.what](amendment)
        findings += amendment.findings
        if not amendment.findings:
            problem = problem.model_copy(update=parts)
    if findings:
        raise InvalidProblem(tuple(findings))
    if changes:
        refuse_errors(check(problem))
    return problem
