"""Ryanggang's normal year in the database of a service, so that the browser tests solve no year."""

from pathlib import Path

from models.options import PlanOptions
from service.core.codecs import PlanOutcome, encode_basis, encode_table
from service.core.settings import Settings
from service.storage.plan_requests import PlanRequest
from service.storage.repositories.jobs import JobQueue
from service.storage.repositories.problems import StoredProblem
from service.storage.store import Store
from solvers.algorithms.pipeline import build_plan_program
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.solution import Basis
from solvers.planning import build_warm_start
from tests.ryanggang import Planned, solved_year


def store_normal_year(data: Path) -> None:
    """Store the solved normal year as a finished plan, so that the service copies it instead of solving it."""
    settings = Settings(data_dir=data)
    planned = solved_year("normal")
    stored = StoredProblem.from_problem(planned.problem)
    tables = {name: encode_table(table) for name, table in planned.result.tables.items()}
    outcome = PlanOutcome(planned.plan, tables, encode_basis(map_basis(planned, stored)))
    store = Store.open_store(settings)
    try:
        queue = JobQueue(store, settings)
        options = PlanOptions(time_limit_seconds=settings.default_time_limit_seconds)
        queue.submit_plan(PlanRequest(stored, options, source={"province": "ryanggang", "scenario": "normal"}))
        claim = queue.claim_next_job("tests")
        assert claim is not None
        assert queue.store_outcome(claim, outcome)
    finally:
        store.close()


def map_basis(planned: Planned, stored: StoredProblem) -> Basis:
    """Map the basis to the program of the stored problem, whose keys are sorted, so that it has another order."""
    assert planned.result.basis is not None
    program = build_plan_program(ProblemArrays.from_problem(stored.parse_problem()))
    return build_warm_start(planned.problem, planned.result.basis).map_basis_to(program)
