"""Every `console` block of the documentation is run again, and answers as its page shows.

`--update-golden` writes the answers of the pages again.
"""

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from service.cli import app

ROOT = Path(__file__).parents[3]
PAGES = sorted(
    page for page in (ROOT / "docs").rglob("*.md") if "```console\n$ allot " in page.read_text(encoding="utf-8")
)
BLOCK = re.compile(r"(```console\n\$ allot )(.*?)(\n)(.*?)(```)", re.DOTALL)

STUDIES = {"a-thousand-winters"}
"""Pages whose commands solve studies of whole years: in the slow lane."""

CASES = [
    pytest.param(page, marks=[pytest.mark.slow_lane] if page.stem in STUDIES else [], id=page.stem) for page in PAGES
]

LOGGED = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \[")
"""A line of the log of a service that other tests keep running in this process."""


@pytest.mark.parametrize("page", CASES)
def test_commands_answer_as_shown(
    page: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "models").symlink_to(ROOT / "models")
    monkeypatch.chdir(tmp_path)  # some commands write files
    text = page.read_text(encoding="utf-8")

    def answered(block: re.Match[str]) -> str:
        found = CliRunner(env={"COLUMNS": "140", "TERM": "dumb"}).invoke(app, shlex.split(block[2]))
        lines = [line.rstrip() for line in found.output.rstrip().splitlines() if not LOGGED.match(line)]
        return block[1] + block[2] + block[3] + "\n".join(lines) + "\n" + block[5]

    now = BLOCK.sub(answered, text)
    if request.config.getoption("--update-golden"):
        page.write_text(now, encoding="utf-8")
    assert _short(now) == _short(text) or request.config.getoption("--update-golden")


def test_the_documentation_shows_commands() -> None:
    assert sum(len(BLOCK.findall(page.read_text(encoding="utf-8"))) for page in PAGES) >= 6


def _short(text: str) -> str:
    """Numbers of many digits to nine: the last ones may differ between processors."""
    return re.sub(r"\d+\.\d{5,}", lambda number: f"{float(number[0]):.9g}", text)
