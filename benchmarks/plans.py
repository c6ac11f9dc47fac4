"""`python -m benchmarks plans`: whether plans are such that people sign them; one line for each measure, with ok or SHORT."""

import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import highspy
import numpy as np

from benchmarks.measuring import Measured, apart, medians
from benchmarks.plan_measures import Measure, PlannedYear, at_least, at_most, measure_crisis, measure_normal
from benchmarks.subjects import ryanggang
from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from models.validation.parsing import parse_problem
from solvers.algorithms.pipeline import build_plan_program
from solvers.backends.highs import format_mps_text
from solvers.backends.highs_session import create_highs
from solvers.data.problem_arrays import ProblemArrays
from solvers.planning import make_plan

FLOWS = ("make", "ship", "stock", "central", "give", "take")
"""Variables that are whole for goods in whole units."""

SMALL_PROBLEMS, LARGEST_EXCESS = 40, 0.01
"""Number of random problems with whole units, and how far above the exact optimum a plan may be."""

LONGEST_RATIO = 2.5
"""How much longer than the old checkout a plan may take."""


def plan_year(problem: PlanningProblem) -> PlannedYear:
    """Plan a problem, and read the tables of its plan as rows."""
    result = make_plan(problem, PlanOptions(time_limit_seconds=3600))
    return PlannedYear(problem, result.plan, {name: table.to_pylist() for name, table in result.tables.items()})


def iterate_measures(old: Path | None, times: int) -> Iterator[Measure]:
    """Every measure, as soon as it is known; the times only against an old checkout."""
    yield from measure_twelve_pumps()
    yield measure_small_problems(SMALL_PROBLEMS)
    normal = ryanggang("normal")
    policy = normal.policy.model_copy(update={"smoothing": 0.0})
    uneven = plan_year(normal.model_copy(update={"policy": policy}))
    yield from measure_normal(plan_year(normal), uneven)
    yield from measure_crisis(plan_year(ryanggang("crisis")))
    if old is not None:
        for scenario in ("normal", "crisis"):
            yield measure_time(scenario, old, times)


def list_lines(old: Path | None, times: int) -> Iterator[str]:
    """The lines of a Markdown table."""
    yield "| measure | must | is | | |"
    yield "| --- | ---: | ---: | --- | --- |"
    for m in iterate_measures(old, times):
        yield f"| {m.name} | {m.must} | {m.figure:.4g} | {'ok' if m.is_met else 'SHORT'} | {m.note} |"


def measure_twelve_pumps() -> Iterator[Measure]:
    """Twelve counties need 0.9 of a pump each, and each could make one; nothing is scarce."""
    counties = [f"county-{n}" for n in range(12)]
    year = plan_year(
        parse_problem(
            {
                "periods": ["p1"],
                "items": [{"id": "pump", "whole_units": True}],
                "counties": [{"id": county, "power_area": "all"} for county in counties],
                "power_areas": [{"id": "all", "limit_kwh": 1000}],
                "factories": [
                    {
                        "id": f"works-{county}",
                        "place": county,
                        "lines": [{"item": "pump", "kwh_per_unit": 1, "cost_per_unit": 0.01}],
                    }
                    for county in counties
                ],
                "demand": [{"county": county, "item": "pump", "quantity": 0.9} for county in counties],
            }
        )
    )
    made = sum(row["quantity"] for row in year.rows["quotas"])
    yield Measure("twelve pumps: made", "12", made, abs(made - 12) < 1e-9)
    served = 0.0 if year.plan.summary is None else year.plan.summary.served_share
    yield at_least("twelve pumps: served share", served, 1 - 1e-9)


def measure_small_problems(count: int) -> Measure:
    """Random small problems with whole units whose plan costs more than one hundredth above the exact optimum."""
    short, worst = list[str](), 0.0
    for seed in range(count):
        problem = build_small_problem(seed)
        objective, exact = make_plan(problem).plan.objective, solve_exactly(problem)
        excess = float("inf") if objective is None else (objective.value - exact) / max(1.0, abs(exact))
        worst = max(worst, excess)
        if excess > LARGEST_EXCESS:
            short.append(f"{seed}: {excess:.1%}")
    note = f"worst {worst:.2%} above; {', '.join(short)}".rstrip("; ")
    return at_most(
        f"random small problems with whole units of {count}, over 1 % above the exact optimum", len(short), 0, note
    )


def build_small_problem(seed: int) -> PlanningProblem:
    """Two or three counties on a road need few pumps and stoves, with little power and steel; odd seeds have needs with fractions."""
    random = np.random.default_rng(seed)
    periods = [f"p{t}" for t in range(int(random.integers(1, 4)))]
    counties = [f"county-{n}" for n in range(int(random.integers(2, 4)))]

    def draw(low: float, high: float) -> list[float]:
        return [round(float(random.uniform(low, high)), 2) for _ in periods]

    lines = [
        {"item": "pump", "kwh_per_unit": 5, "hours_per_unit": {"lathe": 2}, "materials": {"steel": 3}},
        {"item": "stove", "kwh_per_unit": 2, "hours_per_unit": {"lathe": 1}, "materials": {"steel": 5}},
    ]
    return parse_problem(
        {
            "periods": periods,
            "items": [
                {"id": "pump", "whole_units": True, "value": 30, "kg_per_unit": 20, "priority": 1},
                {"id": "stove", "whole_units": True, "value": 12, "kg_per_unit": 8},
                {"id": "steel", "kind": "material", "value": 0.5},
            ],
            "counties": [{"id": county, "power_area": "all"} for county in counties],
            "power_areas": [{"id": "all", "limit_kwh": draw(5, 60)}],
            "factories": [
                {"id": f"works-{n}", "place": county, "machines": {"lathe": draw(2, 20)}, "lines": lines}
                for n, county in enumerate(counties[:2])
            ],
            "links": [
                {"id": f"to-{b}", "from": a, "to": b, "tonnes": 1, "km": 20, "cost_per_tonne_km": 0.01}
                for a, b in pairwise(counties)
            ],
            "supply_shares": {"gateways": [counties[0]], "materials": {"steel": draw(10, 60)}},
            "demand": [
                {"county": county, "item": item, "quantity": [q if seed % 2 else round(q) for q in draw(0, most)]}
                for county in counties
                for item, most in (("pump", 3), ("stove", 6))
            ],
        }
    )


def solve_exactly(problem: PlanningProblem) -> float:
    """Optimum of the exported program with whole flows of goods in whole units, by HiGHS without a gap."""
    arrays = ProblemArrays.from_problem(problem)
    program = build_plan_program(arrays)
    highs = create_highs()
    highs.setOptionValue("mip_rel_gap", 0.0)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "program.mps"
        path.write_text(format_mps_text(program), encoding="utf-8")
        highs.readModel(str(path))
    for name in FLOWS:
        if name in program.variables:
            block = program.variables[name]
            item = arrays.lines.item[block.axes["line"]] if "line" in block.axes else block.axes["item"]
            for column in block.positions[arrays.items.is_whole_units[item]].tolist():
                highs.changeColIntegrality(column, highspy.HighsVarType.kInteger)
    highs.run()
    return float(highs.getInfo().objective_function_value)


def measure_time(scenario: str, old: Path, times: int) -> Measure:
    """Time of the whole plan of a year, relative to an old checkout; both in turns, medians of the clock on the wall."""
    rounds = [(_plan_apart(scenario, None), _plan_apart(scenario, old)) for _ in range(times)]
    ours, before = (medians([pair[k] for pair in rounds]) for k in (0, 1))
    note = f"{ours.wall:.1f} s ÷ {before.wall:.1f} s; by CPU {ours.cpu / before.cpu:.2f}; {times} runs; {ours.note}"
    return at_most(
        f"{scenario}: time of the plan ÷ that of the old checkout", ours.wall / before.wall, LONGEST_RATIO, note
    )


def _plan_apart(scenario: str, checkout: Path | None) -> Measured:
    return apart(f"ryanggang-{scenario}", "plan", 3600, checkout)
