"""Sensitivity queries about a solved plan, answered in a worker process that keeps the plan loaded between queries.

The plan arrives once (`open_session`), then queries arrive (`query`), one after another. Each gets one message: `answer` with
the JSON for the client, `rejected`, or `failed`. Every query starts from the plan's own basis, so that equal queries have
equal answers whatever came before.
"""

import queue
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from pydantic import BaseModel

from models.changes.change import Change
from models.comparisons import GoalTradeOffs
from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import InvalidProblemError
from service.core.codecs import decode_basis, decode_table, decompress
from service.workers.channel import Channel, Message
from solvers import sensitivity
from solvers.sensitivity import SensitivitySession, SensitivityUnavailableError

Arguments = Mapping[str, Any]
"""Arguments of a query, as JSON."""


_SensitivityQuery = Callable[[SensitivitySession, Arguments, PlanOptions, bytes | None], BaseModel]
"""Answers a query about a plan that was solved with these options; the last argument is the attachment: a second problem as JSON, or
a table as Parquet."""


def serve_session(channel: Channel, open_request: Message, requests: "queue.SimpleQueue[Message]") -> NoReturn:
    """Load the plan of an order and answer queries for ever.

    Raises ChannelClosedError, MemoryError, and every unexpected exception.
    """
    options = PlanOptions.model_validate(open_request.head["options"])
    problem = PlanningProblem.model_validate_json(decompress(open_request.bodies[0], open_request.head["size"]))
    basis = decode_basis(open_request.bodies[1]) if len(open_request.bodies) > 1 else None
    session: SensitivitySession | None = None
    while True:
        request = requests.get()
        try:
            if session is None:
                session = SensitivitySession.from_problem(problem, basis, options)
            session.reset_to_base()
            channel.send("answer", {}, _answer_query(session, request, options))
        except SensitivityUnavailableError as error:
            channel.send("rejected", {"reason": "conflict", "detail": f"{error}."})
        except KeyError as error:
            channel.send("rejected", {"reason": "not_found", "detail": f"{error.args[0]}."})
        except InvalidProblemError as error:
            findings = [finding.model_dump(mode="json") for finding in error.findings]
            channel.send("rejected", {"reason": "invalid", "detail": "", "findings": findings})


def _answer_query(session: SensitivitySession, query_message: Message, options: PlanOptions) -> bytes:
    other = decompress(query_message.bodies[0], query_message.head["size"]) if query_message.bodies else None
    found = SENSITIVITY_QUERIES[query_message.head["query"]](session, query_message.head["arguments"], options, other)
    return found.model_dump_json(by_alias=True).encode()


def _parse_changes(arguments: Arguments) -> list[Change]:
    return [Change.model_validate(raw) for raw in arguments["changes"]]


def _compare_plans(session: SensitivitySession, arguments: Arguments, _: PlanOptions, other: bytes | None) -> BaseModel:
    before = session.arrays.problem
    if other is None:
        return sensitivity.compare_plans(session, sensitivity.split_by_changes(before, _parse_changes(arguments)))
    return sensitivity.compare_plans(
        session, sensitivity.split_by_parts(before, PlanningProblem.model_validate_json(other))
    )


def _solve_what_if(session: SensitivitySession, arguments: Arguments, _: PlanOptions, __: bytes | None) -> BaseModel:
    steps = sensitivity.split_by_changes(session.arrays.problem, _parse_changes(arguments))
    return sensitivity.compare_plans(session, (("the changes", steps[-1][1]),))


def _estimate_changes(session: SensitivitySession, arguments: Arguments, _: PlanOptions, __: bytes | None) -> BaseModel:
    return sensitivity.estimate_change(
        session, sensitivity.split_by_changes(session.arrays.problem, _parse_changes(arguments))[-1][1]
    )


def _compute_curve(session: SensitivitySession, arguments: Arguments, _: PlanOptions, __: bytes | None) -> BaseModel:
    change = Change.model_validate(arguments["change"])
    start, end, max_solves, seconds = (arguments[name] for name in ("start", "end", "max_solves", "time_limit_seconds"))
    return sensitivity.compute_curve(session, change, start, end, max_solves=max_solves, time_limit_seconds=seconds)


def _compute_grid(session: SensitivitySession, arguments: Arguments, _: PlanOptions, __: bytes | None) -> BaseModel:
    first, second = (
        (Change.model_validate(side["change"]), side["values"]) for side in (arguments["first"], arguments["second"])
    )
    return sensitivity.compute_grid(session, first, second, time_limit_seconds=arguments["time_limit_seconds"])


def _find_remedies(session: SensitivitySession, arguments: Arguments, _: PlanOptions, __: bytes | None) -> BaseModel:
    where = (arguments["county"], arguments["item"], arguments["period"])
    rest = {
        name: arguments[name]
        for name in ("target_share", "max_candidates", "max_results", "include_unreserved", "time_limit_seconds")
    }
    return sensitivity.find_remedies(session, *where, **rest)


def _compute_equity(
    session: SensitivitySession, arguments: Arguments, _: PlanOptions, supply: bytes | None
) -> BaseModel:
    if supply is None:
        raise ValueError("equity needs the table supply")
    price = None
    if arguments["with_price"]:
        price = sensitivity.compute_price_of_equity(session, arguments["time_limit_seconds"])
    return sensitivity.compute_equity(session.arrays, decode_table(supply), price)


def _bind_by_name(analysis: Callable[..., BaseModel]) -> _SensitivityQuery:
    """Make a query of an analysis that takes its arguments by name."""

    def run_query(
        session: SensitivitySession, arguments: Arguments, options: PlanOptions, other: bytes | None
    ) -> BaseModel:
        del options, other
        return analysis(session, **arguments)

    return run_query


SENSITIVITY_QUERIES: Mapping[str, _SensitivityQuery] = {
    "shadow-prices": _bind_by_name(sensitivity.compute_shadow_prices),
    "bottlenecks": _bind_by_name(sensitivity.attribute_shortages),
    "remedies": _find_remedies,
    "equity": _compute_equity,
    "goals": lambda session, _, options, __: GoalTradeOffs(
        goals=sensitivity.compute_session_goal_tradeoffs(session, options)
    ),
    "compare": _compare_plans,
    "what-if": _solve_what_if,
    "estimate": _estimate_changes,
    "curve": _compute_curve,
    "grid": _compute_grid,
}
"""All queries by name."""
