"""Plans: accepted, listed, cancelled."""

import hashlib
import re
from collections.abc import Mapping, Sequence

from sqlalchemy import select

from models.checks import Finding, InvalidProblem
from models.options import PlanOptions
from models.parsing import validate_model
from service.access import Barred, Principal, require_plan, within
from service.errors import Conflict, Invalid, Refusal, TooMany
from service.jobs import IdempotencyConflict, IdempotencyKey, JobRuntime, PlanRequest, QueueFull, Submission
from service.plans.schemas import BesideSheets, PlanBeside, PlanList, PlanProgress, PlanView
from service.plans.view import head, progress_of, view
from service.provinces.service import Provinces
from service.settings import Settings
from service.sheets.kinds import SheetKind
from service.sources.service import Meant, in_scenario, understand
from service.sources.sheets import understood
from service.storage import JobEvent, NotFound, PlanRecord, PlanState, Store
from service.storage.records import moment
from service.storage.tables import job_events
from service.web.bodies import Document

_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_WAIT = re.compile(r"\s*wait\s*=\s*\"?(\d+(?:\.\d+)?)\"?\s*")


def wait_of(prefer: str | None, most: float) -> float:
    """Seconds that `Prefer` (RFC 7240) asks to wait, at most `most`; 0 if it does not. What else it prefers is passed over."""
    for preference in (prefer or "").split(","):
        found = _WAIT.fullmatch(preference.partition(";")[0])
        if found:
            return min(float(found[1]), most)
    return 0.0


class Plans:
    """The plans of one service."""

    def __init__(self, store: Store, jobs: JobRuntime, settings: Settings) -> None:
        """Use a store and the queue on it; limits come from the settings."""
        self._store = store
        self._jobs = jobs
        self._settings = settings

    def submit(
        self,
        raw: bytes,
        principal: Principal,
        key: str | None,
        kind: SheetKind | None = None,
        beside: BesideSheets = BesideSheets(),  # noqa: B008 - it never changes
    ) -> Submission:
        """Accept the plan that a body asks for. What the principal may not read is not there; Forbidden where they may only read.

        `kind`: what sheets the body is; None for JSON. `beside`: what is said beside sheets.
        Raises InvalidProblem, TooLarge, Unreadable; Conflict if the key was used for another body; TooMany if the queue is full.
        """
        said = beside.said()
        _refuse_beside_json(kind, said)
        idempotency = idempotency_of(key, raw if not said else raw + beside.model_dump_json().encode())

        def work(document: Document) -> Submission:
            if kind is None:
                return self._submit(document, principal, idempotency)
            if beside.scenario is None:
                return self._submit({"problem": document["problem"], **beside.body()}, principal, idempotency)
            return self._submit_scenario(document, beside, principal, idempotency)

        return understood(raw, kind, self._settings, work)

    def _submit(self, document: Document, principal: Principal, idempotency: IdempotencyKey | None) -> Submission:
        look_up = within(Provinces(self._store, self._settings).look_up, principal, "draft")
        base = self._base(document.get("base_plan"), principal)
        beside, meant = understand(document, PlanBeside, self._settings, look_up, base)
        return self.accept(
            PlanRequest(
                problem=meant.problem,
                options=self.options_within(beside.options),
                caller=principal.caller,
                source=meant.source,
                base_plan=beside.base_plan,
                priority=beside.priority,
                reuse=beside.reuse,
                idempotency=idempotency,
            )
        )

    def _submit_scenario(
        self, document: Document, beside: BesideSheets, principal: Principal, idempotency: IdempotencyKey | None
    ) -> Submission:
        """Accept one of the scenarios that come with a problem in sheets."""
        province = Provinces(self._store, self._settings).written_out(document)
        asked = validate_model(PlanBeside, beside.body())
        return self.accept(
            PlanRequest(
                problem=in_scenario(province, beside.scenario or "", "query/scenario"),
                options=self.options_within(asked.options, "query"),
                caller=principal.caller,
                source={"scenario": beside.scenario},
                priority=asked.priority,
                reuse=asked.reuse,
                idempotency=idempotency,
            )
        )

    def accept(self, request: PlanRequest) -> Submission:
        """Put a plan into the queue; Conflict if the key was used for another body, TooMany if the queue is full."""
        try:
            return self._jobs.submit(request)
        except IdempotencyConflict as error:
            raise _key_refused(
                Conflict, "other_body", f"{error}.", "Use a key of its own for every request."
            ) from error
        except QueueFull as error:
            raise TooMany(f"{error}.", headers={"Retry-After": str(error.retry_after)}) from error

    def _base(self, plan: object, principal: Principal) -> Meant | None:
        """The problem of the plan that a body names as its base; InvalidProblem if there is no such plan."""
        if not isinstance(plan, str):
            return None  # absent, or refused with the rest of the body
        try:
            with self._store.read() as transaction:
                require_plan(transaction, principal, "draft", plan)
                record = transaction.plans.get(plan)
                return Meant(transaction.problems.get(record.problem_digest), dict(record.source))
        except (NotFound, Barred) as error:
            finding = Finding(
                path="/base_plan",
                code="unknown_plan",
                message=f"There is no plan {plan[:100]!r}.",
                remedy="GET /v1/plans lists those that are there.",
            )
            raise InvalidProblem((finding,)) from error

    def options_within(self, options: PlanOptions, place: str = "/options") -> PlanOptions:
        """The options (which stand at `place`) with the time limit of the settings if none is stated; Invalid if it is above what may be asked."""
        if "time_limit_seconds" not in options.model_fields_set:
            return options.model_copy(update={"time_limit_seconds": self._settings.default_time_limit_seconds})
        most = self._settings.max_time_limit_seconds
        if options.time_limit_seconds > most:
            finding = Finding(
                path=f"{place}/time_limit_seconds",
                code="above_limit",
                message=f"A plan may be solved for {most:g} seconds at most here.",
                remedy="Ask for less, or raise ALLOT_MAX_TIME_LIMIT_SECONDS where the service runs.",
            )
            raise Invalid(finding.message, findings=[finding])
        return options

    def view(self, plan: str) -> tuple[PlanView, int]:
        """A plan as it is now, with the last word on its progress while it runs, and the version of its life; NotFound if there is none."""
        with self._store.read() as transaction:
            record = transaction.plans.get(plan)
            if record.state != "running":
                return view(record), record.life_version
            query = select(job_events).where(job_events.c.job == plan, job_events.c.kind == "progress")
            row = transaction.connection.execute(query.order_by(job_events.c.seq.desc()).limit(1)).first()
        progress: PlanProgress | None = None
        if row is not None:
            progress = progress_of((JobEvent(row.seq, row.kind, moment(row.at), row.data),))
        return view(record, progress), record.life_version

    def list(self, principal: Principal, states: Sequence[PlanState], before: str | None, limit: int) -> PlanList:
        """A page of the plans that a principal may read, newest first; NotFound if `before` names none of them."""
        with self._store.read() as transaction:
            if before is not None:
                require_plan(transaction, principal, "read", before)
            records = transaction.plans.list(states=states, before=before, limit=limit + 1, seen=_seen(principal))
        shown = records[:limit]
        following = None
        if len(records) > limit:
            chosen = "".join(f"&status={state}" for state in states)
            following = f"/v1/plans?limit={limit}&before={shown[-1].id}{chosen}"
        return PlanList(plans=tuple(head(record) for record in shown), next=following)

    def cancel(self, plan: str, caller: str) -> PlanRecord:
        """Ask for the end of a plan; NotFound if there is none, Conflict if it has finished."""
        if self._jobs.plan(plan).state == "finished":
            raise Conflict("The plan has finished; there is nothing to cancel, and finished plans are kept.")
        return self._jobs.cancel(plan, caller)

    def problem(self, plan: str) -> tuple[bytes, str]:
        """The problem that a plan plans, as JSON, and its digest; NotFound if there is no such plan."""
        with self._store.read() as transaction:
            digest = transaction.plans.get(plan).problem_digest
            return transaction.problems.stored(digest).json(), digest


def _refuse_beside_json(kind: SheetKind | None, said: Mapping[str, object]) -> None:
    """Invalid for parameters that belong to sheets beside a body of JSON, which says such things itself."""
    if kind is None and said:
        remedy = "Say it in the body, or send a workbook or a zip."
        findings = [
            Finding(path=f"query/{name}", code="sheets_only", message=f"{name} goes with sheets only.", remedy=remedy)
            for name in said
        ]
        raise Invalid(f"{findings[0].message} {remedy}", findings=findings)


def _seen(principal: Principal) -> tuple[frozenset[str] | None, str] | None:
    """Which plans a principal may read: of which provinces, and of none as which caller; None for all."""
    return None if principal.administers else (principal.readable(), principal.caller)


def idempotency_of(key: str | None, raw: bytes) -> IdempotencyKey | None:
    """What makes a repeated request the same one; Invalid for a key that cannot be one."""
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise _key_refused(
            Invalid, "bad_key", "An Idempotency-Key has 1 to 255 visible characters.", "Send a UUID, say."
        )
    return IdempotencyKey(key, hashlib.sha256(raw).hexdigest())


def _key_refused(kind: type[Refusal], code: str, message: str, remedy: str) -> Refusal:
    finding = Finding(path="header/idempotency-key", code=code, message=message, remedy=remedy)
    return kind(f"{message} {remedy}", findings=[finding])
