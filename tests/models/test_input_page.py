"""The problem shown in docs/reference/problem.md is valid."""

import json
import re
from pathlib import Path

from models.validation.checks import check_problem
from models.validation.parsing import parse_problem

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "problem.md").read_text(encoding="utf-8")


def test_the_problem_of_the_page_is_well() -> None:
    (text,) = re.findall(r"```json\n(\{.*?\n\})\n```", PAGE, flags=re.DOTALL)
    assert check_problem(parse_problem(json.loads(text))) == ()
