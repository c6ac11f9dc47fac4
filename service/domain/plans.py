"""Plans: submitted, listed, cancelled."""

import hashlib
import re
from collections.abc import Mapping, Sequence

from models.options import LEAST_TOLERANCE, PlanOptions
from models.plan_estimate import PlanEstimate
from models.validation.checks import Finding, InvalidProblemError
from models.validation.parsing import validate_model
from service.auth.authorization import HiddenError, require_plan_permission, scope_lookup
from service.auth.principals import Principal
from service.core.errors import ApiError, ConflictError, TooManyRequestsError, UnprocessableContentError
from service.core.json_documents import Document, encode_plain_json
from service.core.settings import Settings
from service.domain.plan_view import build_list_entry, build_plan_view, build_progress
from service.domain.problem_sources import ResolvedProblem, apply_scenario, process_document, resolve_problem
from service.domain.provinces import ProvinceService
from service.domain.schemas.plans import PlanEnvelope, PlanList, PlanView, SheetsQuery
from service.spreadsheets.file_kinds import SpreadsheetKind
from service.storage.errors import DamagedRecordError, IdempotencyConflictError, QueueFullError, RecordNotFoundError
from service.storage.plan_requests import IdempotencyKey, PlanRequest, Submission
from service.storage.records import PlanRecord, PlanState
from service.storage.repositories.plan_events import read_last_event
from service.storage.store import Store
from service.workers.job_runtime import JobRuntime

_IDEMPOTENCY_KEY_PATTERN = re.compile(r"[\x21-\x7e]{1,255}")
_WAIT_PREFERENCE = re.compile(r"\s*wait\s*=\s*\"?(\d+(?:\.\d+)?)\"?\s*", re.IGNORECASE)


def parse_wait_seconds(prefer: str | None, max_seconds: float) -> float:
    """Parse the seconds that `Prefer` (RFC 7240) asks to wait, at most `max_seconds`; 0 without such a preference."""
    for preference in (prefer or "").split(","):
        found = _WAIT_PREFERENCE.fullmatch(preference.partition(";")[0])
        if found:
            return min(float(found[1]), max_seconds)
    return 0.0


class PlanService:
    """The plans of one service."""

    def __init__(self, store: Store, jobs: JobRuntime, settings: Settings) -> None:
        """Use a store and the queue on it; limits come from the settings."""
        self._store = store
        self._jobs = jobs
        self._settings = settings

    def submit_body(
        self,
        raw: bytes,
        principal: Principal,
        key: str | None,
        kind: SpreadsheetKind | None = None,
        sheets_query: SheetsQuery = SheetsQuery(),  # noqa: B008 - it never changes
    ) -> Submission:
        """Submit the plan that a body describes.

        `kind` is the kind of spreadsheet, None for JSON; `sheets_query` holds the query parameters of spreadsheets.
        Raises InvalidProblemError, ContentTooLargeError, BadRequestError, ConflictError if the key was used for
        another body, TooManyRequestsError if the queue is full, HiddenError and ForbiddenError for provinces and base
        plans.
        """
        said = sheets_query.dump_stated_values()
        _reject_query_with_json(kind, said)
        check_idempotency_key(key)

        def submit_parsed(document: Document) -> Submission:
            if kind is None:
                return self._submit_document(
                    document, principal, make_idempotency_key(key, encode_plain_json(document))
                )
            idempotency = make_idempotency_key(key, raw + (sheets_query.model_dump_json().encode() if said else b""))
            if sheets_query.scenario is None:
                return self._submit_document(
                    {"problem": document["problem"], **sheets_query.to_json_body()}, principal, idempotency
                )
            return self._submit_scenario(document, sheets_query, principal, idempotency)

        return process_document(raw, kind, self._settings, submit_parsed)

    def _submit_document(
        self, document: Document, principal: Principal, idempotency: IdempotencyKey | None
    ) -> Submission:
        look_up = scope_lookup(ProvinceService(self._store, self._settings).look_up_province, principal, "draft")
        base = self._load_base_problem(document.get("base_plan"), principal)
        beside, meant = resolve_problem(document, PlanEnvelope, self._settings, look_up, base)
        return self.enqueue_plan(
            PlanRequest(
                problem=meant.problem,
                options=self.apply_option_limits(beside.options),
                caller=principal.caller,
                source=meant.source,
                base_plan=beside.base_plan,
                priority=beside.priority,
                reuse=beside.reuse,
                idempotency=idempotency,
            )
        )

    def _submit_scenario(
        self, document: Document, sheets_query: SheetsQuery, principal: Principal, idempotency: IdempotencyKey | None
    ) -> Submission:
        """Submit one of the scenarios that a spreadsheet contains."""
        province = ProvinceService(self._store, self._settings).parse_province(document)
        request = validate_model(PlanEnvelope, sheets_query.to_json_body())
        return self.enqueue_plan(
            PlanRequest(
                problem=apply_scenario(province, sheets_query.scenario or "", "query/scenario"),
                options=self.apply_option_limits(request.options, "query"),
                caller=principal.caller,
                source={"scenario": sheets_query.scenario} | ({"name": province.name} if province.name else {}),
                priority=request.priority,
                reuse=request.reuse,
                idempotency=idempotency,
            )
        )

    def enqueue_plan(self, request: PlanRequest) -> Submission:
        """Put a plan into the queue; ConflictError if the key was used for another body, TooManyRequestsError if the
        queue is full.
        """
        try:
            return self._jobs.submit_plan(request)
        except IdempotencyConflictError as error:
            raise make_key_conflict(error) from error
        except QueueFullError as error:
            raise TooManyRequestsError(f"{error}.", headers={"Retry-After": str(error.retry_after)}) from error

    def _load_base_problem(self, plan: object, principal: Principal) -> ResolvedProblem | None:
        """Load the problem of the base plan in a body; InvalidProblemError if there is no such plan."""
        if not isinstance(plan, str):
            return None  # absent, or refused with the rest of the body
        try:
            with self._store.read_transaction() as transaction:
                require_plan_permission(transaction, principal, "draft", plan)
                record = transaction.plans.get_plan(plan)
                return ResolvedProblem(transaction.problems.get_problem(record.problem_digest), dict(record.source))
        except (RecordNotFoundError, HiddenError) as error:
            finding = Finding(
                path="/base_plan",
                code="unknown_plan",
                message=f"There is no plan {plan[:100]!r}.",
                remedy="GET /v1/plans lists those that are there.",
            )
            raise InvalidProblemError((finding,)) from error

    def apply_option_limits(self, options: PlanOptions, place: str = "/options") -> PlanOptions:
        """Apply the time limit of the settings to options at `place`; UnprocessableContentError for a time limit above
        the maximum, or a tolerance below the least that solvers take.
        """
        findings, most = list[Finding](), self._settings.max_time_limit_seconds
        if "time_limit_seconds" not in options.model_fields_set:
            options = options.model_copy(update={"time_limit_seconds": self._settings.default_time_limit_seconds})
        elif options.time_limit_seconds > most:
            findings.append(
                Finding(
                    path=f"{place}/time_limit_seconds",
                    code="above_limit",
                    message=f"A plan may be solved for {most:g} seconds at most here.",
                    remedy="Ask for less, or raise ALLOT_MAX_TIME_LIMIT_SECONDS where the service runs.",
                )
            )
        if options.tolerance < LEAST_TOLERANCE:
            message = f"Solvers take no tolerance below {LEAST_TOLERANCE:g}; {options.tolerance:g} is smaller."
            remedy = f"Give a tolerance of at least {LEAST_TOLERANCE:g}."
            findings.append(Finding(path=f"{place}/tolerance", code="out_of_range", message=message, remedy=remedy))
        if findings:
            raise UnprocessableContentError(findings[0].message, findings=findings)
        return options

    def read_plan(self, plan: str) -> tuple[PlanView, int]:
        """Read a plan, with its estimate and the last progress until it ends, and the version of its approval;
        RecordNotFoundError if there is none.
        """
        with self._store.read_transaction() as transaction:
            record = transaction.plans.get_plan(plan)
            if record.is_final:
                return build_plan_view(record), record.approval_version
            told = read_last_event(transaction.connection, plan, "progress") if record.state == "running" else None
            estimated = read_last_event(transaction.connection, plan, "estimate")
        progress = None if told is None else build_progress(told)
        estimate = None if estimated is None else PlanEstimate.model_validate(estimated.data)
        return build_plan_view(record, progress, estimate), record.approval_version

    def list_plans(self, principal: Principal, states: Sequence[PlanState], before: str | None, limit: int) -> PlanList:
        """List a page of the plans that a principal may read, newest first; RecordNotFoundError if `before` is none
        of them.
        """
        with self._store.read_transaction() as transaction:
            if before is not None:
                require_plan_permission(transaction, principal, "read", before)
            found = transaction.plans.list_plans_or_damage(
                states=states, before=before, limit=limit + 1, visible_to=compute_visibility(principal)
            )
        shown = found[:limit]
        damaged = tuple(one.name for one in shown if isinstance(one, DamagedRecordError))
        following = None
        if len(found) > limit:
            chosen = "".join(f"&status={state}" for state in states)
            last = shown[-1]
            name = last.name if isinstance(last, DamagedRecordError) else last.id
            following = f"/v1/plans?limit={limit}&before={name}{chosen}"
        entries = tuple(build_list_entry(one) for one in shown if not isinstance(one, DamagedRecordError))
        return PlanList(plans=entries, damaged=damaged, next=following)

    def cancel_plan(self, plan: str, caller: str) -> PlanRecord:
        """Request the cancellation of a plan; RecordNotFoundError if there is none, ConflictError if it has finished."""
        if self._jobs.read_plan(plan).state == "finished":
            raise ConflictError("The plan has finished; there is nothing to cancel, and finished plans are kept.")
        return self._jobs.cancel_plan(plan, caller)

    def read_problem(self, plan: str) -> tuple[bytes, str]:
        """Read the problem of a plan as JSON, with its digest; RecordNotFoundError if there is no such plan."""
        with self._store.read_transaction() as transaction:
            digest = transaction.plans.get_plan(plan).problem_digest
            return transaction.problems.get_stored_problem(digest).decompress_json(), digest


def _reject_query_with_json(kind: SpreadsheetKind | None, stated: Mapping[str, object]) -> None:
    """Raise UnprocessableContentError for query parameters of spreadsheets beside a JSON body."""
    if kind is None and stated:
        remedy = "Say it in the body, or send a workbook or a zip."
        findings = [
            Finding(path=f"query/{name}", code="sheets_only", message=f"{name} goes with sheets only.", remedy=remedy)
            for name in stated
        ]
        raise UnprocessableContentError(f"{findings[0].message} {remedy}", findings=findings)


def compute_visibility(principal: Principal) -> tuple[frozenset[str] | None, str] | None:
    """Compute which plans a principal may read: provinces, and the caller for plans without a province; None for all
    plans.
    """
    return None if principal.is_administrator else (principal.list_readable_provinces(), principal.caller)


def make_idempotency_key(key: str | None, request: bytes) -> IdempotencyKey | None:
    """Build the idempotency key of a request, whose bytes are equal for equal requests."""
    return None if key is None else IdempotencyKey(key, hashlib.sha256(request).hexdigest())


def check_idempotency_key(key: str | None) -> None:
    """Raise UnprocessableContentError for a malformed key."""
    if key is not None and not _IDEMPOTENCY_KEY_PATTERN.fullmatch(key):
        raise _make_key_error(
            UnprocessableContentError,
            "bad_key",
            "An Idempotency-Key has 1 to 255 visible characters.",
            "Send a UUID, say.",
        )


def make_key_conflict(error: IdempotencyConflictError) -> ApiError:
    """Make the error of a key that was used for another body."""
    return _make_key_error(ConflictError, "other_body", f"{error}.", "Use a key of its own for every request.")


def _make_key_error(kind: type[ApiError], code: str, message: str, remedy: str) -> ApiError:
    finding = Finding(path="header/idempotency-key", code=code, message=message, remedy=remedy)
    return kind(f"{message} {remedy}", findings=[finding])
