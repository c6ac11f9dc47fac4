"""What is known of requirements before any solve: own norms as requirements, prices, and programs without requirements."""

from copy import deepcopy
from typing import Any

import numpy as np
from hypothesis import given, strategies as st

from models.demand import calculate_demand
from models.problem.planning_problem import PlanningProblem
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import build_program
from solvers.planning import make_plan
from tests.builders import Json
from tests.properties.planned import bounded, objective, rows_of, same, value_of
from tests.properties.test_prices import STEP, check_price, stepped
from tests.strategies import problem_dicts

DIGITS = 1e-8


def with_own_norms(problem: Json) -> Json:
    """The problem with needs by norms alone, spread evenly and without due dates, and with constant promises."""
    own = deepcopy(problem) | {"requirements": [], "demand": []}
    for item in own["items"]:
        for name in ("provides", "most_per_head", "due"):
            item.pop(name, None)
        item["calendar"] = "even"
    own["supply_shares"]["promised"] = {}
    return own


def with_requirements(own: Json) -> Json:
    """The same needs, each as a requirement that one good meets unit by unit, of which people take no more than the need."""
    promised = dict.fromkeys((item["id"] for item in own["items"]), [0.0] * len(own["periods"]))
    for row in calculate_demand(PlanningProblem.model_validate(own)):
        promised[row.item] = [a + b for a, b in zip(promised[row.item], row.quantity, strict=True)]
    other = deepcopy(own)
    for item in other["items"]:
        if norms := item.pop("norms", {}):
            same_terms = {
                name: item[name] for name in ("value", "priority", "importance", "carry_over") if name in item
            }
            other["requirements"].append({"id": f"need-{item['id']}", "norms": norms, "most": norms, **same_terms})
            item["provides"] = {f"need-{item['id']}": 1}
    other["supply_shares"]["promised"] = {good: units for good, units in promised.items() if any(units)}
    return other


@bounded(20)
@given(problem_dicts())
def test_one_good_for_each_requirement_is_as_good_as_own_norms(problem: Json) -> None:
    own = with_own_norms(problem)
    assert same(objective(own), objective(with_requirements(own)), DIGITS)


@bounded(13)
@given(problem_dicts(), st.data())
def test_price_of_a_requirement(problem: Json, data: st.DataObject) -> None:
    """A gift that provides a requirement, a little larger or smaller, is worth the price of the requirement there and then."""
    for requirement in problem["requirements"]:
        requirement.pop("shares", None)  # of which the gift would be a part
        requirement.pop("due", None)  # for which it would count as well
    problem["supply_shares"]["local_floor"] = {}
    model = PlanningProblem.model_validate(problem)
    names = {requirement["id"] for requirement in problem["requirements"]}
    needs = [(row.county, row.item) for row in calculate_demand(model) if row.item in names]
    if not needs:
        return
    county, name = data.draw(st.sampled_from(needs))
    period = data.draw(st.integers(0, len(problem["periods"]) - 1))

    def with_gift(units: float) -> Json:
        gift = stepped(0.0, period, len(problem["periods"]), units)
        item = {"id": "gift", "kg_per_unit": 0, "value": 0, "storable": False, "provides": {name: 1}}
        item["transportable"] = False  # it would go where a requirement is worth more
        giver = {"id": "giver", "place": county, "level": "central"}
        lines = [{"item": "gift", "least": gift, "most": gift}]
        factories = [*problem["factories"], giver | {"lines": lines}]
        return {**problem, "items": [*problem["items"], item], "factories": factories}

    amount = 2 * STEP  # what people may take at most may leave no room for more
    try:
        ends = [objective(with_gift(amount + step)) for step in (-STEP, STEP)]
    except AssertionError:
        return
    result = make_plan(PlanningProblem.model_validate(with_gift(amount)))
    rows = rows_of(result)["requirements"]
    here = (county, name, problem["periods"][period])
    price = next((row["price"] for row in rows if (row["county"], row["requirement"], row["period"]) == here), 0.0)
    check_price(ends[0], value_of(result.plan), ends[1], price, STEP)


@bounded(8)
@given(problem_dicts())
def test_requirements_that_nobody_needs_change_nothing(problem: Json) -> None:
    """Row for row and column for column, the program is that of the problem without requirements."""
    plain = deepcopy(problem) | {"requirements": []}
    names = {requirement["id"] for requirement in problem["requirements"]}
    plain["demand"] = [row for row in problem["demand"] if row["item"] not in names]
    for item in plain["items"]:
        item.pop("provides", None)
        item.pop("most_per_head", None)
    needless = deepcopy(plain) | {"requirements": [{"id": "nothing"}]}
    needless["items"][0] |= {"provides": {"nothing": 2}, "most_per_head": {"people": 1}}
    one, other = (_build(raw) for raw in (plain, needless))
    assert one.keys() == other.keys()
    for name, array in one.items():
        assert np.array_equal(array, other[name]), name


def _build(raw: Json) -> dict[str, Any]:
    program = build_program(ProblemArrays.from_problem(PlanningProblem.model_validate(raw)))
    blocks = {**program.variables, **program.constraints}
    sizes = {name: np.array([block.size]) for name, block in blocks.items()}
    lp = program.lp
    arrays = {name: getattr(lp, name) for name in ("cost", "column_lower", "column_upper", "row_lower", "row_upper")}
    return {**sizes, **arrays, "rows": lp.matrix.indices, "columns": lp.matrix.indptr, "coefficients": lp.matrix.data}
