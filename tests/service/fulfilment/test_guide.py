"""The commands of docs/how-to/plan-again-after-outputs.md run as they stand, one after another."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from service.core.settings import Settings
from tests.service.api.conftest import serving

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "how-to" / "plan-again-after-outputs.md").read_text(encoding="utf-8")


@pytest.mark.skipif(shutil.which("curl") is None, reason="the page's commands need curl")
def test_the_commands_of_the_page_run(tmp_path: Path) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) >= 5
    (tmp_path / "models").symlink_to(ROOT / "models")
    with serving(Settings(data_dir=tmp_path / "data", solver_workers=1)) as address:
        script = "set -eu\n" + "\n".join(blocks).replace("http://127.0.0.1:8000", address)
        ran = subprocess.run(  # noqa: S603 - our own page
            ["/bin/bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=180, check=False
        )
    assert ran.returncode == 0, ran.stderr
    again = json.loads((tmp_path / "again.json").read_text())
    assert again["outcome"] == "optimal"
    assert again["source"]["replanned"]["past"] == ["2002-01"]
    assert "2 quotas_close" in ran.stdout
    kept = json.loads((tmp_path / "kept.json").read_text())
    assert kept["base_plan"] == again["base_plan"]
