"""Sensitivity queries about a solved plan, answered in a worker process that keeps the plan loaded between queries.

The plan arrives once (`open_session`), then queries arrive (`query`), one after another. Each gets one message: `answer` with
the JSON for the client, `rejected`, or `failed`. Every query starts from the plan's own basis, so that equal queries have
equal answers whatever came before.
"""

import queue
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import pyarrow as pa
from pydantic import BaseModel

from models.analyses.study import BoundsRequest
from models.changes.change import Change
from models.comparisons import Comparison, GoalTradeOffs
from models.options import PlanOptions
from models.plan import Infeasibility
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import InvalidProblemError
from service.core.codecs import decode_basis, decode_table, decompress
from service.workers.channel import Channel, Message
from solvers import sensitivity
from solvers.analyses.opening import open_bounds
from solvers.lp.solution import Basis
from solvers.sensitivity import CoarseEstimator, ComparisonSteps, SensitivitySession, SensitivityUnavailableError

Arguments = Mapping[str, Any]
"""Arguments of a query, as JSON."""


@dataclass(slots=True)
class OpenedPlan:
    """A plan in a worker process; its session is opened by the first query that needs one."""

    problem: PlanningProblem
    """Problem of the plan."""
    options: PlanOptions
    """Options with which it was solved."""
    basis: Basis | None
    """Basis of the plan, if it is stored."""
    is_infeasible: bool
    """Whether the plan ended infeasible; it has no session then."""
    _session: SensitivitySession | None = None
    _coarse: CoarseEstimator | None = None

    def open_coarse_estimator(self) -> CoarseEstimator | None:
        """Return the plan in longer periods, which is solved once; None as `CoarseEstimator.from_session`."""
        if self._coarse is None:
            self._coarse = CoarseEstimator.from_session(self.reset_session())
        return self._coarse

    def reset_session(self) -> SensitivitySession:
        """Return the session at the basis of the plan; raises as `SensitivitySession.from_problem`."""
        if self._session is None:
            self._session = SensitivitySession.from_problem(self.problem, self.basis, self.options)
        self._session.reset_to_base()
        return self._session


_SensitivityQuery = Callable[[OpenedPlan, Arguments, bytes | None], BaseModel]
"""Answers a query about a plan; the last argument is the attachment: a second problem as JSON, or a table as Parquet."""


def serve_session(channel: Channel, open_request: Message, requests: "queue.SimpleQueue[Message]") -> NoReturn:
    """Load the plan of an order and answer queries for ever.

    Raises ChannelClosedError, MemoryError, and every unexpected exception.
    """
    plan = OpenedPlan(
        PlanningProblem.model_validate_json(decompress(open_request.bodies[0], open_request.head["size"])),
        PlanOptions.model_validate(open_request.head["options"]),
        decode_basis(open_request.bodies[1]) if len(open_request.bodies) > 1 else None,
        is_infeasible=open_request.head["outcome"] == "infeasible",
    )
    serve_queries(channel, requests, lambda request: _answer_query(plan, request))


def serve_bounds(channel: Channel, order: Message, requests: "queue.SimpleQueue[Message]") -> NoReturn:
    """Open the bounds of a study from the state of its conclusion, and answer queries for ever. Raises as `serve_session`."""
    bounds = open_bounds(order.bodies[0])

    def answer_query(request: Message) -> bytes:
        points = BoundsRequest.model_validate(request.head["arguments"])
        return bounds.compute_bounds(points).model_dump_json().encode()

    serve_queries(channel, requests, answer_query)


def serve_queries(
    channel: Channel, requests: "queue.SimpleQueue[Message]", answer_query: Callable[[Message], bytes]
) -> NoReturn:
    """Answer queries, one after another, for ever; a query that cannot be answered is rejected with the reason."""
    while True:
        request = requests.get()
        try:
            channel.send("answer", {}, answer_query(request))
        except SensitivityUnavailableError as error:
            channel.send("rejected", {"reason": "conflict", "detail": f"{error}."})
        except KeyError as error:
            channel.send("rejected", {"reason": "not_found", "detail": f"{error.args[0]}."})
        except InvalidProblemError as error:
            findings = [finding.model_dump(mode="json") for finding in error.findings]
            channel.send("rejected", {"reason": "invalid", "detail": "", "findings": findings})


def _answer_query(plan: OpenedPlan, query_message: Message) -> bytes:
    other = decompress(query_message.bodies[0], query_message.head["size"]) if query_message.bodies else None
    found = SENSITIVITY_QUERIES[query_message.head["query"]](plan, query_message.head["arguments"], other)
    return found.model_dump_json(by_alias=True).encode()


def _parse_changes(arguments: Arguments) -> list[Change]:
    return [Change.model_validate(raw) for raw in arguments["changes"]]


def _compare_plans(plan: OpenedPlan, arguments: Arguments, other: bytes | None) -> BaseModel:
    if other is None:
        return _compare_steps(plan, sensitivity.split_by_changes(plan.problem, _parse_changes(arguments)))
    other_problem = PlanningProblem.model_validate_json(other)
    raw = arguments.get("infeasibility")
    known = None if raw is None else Infeasibility.model_validate(raw)
    found = _compare_steps(plan, sensitivity.split_by_parts(plan.problem, other_problem), known)
    if "figures" not in arguments or found.objective is None:
        return found
    first, second = (sensitivity.FinishedFigures.model_validate(one) for one in arguments["figures"])
    return sensitivity.replace_by_finished_figures(found, (plan.problem, other_problem), (first, second))


def _solve_what_if(plan: OpenedPlan, arguments: Arguments, _: bytes | None) -> BaseModel:
    steps = sensitivity.split_by_changes(plan.problem, _parse_changes(arguments))
    return _compare_steps(plan, (("the changes", steps[-1][1]),))


def _compare_steps(plan: OpenedPlan, steps: ComparisonSteps, known: Infeasibility | None = None) -> Comparison:
    if plan.is_infeasible:
        return sensitivity.compare_infeasible_plan(plan.problem, steps, plan.options, known)
    return sensitivity.compare_plans(plan.reset_session(), steps, plan.options, known)


def _estimate_changes(plan: OpenedPlan, arguments: Arguments, _: bytes | None) -> BaseModel:
    changed = sensitivity.split_by_changes(plan.problem, _parse_changes(arguments))[-1][1]
    estimate = sensitivity.estimate_change(plan.reset_session(), changed)
    if estimate.exact or not arguments["coarse"] or (estimator := plan.open_coarse_estimator()) is None:
        return estimate
    return estimator.refine_estimate(estimate, changed)


def _compute_curve(plan: OpenedPlan, arguments: Arguments, _: bytes | None) -> BaseModel:
    change = Change.model_validate(arguments["change"])
    start, end, max_solves, seconds = (arguments[name] for name in ("start", "end", "max_solves", "time_limit_seconds"))
    return sensitivity.compute_curve(
        plan.reset_session(), change, start, end, max_solves=max_solves, time_limit_seconds=seconds
    )


def _compute_grid(plan: OpenedPlan, arguments: Arguments, _: bytes | None) -> BaseModel:
    first, second = (
        (Change.model_validate(side["change"]), side["values"]) for side in (arguments["first"], arguments["second"])
    )
    return sensitivity.compute_grid(
        plan.reset_session(), first, second, time_limit_seconds=arguments["time_limit_seconds"]
    )


def _find_remedies(plan: OpenedPlan, arguments: Arguments, _: bytes | None) -> BaseModel:
    where = (arguments["county"], arguments["item"], arguments["period"])
    rest = {
        name: arguments[name]
        for name in ("target_share", "max_candidates", "max_results", "include_unreserved", "time_limit_seconds")
    }
    planned = arguments.get("planned_shortage")
    return sensitivity.find_remedies(plan.reset_session(), *where, planned_shortage=planned, **rest)


def _compute_goal_tradeoffs(plan: OpenedPlan, _: Arguments, __: bytes | None) -> BaseModel:
    return GoalTradeOffs(goals=sensitivity.compute_session_goal_tradeoffs(plan.reset_session(), plan.options))


def _compute_equity(plan: OpenedPlan, arguments: Arguments, supply: bytes | None) -> BaseModel:
    if supply is None:
        raise ValueError("equity needs the table supply")
    session, price = plan.reset_session(), None
    if arguments["with_price"]:
        price = sensitivity.compute_price_of_equity(session, arguments["time_limit_seconds"])
    stated = arguments["requirements"]
    requirements = None if stated is None else pa.table(stated)
    return sensitivity.compute_equity(session.arrays, decode_table(supply), requirements, price)


def _bind_by_name(analysis: Callable[..., BaseModel]) -> _SensitivityQuery:
    """Make a query of an analysis that takes its arguments by name."""

    def run_query(plan: OpenedPlan, arguments: Arguments, other: bytes | None) -> BaseModel:
        del other
        return analysis(plan.reset_session(), **arguments)

    return run_query


SENSITIVITY_QUERIES: Mapping[str, _SensitivityQuery] = {
    "shadow-prices": _bind_by_name(sensitivity.compute_shadow_prices),
    "bottlenecks": _bind_by_name(sensitivity.attribute_shortages),
    "remedies": _find_remedies,
    "equity": _compute_equity,
    "goals": _compute_goal_tradeoffs,
    "compare": _compare_plans,
    "what-if": _solve_what_if,
    "estimate": _estimate_changes,
    "curve": _compute_curve,
    "grid": _compute_grid,
}
"""All queries by name."""
