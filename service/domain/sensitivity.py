"""Questions to stored plans: each becomes one for the desk, with what its child must know."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from service.auth.authorization import require_plan_permission
from service.auth.principals import Principal
from service.core.errors import ConflictError
from service.domain.container import Services
from service.domain.schemas.sensitivity import CompareBody, InfeasibilityView
from service.storage.records import PlanRecord
from service.storage.store import Transaction
from service.workers.query_errors import ClientDisconnectedError
from service.workers.sensitivity_pool import SensitivityQuery, SessionPayload

STATUS_CLIENT_CLOSED_REQUEST = 499
"""Status that stands in the log where nobody waited for the answer; it is never sent to anybody."""


class SensitivityService:
    """Answers about the plans of one service.

    Raises NotFound for plans that are not there, Conflict for plans without prices, Missing for places, items and periods that
    a plan does not have, TooMany and Unavailable as the desk does.
    """

    def __init__(self, services: Services) -> None:
        """Use the parts of a service."""
        self._store, self._pool, self._settings = services.store, services.sensitivity_pool, services.settings

    def build_query(
        self,
        name: str,
        arguments: Mapping[str, Any],
        *,
        time_limit_seconds: float | None = None,
        second_problem: tuple[int, bytes] | None = None,
    ) -> SensitivityQuery:
        """A question; `seconds` is what it says itself that it may take, and it is given a little longer to wind up."""
        most = self._settings.sensitivity_timeout_seconds
        if time_limit_seconds is None:
            return SensitivityQuery(name, arguments, most, second_problem)
        granted = min(time_limit_seconds, most)
        return SensitivityQuery(
            name,
            {**arguments, "time_limit_seconds": granted},
            granted + self._settings.kill_grace_seconds,
            second_problem,
        )

    def build_comparison_query(self, body: CompareBody, principal: Principal) -> SensitivityQuery:
        """A plan beside itself with changes, or beside another that the principal may read (else NotFound, Barred)."""
        if body.plan is None:
            return self.build_query("compare", body.model_dump(mode="json", exclude_none=True))
        with self._store.read_transaction() as transaction:
            require_plan_permission(transaction, principal, "read", body.plan)
            problem = transaction.problems.get_stored_problem(_require_finished(transaction, body.plan).problem_digest)
        return self.build_query("compare", {}, second_problem=(problem.size, problem.body))

    async def answer_query(self, plan: str, request: Request, build_query: Callable[[], SensitivityQuery]) -> Response:
        """Answer a question in JSON, for as long as whoever asked is there; `question` is called in a thread."""
        gone = threading.Event()
        with self._pool.admit_query():
            listening = asyncio.create_task(_watch_disconnect(request, gone))
            try:
                # A thread of its own, which only waits: how many there are is what `admitted` counts.
                body = await anyio.to_thread.run_sync(
                    self._answer_in_thread,
                    plan,
                    build_query,
                    gone,
                    limiter=anyio.CapacityLimiter(1),
                    abandon_on_cancel=True,
                )
            except ClientDisconnectedError:
                return Response(status_code=STATUS_CLIENT_CLOSED_REQUEST)
            finally:
                gone.set()
                listening.cancel()
        return Response(body, media_type="application/json")

    def read_infeasibility(self, plan: str) -> InfeasibilityView:
        """Why a plan is infeasible."""
        with self._store.read_transaction() as transaction:
            head = _require_finished(transaction, plan).head
        return InfeasibilityView(infeasibility=head.infeasibility if head else None)

    def _answer_in_thread(
        self, plan: str, build_query: Callable[[], SensitivityQuery], cancelled: threading.Event
    ) -> bytes:
        request = build_query()
        with self._store.read_transaction() as transaction:
            record = _require_finished(transaction, plan)
        if record.outcome != "optimal":
            raise ConflictError(f"The plan finished as {record.outcome}, so nothing has a price; see its diagnosis.")
        return self._pool.answer_query(plan, lambda: self._read_payload(record), request, cancelled)

    def _read_payload(self, record: PlanRecord) -> SessionPayload:
        with self._store.read_transaction() as transaction:
            problem = transaction.problems.get_stored_problem(record.problem_digest)
            basis = transaction.plans.read_basis_bytes(record.id)
        bodies = (problem.body,) if basis is None else (problem.body, basis)
        return SessionPayload(record.options.model_dump(mode="json"), problem.size, bodies)


def _require_finished(transaction: Transaction, plan: str) -> PlanRecord:
    record = transaction.plans.get_plan(plan)
    if record.state != "finished":
        raise ConflictError(f"The plan is {record.state}; it can be asked when it is finished.")
    return record


async def _watch_disconnect(request: Request, cancelled: threading.Event) -> None:
    """Set `gone` when the connection of a request ends."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    cancelled.set()
