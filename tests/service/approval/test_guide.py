"""The commands of docs/how-to/approve-a-plan.md run as they stand, one after another, with `allot` and curl."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from service.core.settings import Settings
from tests.service.api.conftest import serving

ROOT = Path(__file__).parents[3]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="the guide's commands need curl")
def test_the_year_of_the_guide_runs(tmp_path: Path) -> None:
    blocks = re.findall(
        r"```sh\n(.*?)```", (ROOT / "docs" / "how-to" / "approve-a-plan.md").read_text(encoding="utf-8"), re.DOTALL
    )
    assert len(blocks) >= 6
    (tmp_path / "models").symlink_to(ROOT / "models")
    command = tmp_path / "allot"
    command.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m service.cli "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    data = tmp_path / "data"
    with serving(Settings(data_dir=data, authentication="keys", solver_workers=1)) as address:
        script = "set -eu\n" + "\n".join(blocks).replace("http://127.0.0.1:8000", address)
        ran = subprocess.run(  # noqa: S603 - our own page
            ["/bin/bash", "-c", script],
            cwd=tmp_path,
            env={**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "ALLOT_DATA_DIR": str(data)},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert '"status":403' in ran.stdout
    assert '"state":"returned"' in ran.stdout
    for act in ("submitted", "ratified", "put in force", "closed"):
        assert f'"act":"plan {act}"' in ran.stdout.replace(": ", ":")
    assert '"caller":"hyesan-daily"' in ran.stdout
