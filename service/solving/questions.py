"""Questions to a solved plan, answered in a child that holds the plan open from one question to the next.

The plan comes once (`open`), then questions (`ask`), one after another. Each is answered by `answer` with the JSON that goes to the
caller, or by `refused` where it cannot be answered; a death is told as `failed`, or seen at the other end. Every question
begins where the plan stands, so that the same question has the same answer whatever was asked before.
"""

import queue
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from pydantic import BaseModel

from models.changes import Change
from models.checks import InvalidProblem
from models.comparisons import GoalsView
from models.options import PlanOptions
from models.problem import PlanningProblem
from service.solving.channel import Channel, Message
from service.solving.encoding import decode_basis, decompress
from solvers import answers
from solvers.answers import NothingToAsk, Standing

Arguments = Mapping[str, Any]
"""What a question states, as JSON has it."""


_Asked = Callable[[Standing, Arguments, PlanOptions, bytes | None], BaseModel]
"""Answers a question to a plan that was solved with these options; the last is a second problem as JSON."""


def hold_open(channel: Channel, order: Message, orders: "queue.SimpleQueue[Message]") -> NoReturn:
    """Open the plan that an order brings, and answer the questions that come as further orders, for ever.

    Raises what no question should: ChannelClosed, MemoryError, and mistakes of ours.
    """
    options = PlanOptions.model_validate(order.head["options"])
    problem = PlanningProblem.model_validate_json(decompress(order.bodies[0], order.head["size"]))
    basis = decode_basis(order.bodies[1]) if len(order.bodies) > 1 else None
    standing: Standing | None = None
    while True:
        asked = orders.get()
        try:
            if standing is None:
                standing = Standing.of(problem, basis, options)
            standing.home()
            channel.send("answer", {}, _answered(standing, asked, options))
        except NothingToAsk as error:
            channel.send("refused", {"why": "conflict", "detail": f"{error}."})
        except KeyError as error:
            channel.send("refused", {"why": "missing", "detail": f"{error.args[0]}."})
        except InvalidProblem as error:
            findings = [finding.model_dump(mode="json") for finding in error.findings]
            channel.send("refused", {"why": "invalid", "detail": "", "findings": findings})


def _answered(standing: Standing, asked: Message, options: PlanOptions) -> bytes:
    other = decompress(asked.bodies[0], asked.head["size"]) if asked.bodies else None
    found = QUESTIONS[asked.head["question"]](standing, asked.head["arguments"], options, other)
    return found.model_dump_json(by_alias=True).encode()


def _changes(arguments: Arguments) -> list[Change]:
    return [Change.model_validate(raw) for raw in arguments["changes"]]


def _compare(standing: Standing, arguments: Arguments, _: PlanOptions, other: bytes | None) -> BaseModel:
    before = standing.index.problem
    if other is None:
        return answers.compare(standing, answers.by_changes(before, _changes(arguments)))
    return answers.compare(standing, answers.by_parts(before, PlanningProblem.model_validate_json(other)))


def _what_if(standing: Standing, arguments: Arguments, _: PlanOptions, __: bytes | None) -> BaseModel:
    steps = answers.by_changes(standing.index.problem, _changes(arguments))
    return answers.compare(standing, (("the changes", steps[-1][1]),))


def _estimate(standing: Standing, arguments: Arguments, _: PlanOptions, __: bytes | None) -> BaseModel:
    return answers.estimate(standing, answers.by_changes(standing.index.problem, _changes(arguments))[-1][1])


def _curve(standing: Standing, arguments: Arguments, _: PlanOptions, __: bytes | None) -> BaseModel:
    change = Change.model_validate(arguments["change"])
    start, end, most, seconds = (arguments[name] for name in ("start", "end", "most", "seconds"))
    return answers.curve(standing, change, start, end, most=most, seconds=seconds)


def _grid(standing: Standing, arguments: Arguments, _: PlanOptions, __: bytes | None) -> BaseModel:
    first, second = (
        (Change.model_validate(side["change"]), side["at"]) for side in (arguments["first"], arguments["second"])
    )
    return answers.grid(standing, first, second, seconds=arguments["seconds"])


def _remedies(standing: Standing, arguments: Arguments, _: PlanOptions, __: bytes | None) -> BaseModel:
    where = (arguments["county"], arguments["item"], arguments["period"])
    rest = {name: arguments[name] for name in ("left", "most", "limit", "free", "seconds")}
    return answers.remedies(standing, *where, **rest)


def _plainly(ask: Callable[..., BaseModel]) -> _Asked:
    """A question that takes its arguments by their names."""

    def asked(standing: Standing, arguments: Arguments, options: PlanOptions, other: bytes | None) -> BaseModel:
        del options, other
        return ask(standing, **arguments)

    return asked


QUESTIONS: Mapping[str, _Asked] = {
    "prices": _plainly(answers.prices),
    "why": _plainly(answers.reasons),
    "remedies": _remedies,
    "evenness": _plainly(answers.evenness),
    "goals": lambda standing, _, options, __: GoalsView(goals=answers.goals_of(standing, options)),
    "compare": _compare,
    "what-if": _what_if,
    "estimate": _estimate,
    "curve": _curve,
    "grid": _grid,
}
"""What can be asked, by name."""
