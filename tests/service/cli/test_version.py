"""`allot --version` and `/v1/version` name the same build."""

from pathlib import Path

from starlette.testclient import TestClient
from typer.testing import CliRunner

from service.api.app import create_app
from service.cli import app
from service.core.settings import Settings


def test_command_line_and_service_name_the_same_build(tmp_path: Path) -> None:
    with TestClient(create_app(Settings(data_dir=tmp_path, solver_workers=0))) as client:
        stated = client.get("/v1/version").json()
    result = CliRunner().invoke(app, ["--version"])
    assert result.exit_code == 0
    assert (
        f"allot {stated['version']} (commit {stated['commit'] or 'unknown'}, sources {stated['source_digest'][:12]})"
        in (result.output)
    )
    assert {one["name"] for one in stated["solvers"]} >= {"HiGHS", "OR-Tools", "PuLP"}
    for one in stated["solvers"]:
        assert f"{one['name']} {one['version']}" in result.output
