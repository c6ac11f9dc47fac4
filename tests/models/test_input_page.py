"""docs/reference/problem.md tells the truth: its codes are the register's, its problem can be planned with."""

import json
import re
from pathlib import Path

from models.validation.checks import check_problem
from models.validation.finding_codes import FINDING_CODES
from models.validation.parsing import parse_problem

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "problem.md").read_text(encoding="utf-8")


def test_the_table_lists_every_code_as_the_register_does() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (error|warning) \| (.+) \|$", PAGE, flags=re.MULTILINE)
    assert [(code, severity, meaning) for code, severity, meaning in rows] == [
        (code, entry.severity, entry.meaning) for code, entry in FINDING_CODES.items()
    ]


def test_the_problem_of_the_page_is_well() -> None:
    (text,) = re.findall(r"```json\n(\{.*?\n\})\n```", PAGE, flags=re.DOTALL)
    assert check_problem(parse_problem(json.loads(text))) == ()
