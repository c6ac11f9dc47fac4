"""What the README says is true: its answer, its pages, its commands."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from models.examples import two_counties_raw
from service.api.app import create_app
from service.cli import app
from service.core.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What the README's request answers."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("readme"), solver_workers=1)
    with TestClient(create_app(settings)) as client:
        response = client.post("/v1/plans", json={"problem": two_counties_raw()}, headers={"Prefer": "wait=60"})
        assert response.status_code == 201
        yield response.json()


def test_the_answer_shown_is_the_answer_given(answer: dict[str, Any]) -> None:
    shown = re.search(r"```json\n(.*?)```", README, re.DOTALL)
    assert shown is not None
    assert_within(json.loads(shown[1]), answer, "")


def assert_within(shown: Any, given: Any, path: str) -> None:
    """Everything shown is in what was given, to seven digits."""
    if isinstance(shown, dict):
        for key, value in shown.items():
            assert_within(value, given[key], f"{path}/{key}")
    elif isinstance(shown, list):
        for k, value in enumerate(shown):
            assert_within(value, given[k], f"{path}/{k}")
    elif isinstance(shown, float):
        assert given == pytest.approx(shown, rel=1e-7), path
    else:
        assert given == shown, path


@pytest.mark.parametrize("page", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_every_page_it_names_is_there(page: str) -> None:
    assert (ROOT / page).exists()


@pytest.mark.parametrize("command", sorted(set(re.findall(r"allot ([a-z]+) ", README))))
def test_every_command_it_names_is_one(command: str) -> None:
    assert CliRunner().invoke(app, [command, "--help"]).exit_code == 0


def test_it_is_short() -> None:
    assert len(README.splitlines()) < 120
