"""What a trial shows: what was accepted, lost, doubled and wrong."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from service.domain.integrity import CheckedCounts, check_store
from service.storage.schema import audit, job_events, plan_tables, plans
from service.storage.store import Store
from tests.service.faults.clients import VARIANTS, Answers


@dataclass(frozen=True)
class Verdict:
    """What the database holds in comparison with what clients were told; each list is empty if all is well."""

    accepted: int
    lost: Sequence[str]
    """Accepted plans that did not end with a result, or lack a part of it."""
    doubled: Sequence[str]
    """Keys with several plans, plans of no key, and plans that ended more than once."""
    wrong: Sequence[str]
    """Plans with another result than the undisturbed one, and what is stored damaged."""


def judge(store: Store, answers: Answers, expected: Sequence[Mapping[str, str]]) -> Verdict:
    """Compare the database with the answers; `expected` has the digests of the tables of each variant."""
    told = {plan: key for key, found in answers.plans.items() for plan in found}
    with store.read_transaction() as stored:
        connection = stored.connection
        states = {row.id: (row.state, row.outcome) for row in connection.execute(select(plans))}
        tables: dict[str, dict[str, str]] = {}
        for row in connection.execute(select(plan_tables.c.plan, plan_tables.c.name, plan_tables.c.digest)):
            tables.setdefault(row.plan, {})[row.name] = row.digest
        finished = Counter(
            row.subject for row in connection.execute(select(audit).where(audit.c.act == "plan finished"))
        )
        events: dict[str, list[tuple[int, str]]] = {}
        for row in connection.execute(select(job_events).order_by(job_events.c.job, job_events.c.seq)):
            events.setdefault(row.job, []).append((row.seq, row.kind))
    lost = [plan for plan in told if plan not in states or states[plan][0] != "finished"]
    lost += [plan for plan, story in events.items() if not _is_complete(story)]
    doubled = [key for key, found in answers.plans.items() if len(found) > 1]
    doubled += [plan for plan in states if plan not in told]
    doubled += [plan for plan, count in finished.items() if count > 1]
    doubled += [plan for plan, story in events.items() if [kind for _, kind in story].count("finished") > 1]
    wrong = [f"{plan}: {states[plan]}" for plan in states if states[plan] != ("finished", "optimal")]
    wrong += [
        f"tables of {plan}" for plan, key in told.items() if tables.get(plan) != expected[int(key[1:]) % VARIANTS]
    ]
    wrong += [f"{damage.kind} {damage.name}: {damage.reason}" for damage in check_store(store, CheckedCounts())]
    return Verdict(len(answers.plans), lost, doubled, wrong)


def _is_complete(story: Sequence[tuple[int, str]]) -> bool:
    """Whether no event is missing and the last one is the end."""
    return [seq for seq, _ in story] == list(range(1, len(story) + 1)) and story[-1][1] == "finished"
