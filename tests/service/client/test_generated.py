"""A client generated from docs/openapi.json by openapi-python-client plans Ryanggang end to end."""

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from service.core.settings import Settings
from tests.service.api.conftest import serving

DESCRIPTION = Path(__file__).parents[3] / "docs" / "openapi.json"
PACKAGE = "allot_client"
FILES = ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/zip", "text/csv")
"""Bodies that the generator knows no type of its own for: bytes."""


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of the generated package; the generator left nothing out."""
    folder = tmp_path_factory.mktemp("generated")
    configuration = folder / "config.yaml"
    configuration.write_text(
        json.dumps({"post_hooks": [], "content_type_overrides": dict.fromkeys(FILES, "application/octet-stream")}),
        encoding="utf-8",
    )
    command: list[str | Path] = [
        "generate",
        "--path",
        DESCRIPTION,
        "--meta",
        "none",
        "--fail-on-warning",
        "--config",
        configuration,
    ]
    made = subprocess.run(  # noqa: S603 - our own interpreter and file
        [sys.executable, "-m", "openapi_python_client", *command, "--output-path", folder / PACKAGE],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    return str(folder)


def operation(path: str) -> Any:
    """A generated module; its `sync` calls the operation and gives what the description says comes back."""
    return importlib.import_module(f"{PACKAGE}.api.{path}")


@pytest.mark.slow
def test_a_generated_client_plans_ryanggang(generated: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(generated)
    models: Any = importlib.import_module(f"{PACKAGE}.models")
    opened = importlib.import_module(PACKAGE).Client
    with (
        serving(Settings(data_dir=tmp_path, solver_workers=1)) as address,
        opened(base_url=address, timeout=120) as client,
    ):
        provinces = operation("provinces.list_provinces_v1_provinces_get").sync(client=client)
        assert "normal" in {
            scenario.id for one in provinces.provinces if one.id == "ryanggang" for scenario in one.scenarios
        }
        change = models.Change(what=models.ChangeWhat.POWER_LIMIT, factor=1.1)
        body = models.PlanBody(province="ryanggang", scenario="normal", changes=[change], priority=5)
        plan = operation("plans.make_plan_v1_plans_post").sync(client=client, body=body, prefer="wait=60")
        read = operation("plans.read_plan_v1_plans_plan_get")
        while plan.status != "finished":
            plan = read.sync(plan.id, client=client)
        assert plan.outcome == "optimal"
        assert plan.certificate.passed
        assert plan.source.scenario == "normal"
        quotas = operation("tables.read_quotas").sync(plan.id, client=client, limit=5)
        assert len(quotas.rows) == 5
        assert quotas.rows[0].to_dict()["factory"]
        prices = operation("answers.read_prices_v1_plans_plan_prices_get").sync(plan.id, client=client, leading=1)
        assert prices.limits[0].price > 0
        refused = read.sync("nobody", client=client)
        assert isinstance(refused, models.Problem)
        assert refused.status == 404
