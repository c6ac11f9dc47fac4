"""Apply the changes of a scenario to a problem.

Changes are applied in order, so scenarios compose: apply the changes of one, then those of the next. Each name in
`where` is looked up by kind, for example a county before a power area and an item before a category. A factor leaves
absent limits absent. A factor that selects nothing but absent limits and zeros is an error.
"""

from collections.abc import Callable, Sequence
from typing import Any

from models.changes import (
    budget_changes,
    capacity_changes,
    policy_changes,
    requirement_changes,
    store_changes,
    supply_changes,
    timing_changes,
)
from models.changes.change import Change, ChangeName
from models.changes.change_context import ChangeContext
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import Finding, InvalidProblemError, check_problem, raise_on_errors

CHANGE_APPLIERS: dict[ChangeName, Callable[[ChangeContext], dict[str, Any]]] = {
    "central_share": supply_changes.apply_central_share,
    "delivered": supply_changes.apply_delivered_share,
    "power_limit": capacity_changes.apply_power_limit,
    "own_generation": capacity_changes.apply_own_generation,
    "rail_tonnes": capacity_changes.apply_link_tonnes,
    "road_tonnes": capacity_changes.apply_link_tonnes,
    "link_tonnes": capacity_changes.apply_link_tonnes,
    "handling_tonnes": store_changes.apply_handling_tonnes,
    "machine_condition": capacity_changes.apply_machine_condition,
    "machine_hours": capacity_changes.apply_machine_hours,
    "line_least": capacity_changes.apply_line_least,
    "line_most": capacity_changes.apply_line_most,
    "line_lot": capacity_changes.apply_line_lot,
    "line_least_run": capacity_changes.apply_line_least_run,
    "labour": capacity_changes.apply_labour_hours,
    "store_tonnes": store_changes.apply_store_tonnes,
    "opening_stock": store_changes.apply_opening_stock,
    "stock_least": store_changes.apply_stock_least,
    "stock_most": store_changes.apply_stock_most,
    "closing_least": store_changes.apply_closing_least,
    "closing_most": store_changes.apply_closing_most,
    "population": capacity_changes.apply_population,
    "norms": capacity_changes.apply_norms,
    "materials": supply_changes.apply_allotments,
    "local_floor": supply_changes.apply_local_floor,
    "partner_offers": supply_changes.apply_partner_offers,
    "partner_wants": supply_changes.apply_partner_wants,
    "partner_credit": supply_changes.apply_partner_credit,
    "budget_won": budget_changes.apply_budget_won,
    "served_least": supply_changes.apply_served_least,
    "requirement_norm": requirement_changes.apply_requirement_norm,
    "requirement_most": requirement_changes.apply_requirement_most,
    "provides": requirement_changes.apply_provides,
    "most_per_head": requirement_changes.apply_most_per_head,
    "basket_share": requirement_changes.apply_basket_share,
    "transit_periods": timing_changes.apply_transit_periods,
    "carry_over": timing_changes.apply_carry_over,
    "due_share": timing_changes.apply_due_share,
    "fairness_alpha": policy_changes.apply_fairness_alpha,
}
"""Function of each change; it returns the changed parts of the problem."""


def apply_changes(problem: PlanningProblem, changes: Sequence[Change]) -> PlanningProblem:
    """Apply `changes` in order to a problem that has passed its checks; the original stays unchanged.

    Only changed parts are copied. Raises InvalidProblemError with all findings about the changes, with paths such as
    `/changes/0/where`, or with the findings about the changed problem.
    """
    changed = apply_without_checks(problem, changes)
    if changes:
        raise_on_errors(check_problem(changed))
    return changed


def apply_without_checks(problem: PlanningProblem, changes: Sequence[Change]) -> PlanningProblem:
    """Apply `changes` in order without checks of the changed problem, where it is known to pass them.

    Raises InvalidProblemError with all findings about the changes themselves.
    """
    findings: list[Finding] = []
    for position, change in enumerate(changes):
        context = ChangeContext(problem, change, position)
        parts = CHANGE_APPLIERS[change.what](context)
        context.report_nothing_multiplied()
        findings += context.findings
        if not context.findings:
            problem = problem.model_copy(update=parts)
    if findings:
        raise InvalidProblemError(tuple(findings))
    return problem
