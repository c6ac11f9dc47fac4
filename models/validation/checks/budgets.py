"""Checks of budgets: their categories and partners exist, and what they cover costs something."""

from collections.abc import Callable, Iterator

from models.problem.budgets import Budget, BudgetCost
from models.validation.checks.context import ProblemContext, quote_name
from models.validation.finding import Finding
from models.validation.finding_codes import make_finding


def check_budget_references(context: ProblemContext) -> Iterator[Finding]:
    """Budgets name existing categories and partners."""
    for b, budget in enumerate(context.problem.budgets):
        for k, category in enumerate(budget.categories or ()):
            yield from context.check_reference("category", category, ("budgets", b, "categories", k))
        for k, partner in enumerate(budget.partners or ()):
            yield from context.check_reference("partner", partner, ("budgets", b, "partners", k))


def check_budget_partners(context: ProblemContext) -> Iterator[Finding]:
    """A budget names partners only if it covers swaps."""
    for b, budget in enumerate(context.problem.budgets):
        if budget.partners is not None and "swaps" not in budget.covers:
            message = (
                f"The budget {quote_name(budget.id)} names partners but does not cover swaps, so they have no effect."
            )
            remedy = "Add `swaps` to `covers`, or remove the partners."
            yield make_finding("partners_without_swaps", ("budgets", b, "partners"), message, remedy)


def check_covered_costs(context: ProblemContext) -> Iterator[Finding]:
    """Every kind of spending that a budget covers costs something; budgets with unknown names are left out."""
    for b, budget in enumerate(context.problem.budgets):
        is_known = {*(budget.categories or ())} <= context.categories.keys()
        is_known &= {*(budget.partners or ())} <= context.partner_ids
        for k, kind in enumerate(budget.covers if is_known else ()):
            if not any(COST_FINDERS[kind](context, budget)):
                message = (
                    f"The budget {quote_name(budget.id)} covers `{kind}`, but nothing of this kind costs anything."
                )
                yield make_finding("nothing_to_pay", ("budgets", b, "covers", k), message, COST_REMEDIES[kind])


def _is_covered_item(context: ProblemContext, budget: Budget, item: str) -> bool:
    found = context.items_by_id.get(item)
    return found is not None and (budget.categories is None or found.category in budget.categories)


def _find_making_costs(context: ProblemContext, budget: Budget) -> Iterator[bool]:
    for factory in context.problem.factories:
        for line in factory.lines:
            yield line.cost_per_unit > 0 and _is_covered_item(context, budget, line.item)


def _find_haulage_costs(context: ProblemContext, budget: Budget) -> Iterator[bool]:
    items = [item for item in context.problem.items if item.transportable and item.kg_per_unit > 0]
    if any(_is_covered_item(context, budget, item.id) for item in items):
        for link in context.problem.links:
            yield link.cost_per_tonne + link.cost_per_tonne_km * link.km > 0


def _find_central_costs(context: ProblemContext, budget: Budget) -> Iterator[bool]:
    shares = context.problem.supply_shares
    for item in context.problem.items if budget.price_factor > 0 else ():
        promised = shares.by_item.get(item.id, shares.by_category.get(item.category, shares.central))
        yield item.kind == "good" and item.value * promised > 0 and _is_covered_item(context, budget, item.id)


def _find_material_costs(context: ProblemContext, budget: Budget) -> Iterator[bool]:
    for name in context.problem.supply_shares.materials if budget.price_factor > 0 else ():
        yield _is_covered_item(context, budget, name) and context.items_by_id[name].value > 0


def _find_swap_costs(context: ProblemContext, budget: Budget) -> Iterator[bool]:
    for partner in context.problem.partners if budget.price_factor > 0 else ():
        for name in partner.offers if budget.partners is None or partner.id in budget.partners else ():
            yield _is_covered_item(context, budget, name) and context.items_by_id[name].value > 0


COST_FINDERS: dict[BudgetCost, Callable[[ProblemContext, Budget], Iterator[bool]]] = {
    "making": _find_making_costs,
    "haulage": _find_haulage_costs,
    "central": _find_central_costs,
    "materials": _find_material_costs,
    "swaps": _find_swap_costs,
}
"""Functions that tell, for each thing that could cost something, whether it does, by kind of spending."""

COST_REMEDIES: dict[BudgetCost, str] = {
    "making": "State `cost_per_unit` of lines, or remove `making`.",
    "haulage": "State `cost_per_tonne` or `cost_per_tonne_km` of links, or remove `haulage`.",
    "central": "State central shares and values of goods, or remove `central`.",
    "materials": "State allotments and values of materials, or remove `materials`.",
    "swaps": "State offers of the partners and values of items, or remove `swaps`.",
}
"""Remedies by kind of spending."""

CHECKS = (check_budget_references, check_budget_partners, check_covered_costs)
