"""The relief operation: every figure has a mark and a source, and the plan is that of the tutorial."""

import csv
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import models.examples
from models.changes.apply import apply_changes
from models.changes.change import Change
from models.examples import food_basket_raw
from models.problem.planning_problem import PlanningProblem
from models.provinces.figures import FIGURE_MARKS
from models.validation.checks import check_problem
from models.validation.parsing import parse_problem
from solvers.planning import PlanResult, make_plan
from tests.builders import Json
from tests.invariants import assert_plan_invariants

FOLDER = Path(models.examples.__file__).parent
CLOSED = Change(what="link_tonnes", where="gaziantep-raqqa", periods=("2024-02", "2024-03"), value=0.0)
CAMPS = ("raqqa", "deir", "hassakeh")
TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorial" / "food_basket.md"


def read_rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def list_figures(value: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    """The path of every number, with identifiers instead of positions."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from list_figures(inner, (*path, key))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            named = inner if isinstance(inner, dict) else {}
            yield from list_figures(inner, (*path, str(named.get("id") or named.get("item") or position)))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield "/".join(path)


def test_every_figure_has_a_mark_and_a_source() -> None:
    rows, codes = read_rows("food_basket_sources.csv"), {row["code"] for row in read_rows("food_basket_references.csv")}
    figures = list(list_figures(food_basket_raw()))
    assert len(figures) > 500
    unused = {row["part"] for row in rows}
    for figure in figures:
        found = next((row for row in rows if fnmatchcase(figure, row["part"])), None)
        assert found is not None, figure
        unused.discard(found["part"])
        assert found["mark"] in FIGURE_MARKS
        assert found["source"] in codes
    assert not unused


def test_the_problem_has_no_findings() -> None:
    assert not list(check_problem(parse_problem(food_basket_raw())))


def test_the_iodine_of_the_source_would_be_doubtful() -> None:
    raw = food_basket_raw()
    salt = next(item for item in raw["items"] if item["id"] == "salt")
    salt["provides"]["iodine"] = 1e7
    assert "unlikely_amount" in {finding.code for finding in check_problem(parse_problem(raw))}


@cache
def planned(*, closed: bool) -> tuple[PlanningProblem, PlanResult]:
    problem = parse_problem(food_basket_raw())
    problem = apply_changes(problem, [CLOSED] if closed else [])
    result = make_plan(problem)
    assert result.plan.outcome == "optimal"
    return problem, result


def rows(result: PlanResult, table: str, **wanted: str) -> list[Json]:
    found = result.tables[table].to_pylist()
    return [row for row in found if all(row[name] == value for name, value in wanted.items())]


def cost(result: PlanResult) -> float:
    assert result.plan.objective is not None
    return next(goal.value for goal in result.plan.objective.goals if goal.goal == "cost")


def basket(result: PlanResult, camp: str, period: str = "2024-02") -> dict[str, float]:
    """Grams of each food a head and day."""
    return {row["item"]: row["grams_per_head_day"] for row in rows(result, "baskets", county=camp, period=period)}


@pytest.mark.parametrize("closed", [False, True])
def test_the_plan_keeps_every_invariant(closed: bool) -> None:
    problem, result = planned(closed=closed)
    assert_plan_invariants(problem, result.plan, {name: table.to_pylist() for name, table in result.tables.items()})


def read_table(head: str) -> list[list[str]]:
    """The rows of the table of the tutorial whose first row begins so."""
    lines = TUTORIAL.read_text(encoding="utf-8").splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(head)) + 2
    end = next(n for n in range(start, len(lines)) if not lines[n].startswith("|"))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[start:end]]


def parse(cell: str) -> float:
    return float(cell.replace(",", "") or 0)


def test_all_camps_get_all_nutrients_at_the_lowest_cost() -> None:
    _, result = planned(closed=False)
    assert all(row["share"] == pytest.approx(1.0) for row in rows(result, "requirements"))
    assert cost(result) == pytest.approx(3_850_400, rel=1e-4)


def test_the_basket_is_that_of_the_tutorial() -> None:
    _, result = planned(closed=False)
    told = read_table("| food | Ar Raqqah")
    for column, camp in enumerate(CAMPS, start=1):
        grams = basket(result, camp)
        assert sorted(round(units) for units in grams.values()) == sorted(
            int(parse(row[column])) for row in told if row[column]
        ), camp


def test_nutrients_cost_what_the_tutorial_tells() -> None:
    _, result = planned(closed=False)
    prices = {name: [parse(cell) for cell in cells] for name, *cells in read_table("| nutrient | Ar Raqqah")}
    told = {name.partition(",")[0]: cells for name, cells in prices.items()}
    days = {row["id"]: row["norms"]["people"] / 365 for row in food_basket_raw()["requirements"]}
    for column, camp in enumerate(CAMPS):
        for row in rows(result, "requirements", county=camp, period="2024-02"):
            expected = told.get(row["requirement"], told["the other eight"])[column]
            assert row["price"] * days[row["requirement"]] == pytest.approx(expected, abs=0.0051), (camp, row)


def test_a_closed_crossing_changes_basket_route_and_cost_as_the_tutorial_tells() -> None:
    told = {name: [parse(cell) for cell in cells] for name, *cells in read_table("| | open | closed |")}
    for column, closed in enumerate((False, True)):
        _, result = planned(closed=closed)
        assert result.plan.objective is not None
        parts, grams = result.plan.objective.parts, basket(result, "raqqa")
        raqqa = [row["stock"] for row in rows(result, "supply", county="raqqa-hub", period="2024-01")]
        (energy,) = rows(result, "requirements", county="raqqa", period="2024-02", requirement="energy")
        tonnes = {
            link: sum(row["tonnes"] for row in rows(result, "shipments", link=link))
            for link in ("gaziantep-raqqa", "amman-homs")
        }
        figures = {
            "food, dollars": parts.making,
            "haulage, dollars": parts.haulage,
            "tonnes from Gaziantep, January to March": tonnes["gaziantep-raqqa"],
            "tonnes from Amman, January to March": tonnes["amman-homs"],
            "tonnes in store at the hub of Ar Raqqah at the end of January": sum(raqqa) / 1000,
            "maize, Ar Raqqah, g a head and day": grams.get("maize", 0.0),
            "maize meal, Ar Raqqah": grams.get("maize-meal", 0.0),
            "wheat, Ar Raqqah": grams.get("wheat", 0.0),
            "beans, Ar Raqqah": grams["beans"],
            "energy for a day in Ar Raqqah, dollars": energy["price"] * 2100,
        }
        assert figures.keys() == told.keys()
        for name, figure in figures.items():
            digits = 0.0051 if "energy" in name else 600 if "dollars" in name else 0.6
            assert figure == pytest.approx(told[name][column], abs=digits), name
