"""The commands of docs/how-to/use-the-http-api.md run as they stand, one after another."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.skipif(shutil.which("curl") is None, reason="the guide's commands need curl")
def test_the_commands_of_the_guide_run(server: str, tmp_path: Path) -> None:
    blocks = re.findall(
        r"```sh\n(.*?)```", (ROOT / "docs" / "how-to" / "use-the-http-api.md").read_text(encoding="utf-8"), re.DOTALL
    )
    assert len(blocks) >= 5
    (tmp_path / "models").symlink_to(ROOT / "models")
    script = "set -eu\n" + "\n".join(blocks).replace("http://127.0.0.1:8000", server)
    ran = subprocess.run(  # noqa: S603 - our own page
        ["/bin/bash", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=180, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert "event: finished" in ran.stdout
    assert '"valid":true' in ran.stdout
    assert (tmp_path / "shipments.parquet").read_bytes().startswith(b"PAR1")
