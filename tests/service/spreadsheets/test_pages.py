"""The pages about provinces and tables: their commands run, and what they list is all there is."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.sheets import SHEET_LAYOUTS
from service.core.settings import Settings
from service.spreadsheets.province_workbook import README_LINES
from tests.service.api.conftest import serving

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "how-to" / "import-a-province-from-excel.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(Settings(data_dir=tmp_path_factory.mktemp("pages"), solver_workers=1)) as opened:
        yield opened


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="the page's commands need curl")
def test_the_commands_of_the_page_run(address: str, tmp_path: Path) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 3
    before = (
        f'set -eu\nexport PYTHONPATH="{ROOT}"\nALLOT={address}\nallot() {{ "{sys.executable}" -m service.cli "$@"; }}\n'
    )
    ran = subprocess.run(  # noqa: S603 - our own page
        ["/bin/bash", "-c", before + "\n".join(blocks)],
        cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert '"valid":true' in ran.stdout
    for name in ("mine.xlsx", "ryanggang.xlsx", "plan.xlsx", "template.xlsx", "mine.zip"):
        assert (tmp_path / name).read_bytes().startswith(b"PK"), name
    assert (tmp_path / "ryanggang-tables" / "items.csv").is_file()
    assert (tmp_path / "plan-tables" / "quotas.csv").is_file()


def test_the_page_names_every_sheet() -> None:
    for layout in SHEET_LAYOUTS:
        assert f"`{layout.name}`" in PAGE
    assert len(README_LINES) >= 5
