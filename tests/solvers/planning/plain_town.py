"""A town with a store and two factories, drawn at random, and its best plan by an independent model: plain loops and SciPy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st
from scipy.optimize import linprog

from tests.builders import Json, need, problem_json

Column = tuple[str, int, int]
"""Kind of a variable, number of the line or item, period."""


def draw_town(data: st.DataObject) -> Json:
    """Draw the JSON: soap and soda, three lines, two to five periods of different length, and a weight of smoothing."""

    def one(*values: Any) -> Any:
        return data.draw(st.sampled_from(values))

    def by_period(least: int, most: int) -> list[int]:
        return [data.draw(st.integers(least, most)) for _ in range(count)]

    count = one(2, 3, 4, 5)
    soap = {"id": "soap", "value": one(1, 4), "loss": one(0, 0.25), "holding_cost": 0.01}
    soda = {"id": "soda", "kind": "material", "value": one(0, 2), "loss": 0.125}
    boil = {"item": "soap", "materials": {"soda": 0.5}, "hours_per_unit": {"kettle": 1}, "cost_per_unit": 0.1}
    mix = {"item": "soda", "hours_per_unit": {"kettle": 0.5}, "least": one(0, 1)}
    craft = {"item": "soap", "cost_per_unit": 0.2, "most": by_period(0, 8)}
    stocks = {"soap": {"opening": one(0, 2, 5), "closing_least": one(0, 3), "most": one(5, 50)}}
    works = {"id": "works", "place": "town", "machines": {"kettle": by_period(5, 20)}, "lines": [boil, mix]}
    problem = problem_json(
        periods=[f"p{t + 1}" for t in range(count)],
        period_days=[one(10, 20, 31) for _ in range(count)],
        years=count / 18,
        items=[soap, soda],
        counties=[{"id": "town", "power_area": "area", "stocks": stocks}],
        factories=[works, {"id": "craft", "place": "town", "lines": [craft]}],
        demand=[need("town", "soap", by_period(0, 20))],
    )
    return problem | {"policy": problem["policy"] | {"smoothing": one(0.03, 0.5)}}


@dataclass
class PlainModel:
    """A linear program whose variables have names."""

    columns: dict[Column, int] = field(default_factory=dict)
    costs: list[float] = field(default_factory=list)
    bounds: list[tuple[float, float | None]] = field(default_factory=list)
    equal: list[tuple[Mapping[Column, float], float]] = field(default_factory=list)
    at_most: list[tuple[Mapping[Column, float], float]] = field(default_factory=list)

    def add(self, name: Column, cost: float = 0.0, least: float = 0.0, most: float | None = None) -> None:
        """Add a variable."""
        self.columns[name] = len(self.columns)
        self.costs.append(cost)
        self.bounds.append((least, most))

    def solve(self) -> float:
        """Return the optimum."""
        matrices = []
        for rows in (self.equal, self.at_most):
            matrix = np.zeros((len(rows), len(self.columns)))
            for row, (terms, _) in enumerate(rows):
                for name, coefficient in terms.items():
                    matrix[row, self.columns[name]] += coefficient
            matrices.append((matrix, [bound for _, bound in rows]))
        (equal, equal_to), (at_most, limits) = matrices
        found = linprog(self.costs, A_eq=equal, b_eq=equal_to, A_ub=at_most, b_ub=limits, bounds=self.bounds)
        assert found.status == 0
        assert found.fun is not None
        return float(found.fun)


def solve_town(problem: Json) -> float:
    """Return the optimum of a drawn problem; each change of output is limited by two inequalities."""
    model = PlainModel()
    _add_lines(model, problem)
    _add_balances(model, problem)
    stock = problem["counties"][0]["stocks"]["soap"]
    for k, (item, least) in enumerate(zip(problem["items"], (stock["closing_least"], 0), strict=True)):
        model.add(("left over", k, 0), problem["policy"]["smoothing"] * item["value"])
        model.at_most.append(({("stock", k, len(problem["periods"]) - 1): 1, ("left over", k, 0): -1}, least))
    return model.solve()


def _add_lines(model: PlainModel, problem: Json) -> None:
    days, values = problem["period_days"], {item["id"]: item["value"] for item in problem["items"]}
    mean = sum(days) / len(days)
    lines = [line for factory in problem["factories"] for line in factory["lines"]]
    for k, line in enumerate(lines):
        for t in range(len(days)):
            most = line["most"][t] if "most" in line else None
            model.add(("make", k, t), line.get("cost_per_unit", 0.0), line.get("least", 0.0), most)
            if t:
                model.add(("change", k, t), problem["policy"]["smoothing"] * values[line["item"]] / 2)
                now, before = mean / days[t], mean / days[t - 1]
                rise = {("make", k, t): now, ("make", k, t - 1): -before, ("change", k, t): -1.0}
                fall = {("make", k, t): -now, ("make", k, t - 1): before, ("change", k, t): -1.0}
                model.at_most += [(rise, 0.0), (fall, 0.0)]
    for t, hours in enumerate(problem["factories"][0]["machines"]["kettle"]):
        model.at_most.append(({("make", 0, t): 1.0, ("make", 1, t): 0.5}, hours))


def _add_balances(model: PlainModel, problem: Json) -> None:
    soap, soda = problem["items"]
    stock, needs = problem["counties"][0]["stocks"]["soap"], problem["demand"][0]["quantity"]
    last = len(needs) - 1
    for t, units in enumerate(needs):
        model.add(("short", 0, t), soap["value"], most=units)
        model.add(("stock", 0, t), soap["holding_cost"], stock["closing_least"] if t == last else 0.0, stock["most"])
        model.add(("stock", 1, t))
        made = {("make", 0, t): 1.0, ("make", 2, t): 1.0, ("stock", 0, t): -1.0, ("short", 0, t): 1.0}
        mixed = {("make", 1, t): 1.0, ("make", 0, t): -0.5, ("stock", 1, t): -1.0}
        if t:
            made[("stock", 0, t - 1)] = 1 - soap["loss"]
            mixed[("stock", 1, t - 1)] = 1 - soda["loss"]
        opening = 0.0 if t else (1 - soap["loss"]) * stock["opening"]
        model.equal += [(made, units - opening), (mixed, 0.0)]
