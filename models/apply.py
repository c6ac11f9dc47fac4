"""Making the changes of a scenario to a problem.

Changes are made one after another, so that scenarios compose: apply the changes of one, then of the next. `where` names
are looked up kind by kind (a county before a power area of the same name, an item before a category) and add up. Factors leave
absent limits absent, as no limit times anything is still none, but a change that finds nothing at all to multiply is refused.
"""

from collections.abc import Callable, Sequence
from typing import Any

from models.amending import shares, works
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
    "machine_condition": works.machine_condition,
    "population": works.population,
    "norms": works.norms,
    "labour": works.labour,
    "materials": shares.materials,
    "partner_offers": shares.partner_offers,
    "partner_wants": shares.partner_wants,
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
