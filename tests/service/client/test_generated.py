"""Clients generated from docs/openapi.json: a Python client plans, queries and reports; TypeScript types compile."""

import importlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from models.examples import two_counties_raw
from service.core.settings import Settings
from tests.service.api.conftest import serving

ROOT = Path(__file__).parents[3]
DOCUMENT = ROOT / "docs" / "openapi.json"
PACKAGE = "allot_client"


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder of the package, generated with default settings; it sends JSON, for it knows no other media types."""
    folder = tmp_path_factory.mktemp("generated")
    configuration = folder / "config.yaml"
    configuration.write_text(json.dumps({"post_hooks": []}), encoding="utf-8")
    command: list[str | Path] = ["generate", "--path", DOCUMENT, "--meta", "none", "--config", configuration]
    made = subprocess.run(  # noqa: S603 - our own interpreter and file
        [sys.executable, "-m", "openapi_python_client", *command, "--output-path", folder / PACKAGE],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    return str(folder)


def operation(path: str) -> Any:
    """A generated module; its `sync` calls the operation and parses the response."""
    return importlib.import_module(f"{PACKAGE}.api.{path}")


def test_every_operation_is_generated(generated: str) -> None:
    document = json.loads(DOCUMENT.read_text(encoding="utf-8"))
    operations = [one for item in document["paths"].values() for one in item.values()]
    names = {path.stem for path in Path(generated, PACKAGE, "api").rglob("*.py")} - {"__init__"}
    assert names == {one["operationId"] for one in operations}
    assert {"create_plan", "list_plans", "read_quotas", "report_outputs"} <= names


def test_a_generated_client_plans_queries_and_reports(
    generated: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(generated)
    models: Any = importlib.import_module(f"{PACKAGE}.models")
    client_class = importlib.import_module(PACKAGE).Client
    with (
        serving(Settings(data_dir=tmp_path, solver_workers=1)) as address,
        client_class(base_url=address, timeout=120) as client,
    ):
        problem = models.PlanningProblem.from_dict(two_counties_raw())
        plan = operation("plans.create_plan").sync(
            client=client, body=models.PlanBody(problem=problem, priority=5), prefer="wait=60"
        )
        read = operation("plans.read_plan")
        while plan.status != "finished":
            plan = read.sync(plan.id, client=client)
        assert plan.outcome == "optimal"
        assert plan.certificate.passed
        quotas = operation("tables.read_quotas").sync(plan.id, client=client, limit=5)
        assert len(quotas.rows) == 5
        assert quotas.rows[0].to_dict()["factory"]
        prices = operation("sensitivity.read_shadow_prices").sync(plan.id, client=client, with_ranges=1)
        assert prices.limits[0].shadow_price > 0
        change = models.Change(what=models.ChangeWhat.POWER_LIMIT, factor=1.1)
        answer = operation("sensitivity.solve_what_if").sync(
            plan.id, client=client, body=models.WhatIfBody(changes=[change])
        )
        assert answer.objective[1] < answer.objective[0]
        for act in ("submit_plan", "ratify_plan"):
            assert operation(f"approval.{act}").sync(plan.id, client=client, body=models.ActBody()).version
        output = models.FactoryOutput(factory="hyesan-daily", item="soap", period="2002-01", quantity=31_000.0)
        report = operation("fulfilment.report_outputs").sync(
            plan.id, client=client, body=models.OutputsBody(outputs=[output])
        )
        assert isinstance(report, models.AcceptedReport)
        refused = read.sync("nobody", client=client)
        assert isinstance(refused, models.ProblemDetails)
        assert refused.status == 404


def test_typescript_types_are_generated_and_compile(tmp_path: Path) -> None:
    """`npm ci` installs the generator and the compiler."""
    programs = ROOT / "node_modules" / ".bin"
    node = shutil.which("node")
    if node is None or not (programs / "openapi-typescript").exists():
        pytest.skip("the development tools of the page are not installed: npm ci")
    types = tmp_path / "allot.d.ts"
    subprocess.run([programs / "openapi-typescript", DOCUMENT, "-o", types], check=True, capture_output=True)  # noqa: S603 - ours
    use = tmp_path / "use.ts"
    use.write_text(
        'import type { components, operations } from "./allot";\n'
        'export const change: components["schemas"]["Change"] = { what: "power_limit", factor: 1.1 };\n'
        'export type Created = operations["create_plan"]["responses"][201]["content"]["application/json"];\n'
        'export const read = (plan: Created): string => plan.outcome ?? "none";\n',
        encoding="utf-8",
    )
    command: list[str | Path] = [programs / "tsc", "--noEmit", "--strict", "--skipLibCheck", use]
    compiled = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    assert compiled.returncode == 0, compiled.stdout
