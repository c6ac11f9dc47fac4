"""Tables of requirements and baskets: how far each requirement is met, and by what people take."""

import numpy as np
import pyarrow as pa

from models.heads import list_heads
from models.tables import BasketRow, RequirementRow
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray
from solvers.results.arrow_tables import (
    build_label_column,
    build_nullable_number_column,
    build_table,
    find_nonzero_rows,
)
from solvers.results.flows import Flows

ALL_PEOPLE = "people"
"""Population group to which all people of a county belong, where it is stated."""

GRAMS_PER_TONNE = 1e6

DAYS_PER_YEAR = 365.25


def build_requirement_table(arrays: ProblemArrays, flows: Flows) -> pa.Table:
    """Build the table of requirements (RequirementRow); rows without any amount are left out."""
    counties, count = arrays.places.county_count, flows.item_count
    names = ("demand", "backlog", "served", "shortage", "rounding", "over", "due", "in_time", "price")
    f = {name: getattr(flows, name)[:counties, count:] for name in names}
    has_amount = find_nonzero_rows(f["demand"], f["backlog"], f["over"])
    county, requirement, period = np.nonzero(has_amount)
    f = {name: amounts[has_amount] for name, amounts in f.items()}
    need, due = f["demand"] + f["backlog"], f["due"]
    return build_table(
        RequirementRow,
        {
            "county": build_label_column(county, arrays.labels["county"]),
            "requirement": build_label_column(requirement, arrays.labels["requirement"]),
            "period": build_label_column(period, arrays.labels["period"]),
            "need": f["demand"],
            "backlog": f["backlog"],
            "met": f["served"],
            "shortage": f["shortage"],
            "over": f["over"],
            "share": np.where(need > 0, f["served"] / np.where(need > 0, need, 1.0), 1.0),
            "rounding": f["rounding"],
            "due": build_nullable_number_column(np.where(due > 0, due, np.inf)),
            "in_time": build_nullable_number_column(np.where(due > 0, f["in_time"], np.inf)),
            "price": f["price"],
        },
    )


def build_basket_table(arrays: ProblemArrays, flows: Flows) -> pa.Table:
    """Build the table of baskets (BasketRow): what people take of each item, and what it provides of each requirement."""
    counties, provided = arrays.places.county_count, arrays.requirements.provided
    served, extra = (amounts[:counties, : flows.item_count] for amounts in (flows.served, flows.extra))
    has_row = ((served + extra) > 0)[..., None] & (provided > 0)[None, :, None, :]
    county, item, period, requirement = np.nonzero(has_row)
    cell = (county, item, period)
    units, per_unit = (served + extra)[cell], provided[item, requirement]
    head_days = compute_heads(arrays)[county, requirement] * compute_days(arrays)[period]
    per_head_day = np.where(head_days > 0, units / np.where(head_days > 0, head_days, 1.0), np.inf)
    labels = arrays.labels
    return build_table(
        BasketRow,
        {
            "county": build_label_column(county, labels["county"]),
            "item": build_label_column(item, labels["item"]),
            "period": build_label_column(period, labels["period"]),
            "requirement": build_label_column(requirement, labels["requirement"]),
            "served": served[cell],
            "extra": extra[cell],
            "units_per_head_day": build_nullable_number_column(per_head_day),
            "grams_per_head_day": build_nullable_number_column(
                per_head_day * arrays.items.tonnes_per_unit[item] * GRAMS_PER_TONNE
            ),
            "provided": units * per_unit,
            "provided_per_head_day": build_nullable_number_column(per_head_day * per_unit),
        },
    )


def compute_heads(arrays: ProblemArrays) -> FloatArray:
    """Return the heads that share the basket of a requirement, (C, R): all people of the county, if it states them.

    Else they are the sum of the groups for which the requirement has norms or greatest amounts; where it has neither, the largest
    group of the county.
    """
    requirements = arrays.problem.requirements
    heads = np.zeros((arrays.places.county_count, len(requirements)))
    for n, by_group in enumerate(list_heads(arrays.problem)):
        for r, requirement in enumerate(requirements):
            groups = {**requirement.norms, **requirement.most}
            summed = sum(by_group.get(group, 0.0) for group in groups)
            heads[n, r] = by_group.get(ALL_PEOPLE) or summed or max(by_group.values(), default=0.0)
    return heads


def compute_days(arrays: ProblemArrays) -> FloatArray:
    """Return the days of each period, (T,); equal parts of the plan's years where none are stated."""
    if arrays.problem.period_days is None:
        return np.full(arrays.period_count, arrays.problem.years * DAYS_PER_YEAR / arrays.period_count)
    return arrays.period_days
