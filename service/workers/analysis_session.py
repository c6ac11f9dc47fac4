"""An opened analysis in a worker: it runs tasks, plans rounds and concludes, and knows neither the database nor HTTP.

A worker process of the service serves it over a channel. It is opened once, and then gets orders, one after another:

    run_task (rows, body)   →  row (number, content) for each row, then task_done
    advance (all rows)      →  round (tasks), or conclusion
"""

import queue
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn, Self

import orjson

from models.analyses.kinds import AnalysisKind
from models.options import PlanOptions
from models.plan import Plan
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import InvalidProblemError
from service.core.analysis_messages import Advance, AnalysisPayload, EncodedConclusion, PlannedTask
from service.core.codecs import (
    EncodedTable,
    PlanOutcome,
    decode_basis,
    decode_table,
    decompress,
    encode_basis,
    encode_table,
)
from service.workers.channel import Channel, Message
from solvers.analyses.analysis import Analysis, AnalysisBase, AnalysisTask, OnRow
from solvers.analyses.opening import open_analysis
from solvers.errors import SensitivityUnavailableError
from solvers.planning import PlanResult


class AnalysisRefusedError(Exception):
    """The analysis cannot be opened with this request on this base; the message is a sentence."""


@contextmanager
def _convert_refusals() -> Iterator[None]:
    """Convert what an analysis raises about its request and its base to AnalysisRefusedError."""
    try:
        yield
    except InvalidProblemError as error:
        told = " ".join(f"{one.path}: {one.message}" for one in error.findings if one.severity == "error")
        raise AnalysisRefusedError(told[:2000]) from error
    except SensitivityUnavailableError as error:
        raise AnalysisRefusedError(f"{error}.") from error


class OpenedAnalysis:
    """An analysis, opened from its payload."""

    def __init__(self, analysis: Analysis) -> None:
        """Use an analysis."""
        self._analysis = analysis

    @classmethod
    def from_payload(cls, payload: AnalysisPayload) -> Self:
        """Open an analysis. Raises AnalysisRefusedError, MemoryError."""
        base = AnalysisBase(
            PlanningProblem.model_validate_json(decompress(payload.problem, payload.problem_size)),
            payload.options,
            None if payload.basis is None else decode_basis(payload.basis),
            {name: decode_table(body) for name, body in payload.tables.items()},
        )
        with _convert_refusals():
            return cls(open_analysis(payload.kind, base, payload.request))

    def run_task(self, rows: tuple[int, ...], body: bytes, on_row: OnRow) -> None:
        """Run a task; `on_row` gets each row as soon as it is complete."""
        with _convert_refusals():
            self._analysis.run_task(AnalysisTask(rows, body), on_row)

    def advance(self, rows: Mapping[int, bytes]) -> Advance:
        """Plan the tasks of the next round from all rows in ascending order; conclude if there is no further one."""
        with _convert_refusals():
            tasks = self._analysis.plan_tasks(rows)
            if tasks:
                return tuple(PlannedTask(task.rows, task.body) for task in tasks)
            found = self._analysis.conclude(rows)
        return EncodedConclusion(
            found.head.model_dump(mode="json", by_alias=True),
            {name: encode_table(table) for name, table in found.tables.items()},
            tuple(map(_encode_plan, found.plans)),
            found.state,
        )


def _encode_plan(result: PlanResult) -> PlanOutcome:
    basis = None if result.basis is None else encode_basis(result.basis)
    return PlanOutcome(result.plan, {name: encode_table(table) for name, table in result.tables.items()}, basis)


def send_payload(channel: Channel, payload: AnalysisPayload, limits: Mapping[str, int]) -> None:
    """Send the order that opens an analysis, with the limits that the worker sets itself."""
    head = {
        "kind": payload.kind,
        "options": payload.options.model_dump(mode="json"),
        "size": payload.problem_size,
        "has_basis": payload.basis is not None,
        "tables": list(payload.tables),
    }
    basis = [] if payload.basis is None else [payload.basis]
    bodies = (payload.request.encode(), payload.problem, *basis, *payload.tables.values())
    channel.send("open_analysis", {**head, **limits}, *bodies)


def serve_analysis(channel: Channel, order: Message, requests: "queue.SimpleQueue[Message]") -> NoReturn:
    """Open the analysis of an order and serve its requests for ever.

    Raises ChannelClosedError, AnalysisRefusedError, MemoryError, and every unexpected exception.
    """
    opened = OpenedAnalysis.from_payload(_decode_payload(order))
    while True:
        request = requests.get()
        if request.kind == "run_task":
            opened.run_task(
                tuple(request.head["rows"]),
                request.bodies[0],
                lambda row, body: channel.send("row", {"row": row}, body),
            )
            channel.send("task_done", {})
        else:
            _send_advance(channel, opened.advance(unpack_rows(request)))


def _decode_payload(order: Message) -> AnalysisPayload:
    head = order.head
    request, problem, *rest = order.bodies
    basis = rest.pop(0) if head["has_basis"] else None
    kind: AnalysisKind = head["kind"]
    return AnalysisPayload(
        kind,
        request.decode(),
        head["size"],
        problem,
        PlanOptions.model_validate(head["options"]),
        basis,
        dict(zip(head["tables"], rest, strict=True)),
    )


def send_rows(channel: Channel, rows: Mapping[int, bytes]) -> None:
    """Send all rows of an analysis in one body, to advance it."""
    channel.send("advance", {"sizes": [[row, len(body)] for row, body in rows.items()]}, b"".join(rows.values()))


def unpack_rows(message: Message) -> dict[int, bytes]:
    """Unpack the rows of `send_rows`."""
    (joined,), start = message.bodies, 0
    rows: dict[int, bytes] = {}
    for row, size in message.head["sizes"]:
        rows[row] = joined[start : start + size]
        start += size
    return rows


def _send_advance(channel: Channel, advance: Advance) -> None:
    if not isinstance(advance, EncodedConclusion):
        channel.send("round", {"tasks": [list(task.rows) for task in advance]}, *(task.body for task in advance))
        return
    plans = [_describe_tables(plan.tables) for plan in advance.plans]
    bodies = [orjson.dumps(advance.head), advance.query_state, *(table.body for table in advance.tables.values())]
    for plan in advance.plans:
        bodies += [plan.head.model_dump_json().encode(), plan.basis or b""]
        bodies += [table.body for table in plan.tables.values()]
    channel.send("conclusion", {"tables": _describe_tables(advance.tables), "plans": plans}, *bodies)


def _describe_tables(tables: Mapping[str, EncodedTable]) -> list[tuple[str, int]]:
    return [(name, table.rows) for name, table in tables.items()]


def decode_advance(message: Message) -> Advance:
    """Decode the answer to `send_rows`."""
    if message.kind == "round":
        return tuple(
            PlannedTask(tuple(rows), body) for rows, body in zip(message.head["tasks"], message.bodies, strict=True)
        )
    bodies = iter(message.bodies)
    head, query_state = orjson.loads(next(bodies)), next(bodies)
    tables = {name: EncodedTable(rows, next(bodies)) for name, rows in message.head["tables"]}
    plans: list[PlanOutcome] = []
    for names in message.head["plans"]:
        plan, basis = Plan.model_validate_json(next(bodies)), next(bodies)
        plans.append(PlanOutcome(plan, {name: EncodedTable(rows, next(bodies)) for name, rows in names}, basis or None))
    return EncodedConclusion(head, tables, tuple(plans), query_state)
