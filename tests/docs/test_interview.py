"""The page on the interview: every statement is there once, and what it names exists."""

import re
from pathlib import Path

import pytest

from models.base import Frozen
from models.problem.factories import Factory, Line
from models.problem.items import Item
from models.problem.partners import Partner
from models.problem.planning_problem import PlanningProblem
from models.problem.policy import Policy
from models.problem.population import County
from models.problem.population_projection import PopulationProjection
from models.problem.power import PowerArea
from models.problem.shares import SupplyShares
from models.provinces import load_builtin_province
from models.provinces.province import Province
from models.tables import TABLE_SCHEMAS
from service.cli import COMMANDS

PAGE = (Path(__file__).parents[2] / "docs" / "explanation" / "interview.md").read_text(encoding="utf-8")
MODELS: dict[str, type[Frozen]] = {
    model.__name__: model
    for model in (
        County, Factory, Item, Line, Partner, PlanningProblem, Policy, PopulationProjection, PowerArea, Province, SupplyShares
    )
}  # fmt: skip
ROWS = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if re.match(r"\| \d+ \|", line)]


def cells(column: int) -> list[str]:
    """What stands in backticks in a column."""
    return [name for line in PAGE.splitlines() if re.match(r"\| \d+ \|", line)
            for name in re.findall(r"`([^`]+)`", line.split("|")[column + 1])]  # fmt: skip


def test_every_statement_is_there_once() -> None:
    assert [int(row[0]) for row in ROWS] == list(range(1, 28))


@pytest.mark.parametrize("name", sorted(set(cells(2))))
def test_fields_exist(name: str) -> None:
    model, _, field = name.partition(".")
    assert field in MODELS[model].model_fields


def test_tables_and_scenarios_exist() -> None:
    assert set(cells(3)) <= TABLE_SCHEMAS.keys()
    assert set(cells(5)) <= {scenario.id for scenario in load_builtin_province("ryanggang").scenarios}


def test_commands_exist() -> None:
    used = {name.split()[1] for name in cells(4) if name.startswith("allot ")}
    assert used
    assert used <= COMMANDS.keys()
