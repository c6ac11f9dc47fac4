"""What is loaded: as little as a command needs, since a planner waits for it."""

import subprocess
import sys

from typer.main import get_command

from service.cli import COMMANDS, app

PROGRAM = """
import sys
from service.cli import COMMANDS, app
app(["keys", "--help"], standalone_mode=False)
print({"solvers", "sqlalchemy", "scipy", "pyarrow"} & sys.modules.keys())
app(["plan", "--help"], standalone_mode=False)
print({"fastapi", "sqlalchemy", "scipy.stats"} & sys.modules.keys())
import service.api.app, service.workers.fork_server
print({"scipy.stats", "scipy.spatial", "scipy.integrate"} & sys.modules.keys())
"""


def test_a_command_loads_what_it_needs() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)  # noqa: S603 - ours
    assert [line for line in done.stdout.splitlines() if line.startswith(("set()", "{"))] == ["set()"] * 3


def test_every_command_is_found() -> None:
    commands = get_command(app).commands  # type: ignore[attr-defined]
    assert [command.name for command in commands.values()] == list(COMMANDS)
    assert commands.get("none") is None
