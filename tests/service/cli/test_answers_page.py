"""Every command that docs/answers.md shows is run again, and answers as the page says.

`--update-golden` writes the page's answers anew.
"""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.cli import app

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "answers.md"
BLOCK = re.compile(r"(```console\n\$ allot )(.*?)(\n)(.*?)(```)", re.DOTALL)

LOGGED = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[")
"""A line of the log of a service that other tests keep running in this process."""


def test_commands_answer_as_shown(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    text = PAGE.read_text(encoding="utf-8")

    def answered(block: re.Match[str]) -> str:
        found = CliRunner(env={"COLUMNS": "140", "TERM": "dumb"}).invoke(app, shlex.split(block[2]))
        lines = [line.rstrip() for line in found.output.rstrip().splitlines() if not LOGGED.match(line)]
        return block[1] + block[2] + block[3] + "\n".join(lines) + "\n" + block[5]

    now = BLOCK.sub(answered, text)
    if request.config.getoption("--update-golden"):
        PAGE.write_text(now, encoding="utf-8")
    assert len(BLOCK.findall(text)) >= 6
    assert _short(now) == _short(text) or request.config.getoption("--update-golden")


def _short(text: str) -> str:
    """Numbers of many digits to nine: the last ones may differ between processors."""
    return re.sub(r"\d+\.\d{5,}", lambda number: f"{float(number[0]):.9g}", text)
