"""compose.yaml: what it says of our settings, and the same processes without an engine for containers."""

import importlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from service.cli import app
from service.core.settings import SECRETS_FOLDER_VARIABLE, Settings
from tests.service.conftest import empty_database, run_as_admin
from tests.service.helpers import small, until, wait_until_served

ROOT = Path(__file__).parents[3]
PLANS = 12


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    yaml: Any = importlib.import_module("yaml")  # comes with schemathesis, without types
    read: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return read


def test_it_sets_what_can_be_set_and_every_service_is_looked_after(compose: dict[str, Any]) -> None:
    known = {f"ALLOT_{name.upper()}" for name in Settings.model_fields} | {SECRETS_FOLDER_VARIABLE}
    for name, service in compose["services"].items():
        if name == "database":
            assert "pg_isready" in service["healthcheck"]["test"]
            continue
        assert service["environment"].keys() <= known
        assert {volume.partition(":")[0] for volume in service["volumes"]} <= compose["volumes"].keys()
    services = compose["services"]
    assert services["upgrade"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    for name in ("web", "worker"):
        assert services[name]["depends_on"] == {"upgrade": {"condition": "service_completed_successfully"}}
    assert {one["restart"] for name, one in services.items() if name != "upgrade"} == {"unless-stopped"}
    assert services["worker"]["deploy"]["replicas"] == 2
    assert "HEALTHCHECK" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_no_container_has_more_rights_than_it_needs(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["read_only"], name
        assert (service["cap_drop"], service["security_opt"]) == (["ALL"], ["no-new-privileges:true"]), name
        assert service["mem_limit"], name
        assert service["pids_limit"], name
        assert "outside" not in service["networks"] or name == "web"
    assert compose["networks"]["storage"]["internal"]
    assert {name for name, service in compose["services"].items() if "ports" in service} == {"web"}
    assert compose["services"]["worker"]["environment"]["ALLOT_WEBHOOK_CONCURRENCY"] == "0"
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"^USER (.*)$", dockerfile, re.MULTILINE) == ["10001"]
    assert re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE) == ["${PYTHON_IMAGE}", "${PYTHON_IMAGE}"]


def test_secrets_are_files_and_the_owner_s_password_is_with_the_owner_only(compose: dict[str, Any]) -> None:
    given = {name: service["secrets"] for name, service in compose["services"].items()}
    for name in ("web", "worker"):
        assert given[name] == [{"source": "service_database_url", "target": "allot_database_url"}]
    assert given["upgrade"] == [{"source": "owner_database_url", "target": "allot_database_url"}]
    written = [f"{name}={value}" for one in compose["services"].values() for name, value in one["environment"].items()]
    assert [one for one in written if "PASSWORD" in one or "://" in one] == [
        "POSTGRES_PASSWORD_FILE=/run/secrets/postgres_password"
    ]


def test_secrets_are_made_once(tmp_path: Path, compose: dict[str, Any]) -> None:
    (tmp_path / "scripts").mkdir()
    script = shutil.copy(ROOT / "scripts/secrets", tmp_path / "scripts/secrets")
    made: list[dict[str, str]] = []
    for _ in range(2):
        subprocess.run([script], check=True, timeout=30)  # noqa: S603 - ours
        made.append({file.name: file.read_text() for file in (tmp_path / "secrets").iterdir()})
    assert made[0] == made[1]
    assert made[0].keys() == compose["secrets"].keys()
    assert make_url(made[0]["service_database_url"]).password == made[0]["service_password"]
    assert (tmp_path / "secrets").stat().st_mode & 0o077 == 0


@contextmanager
def served_database(request: pytest.FixtureRequest, folder: Path) -> Iterator[Path]:
    """A database whose roles the script of compose.yaml made, and the folder with the address for services."""
    programs: Path = request.getfixturevalue("postgresql_programs")
    with empty_database("postgresql", folder, request, migrated=False) as administrator:
        address = make_url(administrator)
        for role in ("owner", "service"):
            (folder / f"{role}_password").write_text(f"it's {role}")
        environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "PGHOST": str(address.query["host"]),
            "POSTGRES_USER": str(address.username),
            "POSTGRES_DB": str(address.database),
            "ALLOT_ROLE_SECRETS": str(folder),
        }
        subprocess.run([ROOT / "scripts/database-roles"], check=True, timeout=60, env=environment)  # noqa: S603 - ours
        secrets = {}
        for role in ("owner", "service"):
            secrets[role] = folder / f"secrets of the {role}"
            secrets[role].mkdir()
            served = address.set(username=f"allot_{role}").render_as_string(hide_password=False)
            (secrets[role] / "allot_database_url").write_text(served)
        upgraded = CliRunner().invoke(
            app,
            ["database", "upgrade", "--service-role", "allot_service"],
            env={"ALLOT_SECRETS_DIR": str(secrets["owner"])},
        )
        assert upgraded.exit_code == 0, upgraded.output
        yield secrets["service"]
    for role in ("service", "owner"):
        run_as_admin(address.set(database="postgres"), f"DROP ROLE allot_{role}")


@contextmanager
def running(environment: dict[str, str]) -> Iterator[str]:
    """A service process as the image starts it; its address. It must stop well when told to."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "service.cli", "serve", "--port", str(port)],
        cwd=ROOT,
        env={**os.environ, **environment, "ALLOT_LOG_LEVEL": "warning"},
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"

    try:
        wait_until_served(address, process)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) in {0, -signal.SIGTERM}  # uvicorn stops in order, then lets the signal through


def solves(address: str) -> float:
    """Plans that a process solved to the optimum."""
    families = text_string_to_metric_families(httpx2.get(f"{address}/metrics", timeout=20).text)
    samples = [sample for family in families for sample in family.samples if sample.name == "allot_solves_total"]
    return sum(sample.value for sample in samples if sample.labels["outcome"] == "optimal")


@pytest.mark.slow
@pytest.mark.slow_lane  # the gate has two services on one PostgreSQL in test_faults.py, and secrets in files above
def test_one_process_answers_and_two_solve(
    compose: dict[str, Any], request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    with served_database(request, tmp_path) as secrets:
        here = {"ALLOT_SECRETS_DIR": str(secrets), "ALLOT_DATA_DIR": str(tmp_path), "ALLOT_POLL_SECONDS": "0.1"}
        here["ALLOT_AUTHENTICATION"] = "off"
        services = compose["services"]
        worker = {**services["worker"]["environment"], **here, "ALLOT_SOLVER_WORKERS": "1"}
        with (
            running({**services["web"]["environment"], **here}) as web,
            running(worker) as first,
            running(worker) as second,
            httpx2.Client(base_url=web, timeout=60) as client,
        ):
            plans = []
            for number in range(PLANS):
                problem = small(f"plan {number}").model_dump(mode="json", by_alias=True)
                answer = client.post("/v1/plans", json={"problem": problem})
                assert answer.status_code == 202
                plans.append(answer.headers["location"])
            for plan in plans:
                assert client.get(f"{plan}/events").status_code == 200  # it ends with the plan
                assert client.get(plan).json()["outcome"] == "optimal"
            until(lambda: solves(first) + solves(second) == PLANS, 20)
            assert solves(web) == 0
            assert solves(first) > 0
            assert solves(second) > 0
