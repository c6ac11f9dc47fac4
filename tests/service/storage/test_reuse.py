"""A plan answers a later request only where the same code and the same solvers would compute it again."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from models.options import PlanOptions
from service.core import build_info
from service.storage import canonical
from service.storage.canonical import compute_options_digest

ROOT = Path(__file__).parents[3]

PLAN_ONCE = """
import json, time
from models.examples import two_counties
from service.core.settings import Settings
from service.storage.plan_requests import PlanRequest
from service.storage.store import Store
from service.workers.job_runtime import JobRuntime

settings = Settings(data_dir="data", solver_workers=1, poll_seconds=0.05)
store = Store.open_store(settings)
runtime = JobRuntime(store, settings)
plan = runtime.submit_plan(PlanRequest(two_counties())).plan
if not plan.is_final:
    runtime.start()
    while not plan.is_final:
        time.sleep(0.02)
        plan = runtime.read_plan(plan.id)
runtime.stop()
store.close()
print(json.dumps([plan.id, plan.head.objective.value, plan.copied_from]))
"""
"""A whole service in one process: request a plan of two counties and print the answer."""

COEFFICIENT = ("solvers/data/factory_arrays.py", "line.kwh_per_unit", "2 * line.kwh_per_unit")


def request_plan(checkout: Path) -> tuple[str, float, str | None]:
    """Identifier, objective and `copied_from` of the plan that a checkout answers with."""
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", PLAN_ONCE], cwd=checkout, capture_output=True, text=True, check=True, timeout=120
    )
    plan, objective, copied_from = json.loads(done.stdout.splitlines()[-1])
    return plan, objective, copied_from


def test_a_build_that_computes_other_plans_does_not_answer_from_the_old_ones(tmp_path: Path) -> None:
    for package in ("models", "solvers", "service"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("static"))
    first, objective, _ = request_plan(tmp_path)
    assert request_plan(tmp_path)[1:] == (objective, first)
    path, before, after = COEFFICIENT
    source = (tmp_path / path).read_text(encoding="utf-8")
    assert source.count(before) == 1
    (tmp_path / path).write_text(source.replace(before, after), encoding="utf-8")
    _, changed, copied_from = request_plan(tmp_path)
    assert copied_from is None
    assert changed > 1.5 * objective


@pytest.mark.parametrize("changed", ["source_digest", "solver_versions"])
def test_the_digest_of_the_options_depends_on_code_and_solvers(changed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    build = build_info.read_build_info()
    other = {"source_digest": "0" * 64, "solver_versions": {**build.solver_versions, "HiGHS": "0"}}
    before = compute_options_digest(PlanOptions())
    assert before == compute_options_digest(PlanOptions(time_limit_seconds=1.0))
    assert before != compute_options_digest(PlanOptions(solver="highs"))
    values = {name: getattr(build, name) for name in build_info.BuildInfo.__dataclass_fields__}
    monkeypatch.setattr(
        canonical, "read_build_info", lambda: build_info.BuildInfo(**{**values, changed: other[changed]})
    )
    assert compute_options_digest(PlanOptions()) != before


def test_the_build_names_versions_and_commit() -> None:
    build = build_info.read_build_info()
    assert build.solver_versions.keys() == {"HiGHS", "OR-Tools", "PuLP", "NumPy"}
    assert build.commit is None or len(build.commit) >= 7
    assert build.source_digest == build_info.compute_source_digest(ROOT)


@pytest.mark.parametrize("package", ["models", "solvers"])
def test_source_digest_depends_on_path_and_content(package: str, tmp_path: Path) -> None:
    """A change of one digit keeps the length of the file."""
    source = tmp_path / package / "part.py"
    source.parent.mkdir()
    source.write_text("FACTOR = 1\n", encoding="utf-8")
    before = build_info.compute_source_digest(tmp_path)
    source.write_text("FACTOR = 2\n", encoding="utf-8")
    changed = build_info.compute_source_digest(tmp_path)
    source.rename(source.with_name("past.py"))
    assert len({before, changed, build_info.compute_source_digest(tmp_path)}) == 3
