"""Examples of the documentation run: the tutorial, its notebook, and the Python blocks of guides."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with the example problem, and the packages of this checkout importable."""
    (tmp_path / "models").symlink_to(ROOT / "models")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "page",
    [
        "tutorial/index.md",
        pytest.param("tutorial/food_basket.md", marks=pytest.mark.slow_lane),
        pytest.param("tutorial/a-thousand-winters.md", marks=pytest.mark.slow_lane),
        "how-to/resolve-an-infeasible-plan.md",
    ],
)
def test_commands_run(page: str, workspace: Path) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    define = f'allot() {{ "{sys.executable}" -m service.cli "$@"; }}\n'
    ran = subprocess.run(  # noqa: S603 - our own page
        ["/bin/bash", "-ec", define + "\n".join(blocks)], capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.slow_lane
@pytest.mark.parametrize(
    "page",
    [
        "tutorial/a-thousand-winters.md",
        "how-to/study-what-is-not-known.md",
        "how-to/compare-levers.md",
        "how-to/ask-what-is-left-open.md",
        "how-to/backtest-a-way-of-planning.md",
    ],
)
def test_shown_figures_are_those_printed(page: str, workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every number that a page shows below a command is printed by it, within half a per cent, as wide as it shows."""
    blocks = re.findall(
        r"```console\n\$ allot ([^\n]*)\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL
    )
    assert blocks
    for command, shown in blocks:
        monkeypatch.setenv("COLUMNS", str(max(map(len, shown.splitlines()))))
        words = [sys.executable, "-m", "service.cli", *shlex.split(command)]
        ran = subprocess.run(  # noqa: S603 - our own page
            words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300, check=False
        )
        assert ran.returncode == 0, ran.stdout
        assert read_numbers(ran.stdout) == pytest.approx(read_numbers(shown), rel=5e-3, abs=0.011), command


def read_numbers(text: str) -> list[float]:
    """All numbers of a text, in order."""
    return [float(number.replace(",", "")) for number in re.findall(r"-?\d[\d,]*(?:\.\d+)?", text)]


@pytest.mark.parametrize("page", ["how-to/use-allot-from-python.md", "reference/solvers.md"])
def test_python_blocks_run(page: str, workspace: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    exec(compile("\n".join(blocks), page, "exec"), {"__name__": "example"})  # noqa: S102 - our own page


@pytest.mark.slow
def test_the_notebook_runs(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nbclient = pytest.importorskip("nbclient", reason="the dependency group `docs` is not installed")
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    shutil.copy(DOCS / "tutorial" / "getting_started.ipynb", workspace)
    notebook = nbformat.read(workspace / "getting_started.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells), "commit the notebook without outputs"
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    last = notebook.cells[-1].outputs[-1]["text"]
    assert re.search(r"served share: 0\.8\d", last)
