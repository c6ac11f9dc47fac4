"""Every field has a description in the JSON schema, and the problem of docs/reference/problem.md is valid."""

import importlib
import inspect
import json
import pkgutil
import re
from pathlib import Path

import pytest

import models
from models.base import Frozen
from models.validation.checks import check_problem
from models.validation.parsing import parse_problem

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "problem.md").read_text(encoding="utf-8")


def _models() -> list[type[Frozen]]:
    names = [module.name for module in pkgutil.walk_packages(models.__path__, "models.")]
    found = {
        member
        for name in names
        for _, member in inspect.getmembers(importlib.import_module(name), inspect.isclass)
        if issubclass(member, Frozen) and member is not Frozen and member.__module__.startswith("models")
    }
    return sorted(found, key=lambda model: (model.__module__, model.__name__))


@pytest.mark.parametrize("model", _models(), ids=lambda model: model.__name__)
def test_every_field_is_described(model: type[Frozen]) -> None:
    assert model.__doc__
    schema = model.model_json_schema()
    properties = schema["properties"]
    assert properties.keys() == {info.alias or name for name, info in model.model_fields.items()}
    for name, field in properties.items():
        model_said = (
            schema["$defs"][field["$ref"].rsplit("/", 1)[1]] if "$ref" in field else {}
        )  # references share one description
        assert (model_said | field).get("description", "").endswith((".", ")", "…")), name


def test_models_are_collected() -> None:
    assert {"PlanningProblem", "Line", "Plan", "Change", "Finding"} <= {model.__name__ for model in _models()}


def test_problem_of_the_page_has_no_findings() -> None:
    (text,) = re.findall(r"```json\n(\{.*?\n\})\n```", PAGE, flags=re.DOTALL)
    assert check_problem(parse_problem(json.loads(text))) == ()
