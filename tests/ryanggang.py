"""Years of Ryanggang, solved once for all tests and test runs that need the same plan.

A solved year is stored under a digest of the problem, of the sources that compute the plan, and of the solver versions. A
stored plan is never trusted: `solved_year` opens it from its basis and checks its certificate against the arrays.
"""

import fcntl
import hashlib
import os
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pyarrow import parquet

from models.changes.apply import apply_changes
from models.options import PlanOptions
from models.plan import Plan
from models.problem.planning_problem import PlanningProblem
from models.provinces import load_builtin_province
from service.core.codecs import decode_basis, encode_basis
from solvers.lp.certificate import certify_solution
from solvers.lp.solution import Solution, Termination
from solvers.planning import PlanResult, make_plan
from solvers.sensitivity import SensitivitySession

ROOT = Path(__file__).parents[1]
DAY = 86_400.0
"""Seconds of a time limit that no machine reaches, however loaded."""
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "allot-tests"


@dataclass(frozen=True)
class Planned:
    """A problem with its plan."""

    problem: PlanningProblem
    """The problem."""
    plan: Plan
    """The head of its plan."""
    result: PlanResult
    """The plan with its basis."""

    @cached_property
    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Its tables as rows."""
        return {name: table.to_pylist() for name, table in self.result.tables.items()}


def year(scenario: str, name: str = "ryanggang") -> PlanningProblem:
    """One of the years of a built-in province."""
    province = load_builtin_province(name)
    changes = next(s.changes for s in province.scenarios if s.id == scenario)
    return apply_changes(province.problem, changes)


@cache
def source_digest() -> str:
    """Digest of everything that computes a plan."""
    digest = hashlib.sha256()
    for path in sorted([*(ROOT / "models").rglob("*.py"), *(ROOT / "solvers").rglob("*.py")]):
        digest.update(path.read_bytes())
    for name in ("highspy", "ortools", "pulp", "numpy", "scipy"):
        digest.update(f"{name} {version(name)}".encode())
    return digest.hexdigest()


@cache
def solved_year(scenario: str, smoothing: float | None = None, name: str = "ryanggang") -> Planned:
    """A year with a certified plan, with another smoothing if given: from the cache, or solved now and stored."""
    problem = year(scenario, name)
    if smoothing is not None:
        policy = problem.policy.model_copy(update={"smoothing": smoothing})
        problem = problem.model_copy(update={"policy": policy})
    key = hashlib.sha256(f"{source_digest()} {problem.model_dump_json()}".encode()).hexdigest()[:32]
    folder = CACHE / key
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one process solves, the others wait for it
        if not (folder / "plan.json").exists():
            _store_plan(folder, make_plan(problem, PlanOptions(time_limit_seconds=DAY)))
    result = _load_plan(folder)
    _certify(problem, result)
    return Planned(problem, result.plan, result)


def crisis_year() -> Planned:
    """The crisis year."""
    return solved_year("crisis")


def _store_plan(folder: Path, result: PlanResult) -> None:
    assert result.plan.outcome == "optimal"
    assert result.basis is not None
    for name, table in result.tables.items():
        parquet.write_table(table, folder / f"{name}.parquet")
    (folder / "basis.npz").write_bytes(encode_basis(result.basis))
    (folder / "plan.json").write_text(result.plan.model_dump_json(), encoding="utf-8")


def _load_plan(folder: Path) -> PlanResult:
    tables = {path.stem: parquet.read_table(path) for path in folder.glob("*.parquet")}
    basis = decode_basis((folder / "basis.npz").read_bytes())
    return PlanResult(Plan.model_validate_json((folder / "plan.json").read_bytes()), tables, basis)


def _certify(problem: PlanningProblem, result: PlanResult) -> None:
    """Check the plan before rounding against the arrays of its program."""
    session = SensitivitySession.from_problem(problem, result.basis)
    point = session.point
    certificate = certify_solution(
        session.lp, Solution(Termination("optimal"), point.values, point.dual_values, point.basis)
    )
    assert certificate.passed
    objective = result.plan.objective
    assert objective is not None
    planned = objective.before_rounding
    assert abs(certificate.primal_objective - planned) <= 1e-6 * (1 + abs(planned))
