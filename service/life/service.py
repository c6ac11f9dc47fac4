"""Acts of a plan's life, each in one transaction with its line in the audit log and its messages to webhooks."""

import hashlib

import orjson

from service.errors import Conflict
from service.identity import Act, Principal
from service.life.schemas import LifeView, PastAct
from service.life.transitions import SUBMITTABLE, TRANSITIONS, Transition
from service.storage import PlanRecord, Store, Transaction
from service.storage.engine import lock
from service.storage.lives import LifeRecord
from service.web.etags import refuse_unless_current
from service.webhooks.outbox import announce


def digest_of(transaction: Transaction, plan: str) -> str:
    """sha-256 of all that a finished plan says: the sorted JSON of problem digest, options, head and table digests."""
    content = transaction.plans.content(plan)
    return hashlib.sha256(orjson.dumps(dict(content), option=orjson.OPT_SORT_KEYS)).hexdigest()


class Lives:
    """The lives of one service's plans."""

    def __init__(self, store: Store) -> None:
        """Use a store."""
        self._store = store

    def view(self, plan: str, principal: Principal) -> LifeView:
        """Where a plan is in its life, and what a principal may do with it now; NotFound if there is none."""
        with self._store.read() as transaction:
            return _view(transaction, transaction.plans.get(plan), principal)

    def act(self, plan: str, act: Act, principal: Principal, note: str, if_match: str | None) -> LifeView:
        """Do one of TRANSITIONS with a plan.

        Raises NotFound, Stale if `If-Match` names another version, Conflict in a state that does not allow it, for a plan that
        has nothing to submit, and where another plan of the province is in force.
        """
        transition = TRANSITIONS[act]
        with self._store.write() as transaction:
            province, _ = transaction.plans.belonging(plan, held=True)
            lock(transaction.connection, f"life {province or plan}")
            record = transaction.plans.get(plan)
            before = transaction.lives.get(plan)
            refuse_unless_current(if_match, str(before.version))
            _refuse_unless_possible(transaction, record, before, transition)
            digest = digest_of(transaction, plan) if act == "ratify" else before.digest
            after = LifeRecord(transition.after, before.version + 1, digest)
            transaction.lives.add(plan, after, province=province, caller=principal.caller, act=act, note=note)
            detail = {"state": after.state, "version": after.version, "note": note, "digest": digest}
            transaction.audit.add(principal.caller, transition.logged, plan, detail, province=province)
            announce(transaction, transition.told, plan, detail | {"by": principal.caller})
            return _view(transaction, transaction.plans.get(plan), principal)


def _refuse_unless_possible(
    transaction: Transaction, record: PlanRecord, before: LifeRecord, transition: Transition
) -> None:
    if before.state not in transition.before:
        states = " or ".join(sorted(transition.before))
        raise Conflict(f"The plan is {before.state}; {transition.act} is for one that is {states}.")
    if not _submittable(record):
        came = record.state if record.outcome is None else record.outcome
        raise Conflict(f"The plan is {came}; only one that finished as optimal or feasible can be submitted.")
    if transition.after == "in_force" and record.province is not None:
        other = transaction.lives.in_force(record.province)
        if other is not None:
            raise Conflict(f"{other} is in force in {record.province}; close it first.")


def _submittable(record: PlanRecord) -> bool:
    return record.state == "finished" and record.outcome in SUBMITTABLE


def _view(transaction: Transaction, record: PlanRecord, principal: Principal) -> LifeView:
    life = transaction.lives.get(record.id)
    digest = life.digest
    if digest is None and _submittable(record):
        digest = digest_of(transaction, record.id)
    return LifeView(
        plan=record.id,
        state=life.state,
        version=life.version,
        digest=digest,
        acts=tuple(
            one.act
            for one in TRANSITIONS.values()
            if life.state in one.before
            and _submittable(record)
            and principal.may_with(one.act, record.province, record.caller)
        ),
        history=tuple(
            PastAct(at=one.at, caller=one.caller, act=one.act, note=one.note, state=one.state)
            for one in transaction.lives.history(record.id)
        ),
    )
