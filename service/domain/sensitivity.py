"""Sensitivity queries about stored plans: checked, bounded in time, and given to the pool of worker processes."""

import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pyarrow as pa

from models.problem.planning_problem import PlanningProblem
from models.tables import TABLE_SCHEMAS
from service.auth.authorization import require_plan_permission
from service.auth.principals import Principal
from service.core.codecs import compress, decode_table
from service.core.errors import ConflictError
from service.domain.container import Services
from service.domain.label_filters import normalise_filters, reject_unknown_labels
from service.domain.schemas.sensitivity import CompareBody, InfeasibilityView
from service.domain.schemas.tables import build_query_model
from service.domain.table_selection import select_from_table
from service.storage.records import PlanRecord
from service.storage.store import Transaction
from service.workers.sensitivity_pool import SensitivityQuery, SessionPayload
from solvers.sensitivity import FinishedFigures

QUERIES_OF_INFEASIBLE_PLANS = ("compare", "what-if")
"""Queries about a plan that ended infeasible; all others need its figures."""

NEED_TABLES = {"supply": "item", "requirements": "requirement"}
"""Tables with shortages, and the column that names the need."""

NEED_QUERIES = {table: build_query_model(table, TABLE_SCHEMAS[table]) for table in NEED_TABLES}
"""Queries of these tables."""


class SensitivityService:
    """Sensitivity queries of one service.

    Raises RecordNotFoundError for unknown plans, ConflictError for plans without dual values, UnprocessableContentError for
    places, items and periods that the plan does not have, TooManyRequestsError and ServiceUnavailableError as the pool does.
    """

    def __init__(self, services: Services) -> None:
        """Use the services of an application."""
        self._store, self._pool, self._settings = services.store, services.sensitivity_pool, services.settings

    def build_query(
        self,
        name: str,
        arguments: Mapping[str, Any],
        *,
        time_limit_seconds: float | None = None,
        attachment: tuple[int, bytes] | None = None,
    ) -> SensitivityQuery:
        """Build a query; a stated time limit is limited by the settings, and the query gets some seconds more to finish."""
        most = self._settings.sensitivity_timeout_seconds
        if time_limit_seconds is None:
            return SensitivityQuery(name, arguments, most, attachment)
        granted = min(time_limit_seconds, most)
        return SensitivityQuery(
            name,
            {**arguments, "time_limit_seconds": granted},
            granted + self._settings.kill_grace_seconds,
            attachment,
        )

    def build_remedies_query(
        self, plan: str, arguments: Mapping[str, Any], *, time_limit_seconds: float
    ) -> SensitivityQuery:
        """Build the query for remedies of a shortage as the finished plan has it, in whole units."""
        with self._store.read_transaction() as transaction:
            record = _require_finished(transaction, plan)
            _require_figures(record, "remedies")
            stored = record.head.tables if record.head else {}
            batches = [
                batch
                for table, column in NEED_TABLES.items()
                if table in stored  # a plan of an earlier version has no table of requirements
                for batch in _select_shortages(transaction, plan, table, column, arguments)
                if batch.num_rows
            ]
        shortage = batches[0].column("shortage")[0].as_py() if batches else 0.0
        planned = {**arguments, "planned_shortage": shortage}
        return self.build_query("remedies", planned, time_limit_seconds=time_limit_seconds)

    def build_comparison_query(self, plan: str, body: CompareBody, principal: Principal) -> SensitivityQuery:
        """Compare a plan with itself after changes, or with another plan that the principal may read (else HiddenError)."""
        if body.plan is None:
            return self.build_query("compare", body.model_dump(mode="json", exclude_none=True))
        with self._store.read_transaction() as transaction:
            require_plan_permission(transaction, principal, "read", body.plan)
            other = _require_finished(transaction, body.plan)
            problem = transaction.problems.get_stored_problem(other.problem_digest)
            figures = [_read_figures(transaction, record) for record in (_require_finished(transaction, plan), other)]
        known = other.head.infeasibility if other.head else None
        arguments: dict[str, Any] = {} if known is None else {"infeasibility": known.model_dump(mode="json")}
        if all(figures):
            arguments["figures"] = [one.model_dump(mode="json") for one in figures if one]
        return self.build_query("compare", arguments, attachment=(problem.size, problem.body))

    def build_equity_query(self, plan: str, *, with_price: bool, time_limit_seconds: float) -> SensitivityQuery:
        """Read how scarcity is distributed, from the plan's own tables `supply` and `requirements`."""
        requirements = None
        with self._store.read_transaction() as transaction:
            record = _require_finished(transaction, plan)
            _require_figures(record, "equity")
            supply = transaction.plans.read_parquet(plan, "supply")
            if record.head is not None and record.head.tables.get("requirements"):
                table = decode_table(transaction.plans.read_parquet(plan, "requirements"))
                requirements = table.select(["county", "requirement", "period", "shortage"]).to_pydict()
        return self.build_query(
            "equity",
            {"with_price": with_price, "requirements": requirements},
            time_limit_seconds=time_limit_seconds,
            attachment=(len(supply), compress(supply)),
        )

    def admit_query(self, caller: str | None) -> AbstractContextManager[None]:
        """Count a query while the block runs; TooManyRequestsError if as many wait as may wait, of one caller or of all."""
        return self._pool.admit_query(caller)

    def answer_query(
        self,
        plan: str,
        build_query: Callable[[], SensitivityQuery],
        cancelled: threading.Event,
        caller: str | None,
    ) -> bytes:
        """Answer a query as JSON; blocks until the answer is there.

        Raises ClientDisconnectedError once `cancelled` is set.
        """
        query = build_query()
        with self._store.read_transaction() as transaction:
            record = _require_finished(transaction, plan)
        _require_figures(record, query.name)
        query = self._check_labels(query, record)
        return self._pool.answer_query(plan, lambda: self._read_payload(record), query, cancelled, caller)

    def answer_bounds(
        self, study: str, arguments: Mapping[str, Any], cancelled: threading.Event, caller: str | None
    ) -> bytes:
        """Answer, as JSON, what bounds the objective of a study has at points; blocks until the answer is there.

        RecordNotFoundError for the study, ConflictError unless it is finished; raises as `answer_query`.
        """
        with self._store.read_transaction() as transaction:
            record = transaction.analyses.get_analysis(study, "study")
            if record.state != "finished":
                raise ConflictError(f"The study is {record.state}; it has bounds when it is finished.")

        def read_payload() -> SessionPayload:
            with self._store.read_transaction() as transaction:
                state = transaction.analyses.read_query_state(study)
            return SessionPayload({}, 0, (state or b"",), order="open_bounds")

        return self._pool.answer_query(study, read_payload, self.build_query("bounds", arguments), cancelled, caller)

    def read_infeasibility(self, plan: str) -> InfeasibilityView:
        """Read why a plan is infeasible."""
        with self._store.read_transaction() as transaction:
            head = _require_finished(transaction, plan).head
        return InfeasibilityView(infeasibility=head.infeasibility if head else None)

    def _check_labels(self, query: SensitivityQuery, record: PlanRecord) -> SensitivityQuery:
        """Return a query with labels in the form in which they are kept; UnprocessableContentError for unknown labels."""
        stated = {name: query.arguments.get(name) for name in ("county", "item", "period")}
        filters = normalise_filters({name: [label] for name, label in stated.items() if isinstance(label, str)})
        if not filters:
            return query

        def load_problem() -> PlanningProblem:
            with self._store.read_transaction() as transaction:
                return transaction.problems.get_problem(record.problem_digest)

        reject_unknown_labels(filters, load_problem)
        return replace(query, arguments={**query.arguments, **{name: labels[0] for name, labels in filters.items()}})

    def _read_payload(self, record: PlanRecord) -> SessionPayload:
        with self._store.read_transaction() as transaction:
            problem = transaction.problems.get_stored_problem(record.problem_digest)
            basis = transaction.plans.find_sound_basis(record.id)
        bodies = (problem.body,) if basis is None else (problem.body, basis)
        outcome = record.outcome or "failed"
        return SessionPayload(record.options.model_dump(mode="json"), problem.size, bodies, outcome)


def _read_figures(transaction: Transaction, record: PlanRecord) -> FinishedFigures | None:
    """Read the figures of a finished plan; None for one without."""
    if record.head is None or record.head.summary is None:
        return None
    return FinishedFigures.from_plan(record.head, transaction.plans.read_table(record.id, "quotas"))


def _require_finished(transaction: Transaction, plan: str) -> PlanRecord:
    record = transaction.plans.get_plan(plan)
    if record.state != "finished":
        raise ConflictError(f"The plan is {record.state}; queries need a finished plan.")
    return record


def _require_figures(record: PlanRecord, query: str) -> None:
    """Raise ConflictError for a plan without the figures that a query needs."""
    if "alternative" in record.source:
        raise ConflictError(
            "The plan is an alternative within a slack of the optimum, so it has no dual values. "
            f"Ask about its base plan, {record.base_plan}."
        )
    if record.outcome == "infeasible" and query not in QUERIES_OF_INFEASIBLE_PLANS:
        raise ConflictError(
            "No plan satisfies every constraint of this problem, so it has no figures. "
            f"GET /v1/plans/{record.id}/infeasibility names the conflict and the least relaxation; "
            "what-if and compare tell whether changes resolve it."
        )
    if record.outcome not in ("optimal", "infeasible"):
        raise ConflictError(f"The outcome of the plan is {record.outcome}; queries need an optimal plan.")


def _select_shortages(
    transaction: Transaction, plan: str, table: str, column: str, arguments: Mapping[str, Any]
) -> list[pa.RecordBatch]:
    """Return the rows of a table of needs for the county, need and period of a query."""
    location = {"county": arguments["county"], column: arguments["item"], "period": arguments["period"]}
    filters = {name: [label] for name, label in location.items()}
    query = NEED_QUERIES[table].model_validate({**filters, "columns": ["shortage"]})
    file = transaction.plans.open_parquet_file(plan, table)
    return list(select_from_table(file, table, query).iterate_batches(limit=1))
