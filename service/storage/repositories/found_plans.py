"""Plans that an analysis found: stored as finished plans of their own, which answer no request for their problem."""

import hashlib
from collections.abc import Mapping, Sequence

from sqlalchemy import update

from service.core.codecs import PlanOutcome
from service.core.ids import new_identifier
from service.storage.repositories.job_claims import finish_job
from service.storage.repositories.jobs import insert_queued_job
from service.storage.schema import jobs, plans
from service.storage.store import Transaction


def insert_found_plans(
    transaction: Transaction, analysis: str, outcomes: Sequence[PlanOutcome], keys: Sequence[Mapping[str, str]]
) -> tuple[str, ...]:
    """Store the plans of an analysis as variants of its base plan; return their identifiers, in the same order.

    `keys` has, for each, the object keys of the tables that are in the object store.
    """
    if not outcomes:
        return ()
    record = transaction.analyses.get_analysis(analysis)
    base = transaction.plans.get_plan(record.base_plan)
    names: list[str] = []
    for number, (outcome, object_keys) in enumerate(zip(outcomes, keys, strict=True)):
        plan = new_identifier()
        source = {**base.source, "alternative": {"analysis": analysis, "number": number}}
        transaction.plans.insert_plan(
            plan, base.problem_digest, base.options, caller=record.caller, source=source, base_plan=base.id
        )
        # no request has these digests, so that the plan is not reused as the answer for its problem
        own = {"options_digest": hashlib.sha256(f"alternative {plan}".encode()).hexdigest()}
        transaction.connection.execute(
            update(plans).where(plans.c.id == plan).values(started=transaction.read_clock(), **own)
        )
        insert_queued_job(transaction, plan, record.caller, priority=0)
        transaction.plans.complete_plan(plan, outcome, dict(object_keys))
        finish_job(transaction, jobs.c.id == plan, plan, "finished", outcome.head.outcome, analysis=analysis)
        names.append(plan)
    return tuple(names)
