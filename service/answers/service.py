"""Questions to stored plans: each becomes one for the desk, with what its child must know."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from service.access import Principal, require_plan
from service.answers.desk import Opening, Question
from service.answers.errors import CallerGone
from service.answers.schemas import CompareBody, DiagnosisView
from service.errors import Conflict
from service.storage import PlanRecord
from service.storage.store import Transaction
from service.web.services import Services

GONE = 499
"""Status that stands in the log where nobody waited for the answer; it is never sent to anybody."""


class Answers:
    """Answers about the plans of one service.

    Raises NotFound for plans that are not there, Conflict for plans without prices, Missing for places, items and periods that
    a plan does not have, TooMany and Unavailable as the desk does.
    """

    def __init__(self, services: Services) -> None:
        """Use the parts of a service."""
        self._store, self._desk, self._settings = services.store, services.desk, services.settings

    def question(
        self,
        name: str,
        arguments: Mapping[str, Any],
        *,
        seconds: float | None = None,
        other: tuple[int, bytes] | None = None,
    ) -> Question:
        """A question; `seconds` is what it says itself that it may take, and it is given a little longer to wind up."""
        most = self._settings.question_seconds
        if seconds is None:
            return Question(name, arguments, most, other)
        granted = min(seconds, most)
        return Question(name, {**arguments, "seconds": granted}, granted + self._settings.overtime_seconds, other)

    def compared(self, body: CompareBody, principal: Principal) -> Question:
        """A plan beside itself with changes, or beside another that the principal may read (else NotFound, Barred)."""
        if body.plan is None:
            return self.question("compare", body.model_dump(mode="json", exclude_none=True))
        with self._store.read() as transaction:
            require_plan(transaction, principal, "read", body.plan)
            problem = transaction.problems.stored(_finished(transaction, body.plan).problem_digest)
        return self.question("compare", {}, other=(problem.size, problem.body))

    async def ask(self, plan: str, request: Request, question: Callable[[], Question]) -> Response:
        """Answer a question in JSON, for as long as whoever asked is there; `question` is called in a thread."""
        gone = threading.Event()
        with self._desk.admitted():
            listening = asyncio.create_task(_listen(request, gone))
            try:
                # A thread of its own, which only waits: how many there are is what `admitted` counts.
                body = await anyio.to_thread.run_sync(
                    self._answer, plan, question, gone, limiter=anyio.CapacityLimiter(1), abandon_on_cancel=True
                )
            except CallerGone:
                return Response(status_code=GONE)
            finally:
                gone.set()
                listening.cancel()
        return Response(body, media_type="application/json")

    def diagnosis(self, plan: str) -> DiagnosisView:
        """Why a plan is infeasible."""
        with self._store.read() as transaction:
            head = _finished(transaction, plan).head
        return DiagnosisView(diagnosis=head.diagnosis if head else None)

    def _answer(self, plan: str, question: Callable[[], Question], gone: threading.Event) -> bytes:
        asked = question()
        with self._store.read() as transaction:
            record = _finished(transaction, plan)
        if record.outcome != "optimal":
            raise Conflict(f"The plan finished as {record.outcome}, so nothing has a price; see its diagnosis.")
        return self._desk.ask(plan, lambda: self._opening(record), asked, gone)

    def _opening(self, record: PlanRecord) -> Opening:
        with self._store.read() as transaction:
            problem = transaction.problems.stored(record.problem_digest)
            basis = transaction.plans.basis_body(record.id)
        bodies = (problem.body,) if basis is None else (problem.body, basis)
        return Opening(record.options.model_dump(mode="json"), problem.size, bodies)


def _finished(transaction: Transaction, plan: str) -> PlanRecord:
    record = transaction.plans.get(plan)
    if record.state != "finished":
        raise Conflict(f"The plan is {record.state}; it can be asked when it is finished.")
    return record


async def _listen(request: Request, gone: threading.Event) -> None:
    """Set `gone` when the connection of a request ends."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    gone.set()
