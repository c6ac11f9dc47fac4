"""Reported outputs and fulfilment, as data and in the formats of tables."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, get_args

import pyarrow as pa
from pydantic import BaseModel

from models.fulfilment import FulfilmentGrouping, compute_fulfilment, sum_recipes
from models.outputs import LineAndPeriod, read_output_report
from models.problem.planning_problem import PlanningProblem
from service.auth.authorization import ForbiddenError
from service.auth.principals import Principal
from service.core.errors import ConflictError, NotFoundError, UnprocessableContentError, summarize_findings
from service.domain.label_filters import normalise_filters, reject_unknown_labels
from service.domain.report_reading import RawReport
from service.domain.schemas.fulfilment import AcceptedReport, FulfilmentView, OutputList, OutputRow
from service.spreadsheets.table_formats import STREAM_WRITERS, TableFormat, add_byte_order_mark
from service.storage.engine import acquire_lock
from service.storage.records import PlanRecord
from service.storage.repositories.outputs import OutputLog, ReportedOutput
from service.storage.store import Store, Transaction

REPORTABLE_STATES = frozenset({"ratified", "in_force"})
"""States of the approval in which outputs are reported."""


class FulfilmentService:
    """The execution of one service's plans. Raises RecordNotFoundError for unknown plans."""

    def __init__(self, store: Store) -> None:
        """Use a store."""
        self._store = store

    def accept_report(self, plan: str, raw: RawReport, principal: Principal) -> AcceptedReport:
        """Accept a report as a whole, or raise UnprocessableContentError with all findings.

        Raises ConflictError for plans that accept no reports, ForbiddenError for a factory that the principal may not
        report.
        """
        with self._store.read_transaction() as transaction:
            _reject_foreign_factories(transaction, principal, plan, raw)
            record, problem = require_executable_plan(transaction, plan)
            _require_reportable_state(transaction, plan)
            reported = OutputLog(transaction.connection).read_quantities(plan)
        # Checking a long report takes seconds, in which other writers must not wait. Its result stays valid: the plan
        # never changes, and reported periods only become more.
        report = read_output_report(raw.rows, problem, _count_reported_periods(problem, reported), raw.locate_row)
        if report.findings:
            findings = (*raw.locate_findings(report.findings), *raw.warnings)
            raise UnprocessableContentError(summarize_findings(findings), findings=list(findings))
        with self._store.write_transaction() as transaction:
            acquire_lock(transaction.connection, f"outputs {plan}")
            _require_reportable_state(transaction, plan)
            revision = OutputLog(transaction.connection).append_report(record.id, report.outputs, principal.caller)
            periods = sorted({output.period for output in report.outputs}, key=problem.periods.index)
            detail = {"revision": revision, "outputs": len(report.outputs), "periods": periods}
            transaction.audit.append_entry(principal.caller, "outputs reported", plan, detail, province=record.province)
        findings = (*raw.locate_findings(report.warnings), *raw.warnings)
        return AcceptedReport(accepted=len(report.outputs), revision=revision, findings=findings)

    def list_outputs(
        self, plan: str, limit: int | None, offset: int, *, history: bool, **chosen: Sequence[str]
    ) -> OutputList:
        """List reported outputs of a plan; with `history` every revision, otherwise the last of each.

        UnprocessableContentError for labels that the plan does not have.
        """
        filters = normalise_filters(chosen)
        with self._store.read_transaction() as transaction:
            digest = transaction.plans.get_plan(plan).problem_digest
            log = OutputLog(transaction.connection)
            revision = log.read_last_revision(plan)
            found = log.read_reported_outputs(plan, history=history, **filters)
            occurring = {column: {getattr(one.output, column) for one in found} for column in filters}
            reject_unknown_labels(filters, lambda: transaction.problems.get_problem(digest), occurring)
        end = None if limit is None else offset + limit
        rows = tuple(_to_output_row(one) for one in found[offset:end])
        return OutputList(plan=plan, revision=revision, total=len(found), outputs=rows)

    def compute_fulfilment(self, plan: str, by: FulfilmentGrouping, through: str | None) -> FulfilmentView:
        """Compute fulfilment up to a period (None: the last reported one); NotFoundError for an unknown period,
        ConflictError without reports.
        """
        with self._store.read_transaction() as transaction:
            _, problem = require_executable_plan(transaction, plan)
            reported = OutputLog(transaction.connection).read_quantities(plan)
            quotas = read_quotas(transaction, plan)
        if through is None:
            last = _count_reported_periods(problem, reported)
            if not reported:
                raise ConflictError(
                    "Nothing has been reported yet; report outputs first, or name a period with `through`."
                )
            through = problem.periods[last - 1]
        if through not in problem.periods:
            raise NotFoundError(f"The plan has no period {through!r}.")
        rows, total = compute_fulfilment(problem, quotas, reported, by, through)
        return FulfilmentView(plan=plan, by=by, through=through, rows=rows, total=total)


def read_quotas(transaction: Transaction, plan: str) -> dict[LineAndPeriod, float]:
    """Read the quotas of a plan by factory, item and period, in units, summed over recipes."""
    table = transaction.plans.read_table(plan, "quotas")
    columns = [table[name].to_pylist() for name in ("factory", "item", "period", "quantity")]
    return sum_recipes(zip(*columns, strict=True))


def _require_reportable_state(transaction: Transaction, plan: str) -> None:
    """Raise ConflictError unless outputs may be reported in the approval state of a plan."""
    state = transaction.approvals.get_approval(plan).state
    if state not in REPORTABLE_STATES:
        raise ConflictError(f"The plan is {state}; outputs are reported of one that is ratified or in force.")


def _reject_foreign_factories(transaction: Transaction, principal: Principal, plan: str, raw: RawReport) -> None:
    """Raise ForbiddenError, before any other check, if a report names factories that the principal may not report."""
    province, owner = transaction.plans.read_ownership(plan)
    own = principal.list_reportable_factories(province, owner)
    if own is None:
        return
    named = {str(row.get("factory")) for row in raw.rows if isinstance(row, dict) and row.get("factory") is not None}
    if named - own:
        yours = ", ".join(sorted(own)) or "no factory"
        detail = f"Your roles allow reports of {yours} here, and this one names others; GET /v1/me lists your roles."
        raise ForbiddenError(principal.caller, "report", plan, province, detail)


def require_executable_plan(transaction: Transaction, plan: str) -> tuple[PlanRecord, PlanningProblem]:
    """Return a plan in execution with its problem; ConflictError if the plan has no quotas."""
    record = transaction.plans.get_plan(plan)
    if record.outcome not in ("optimal", "feasible"):
        came = f"is {record.state}" if record.outcome is None else f"finished as {record.outcome}"
        raise ConflictError(f"The plan {came}; there are no quotas to be fulfilled.")
    return record, transaction.problems.get_problem(record.problem_digest)


def _count_reported_periods(problem: PlanningProblem, reported: dict[LineAndPeriod, float]) -> int:
    """Count the first periods that have been reported or were past when the plan was made."""
    told = {period for _, _, period in reported} | set(problem.past.periods if problem.past is not None else ())
    return next((t for t, period in enumerate(problem.periods) if period not in told), len(problem.periods))


def _to_output_row(one: ReportedOutput) -> OutputRow:
    return OutputRow(**one.output.model_dump(), revision=one.revision, at=one.at, caller=one.caller)


_ARROW_TYPES: dict[Any, pa.DataType] = {
    int: pa.int64(),
    float: pa.float64(),
    datetime: pa.timestamp("us", tz="UTC"),
}
_FORMATS_WITHOUT_TIMESTAMPS = frozenset({"csv", "xlsx"})
"""Formats without a type for moments; they get texts in ISO 8601."""


def stream_model_rows(
    name: str, row: type[BaseModel], rows: Sequence[BaseModel], kind: TableFormat, *, bom: bool = False
) -> Iterator[bytes]:
    """Stream models as a table in a format other than JSON: a column for each field, null for an absent value.

    With `bom`, CSV begins with a byte order mark.
    """
    columns = {field: _build_column(field, row, rows, kind) for field in row.model_fields}
    table = pa.table(columns)
    chunks = STREAM_WRITERS[kind](name, table.schema, table.to_batches())
    return add_byte_order_mark(chunks) if bom and kind == "csv" else chunks


def _build_column(field: str, row: type[BaseModel], rows: Sequence[BaseModel], kind: TableFormat) -> pa.Array:
    annotation = row.model_fields[field].annotation
    plain = next((one for one in get_args(annotation) if one is not type(None)), annotation)
    values = [getattr(one, field) for one in rows]
    if plain is datetime and kind in _FORMATS_WITHOUT_TIMESTAMPS:
        return pa.array([value.isoformat() for value in values], pa.string()).dictionary_encode()
    return pa.array(values, pa.string()).dictionary_encode() if plain is str else pa.array(values, _ARROW_TYPES[plain])
