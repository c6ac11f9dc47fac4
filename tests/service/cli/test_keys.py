"""`allot keys`: the first key is made on the database itself."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner, Result

from service.api.app import create_app
from service.cli import app
from service.core.settings import Settings


def run(folder: Path, *words: str, columns: str = "200") -> Result:
    return CliRunner(env={"COLUMNS": columns, "ALLOT_DATA_DIR": str(folder)}).invoke(app, ["keys", *words])


def test_a_key_is_made_listed_used_and_revoked(tmp_path: Path) -> None:
    made = run(tmp_path, "add", "chief", "--grant", "*:admin", "-g", "north:centre", "--days", "30")
    assert made.exit_code == 0, made.output
    key = made.stdout.strip()
    identifier = key.split("_")[1]
    listed = run(tmp_path, "list").stdout
    assert identifier in listed
    assert "*:admin, north:centre" in listed
    assert key.split("_", 2)[2] not in listed
    assert identifier in run(tmp_path, "list", columns="80").stdout  # it is what `revoke` takes
    settings = Settings(data_dir=tmp_path, authentication="keys", solver_workers=0)
    with TestClient(create_app(settings)) as client:
        headers = {"Authorization": f"Bearer {key}"}
        assert client.get("/v1/me", headers=headers).json()["caller"] == "chief"
        assert run(tmp_path, "revoke", identifier).exit_code == 0
        assert client.get("/v1/me", headers=headers).status_code == 401
        log = client.app_state["services"].store
        with log.read_transaction() as stored:
            assert [(one.caller, one.act) for one in stored.audit.list_entries(subject=identifier)] == [
                ("local", "key made"),
                ("local", "key revoked"),
            ]


@pytest.mark.parametrize(
    "words",
    [
        ("add", "chief"),
        ("add", "chief", "--grant", "north"),
        ("add", "chief", "--grant", "north:king"),
        ("add", "a chief", "--grant", "north:centre"),
    ],
)
def test_a_wrong_command_makes_no_key(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert run(tmp_path, *words).exit_code == 2
    assert run(tmp_path, "list").stdout.count("chief") == 0


def test_a_key_that_is_not_there_cannot_be_revoked(tmp_path: Path) -> None:
    assert run(tmp_path, "revoke", "0123456789ab").exit_code == 1
