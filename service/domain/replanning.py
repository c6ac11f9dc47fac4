"""Plans for the remaining periods of a plan."""

from typing import Any

import numpy as np

from models.validation.parsing import validate_model
from service.auth.principals import Principal
from service.core.json_documents import decode_json_object, encode_plain_json
from service.domain.fulfilment import require_executable_plan
from service.domain.plans import PlanService, check_idempotency_key, make_idempotency_key
from service.domain.schemas.fulfilment import ReplanBody
from service.domain.schemas.plans import Discrepancy, ReplanDetails
from service.storage.plan_requests import PlanRequest, Submission
from service.storage.repositories.outputs import OutputLog
from service.storage.store import Store
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray
from solvers.replanning import ReplanProblem, build_replan_problem

MAX_DISCREPANCIES = 50
"""Maximum number of discrepancies of each kind that a plan records, the largest first."""

_REPLAN_TABLES = ("quotas", "supply", "shipments", "swaps")


class ReplanService:
    """Replans the plans of one service."""

    def __init__(self, store: Store, plans: PlanService) -> None:
        """Use a store, and submit plans through `plans`."""
        self._store = store
        self._plans = plans

    def submit_replan(self, plan: str, raw: bytes, principal: Principal, key: str | None) -> Submission:
        """Submit the remaining periods of a plan as a new plan that starts from the basis of the first.

        Raises RecordNotFoundError, ConflictError for a plan without quotas, InvalidProblemError, and what
        `PlanService.enqueue_plan` raises.
        """
        check_idempotency_key(key)
        document = decode_json_object(raw)
        idempotency = make_idempotency_key(key, plan.encode() + encode_plain_json(document))
        body = validate_model(ReplanBody, document)
        options = self._plans.apply_option_limits(body.options)
        with self._store.read_transaction() as transaction:
            record, problem = require_executable_plan(transaction, plan)
            tables = {name: transaction.plans.read_table(plan, name) for name in _REPLAN_TABLES}
            outputs = OutputLog(transaction.connection).read_quantities(plan)
        made = build_replan_problem(
            problem,
            tables,
            outputs,
            body.from_,
            unreported=body.unreported,
            keep_quotas_close=body.keep_quotas_close,
            changes=body.changes,
        )
        return self._plans.enqueue_plan(
            PlanRequest(
                problem=made.problem,
                options=options,
                caller=principal.caller,
                source=_describe_source(dict(record.source), body, made),
                base_plan=plan,
                idempotency=idempotency,
            )
        )


def _describe_source(source: dict[str, Any], body: ReplanBody, made: ReplanProblem) -> dict[str, Any]:
    """Describe the source of the new plan: that of the base plan with the changes added, and the details of
    replanning.
    """
    index, booked = ProblemArrays.from_problem(made.problem), made.reconciled
    replanned = ReplanDetails(
        from_=body.from_,
        past=index.labels["period"][: booked.past.period_count],
        unreported=body.unreported,
        keep_quotas_close=body.keep_quotas_close,
        reported=made.reported_count,
        assumed=made.assumed_count,
        lost=_list_discrepancies(index, booked.lost),
        unexplained=_list_discrepancies(index, booked.unexplained),
    )
    source["replanned"] = replanned.model_dump(mode="json", by_alias=True)
    if body.changes:
        changes = [change.model_dump(mode="json", exclude_none=True) for change in body.changes]
        source["changes"] = [*source.get("changes", ()), *changes]
    return source


def _list_discrepancies(index: ProblemArrays, amounts: FloatArray) -> tuple[Discrepancy, ...]:
    """List the largest amounts, by value, above rounding."""
    worth = amounts * index.items.counted_value[:, None]
    order = np.argsort(-worth, axis=None)[:MAX_DISCREPANCIES]
    found = [np.unravel_index(k, amounts.shape) for k in order if worth.flat[k] > 1e-6]
    names = [index.labels[axis] for axis in ("place", "item", "period")]
    return tuple(
        Discrepancy(place=names[0][n], item=names[1][i], period=names[2][t], quantity=float(amounts[n, i, t]))
        for n, i, t in found
    )
