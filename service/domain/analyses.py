"""Analyses: submitted, read, listed, cancelled; and their runs opened as plans."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from pydantic import BaseModel

from models.analyses.kinds import AnalysisKind
from models.problem.planning_problem import PlanningProblem
from models.validation.parsing import validate_model
from service.auth.authorization import HiddenError, require_plan_permission, scope_lookup
from service.auth.principals import Principal
from service.core.addresses import COLLECTIONS
from service.core.errors import ConflictError, TooManyRequestsError
from service.core.json_documents import decode_json_object, encode_plain_json
from service.core.settings import Settings
from service.domain.plans import (
    PlanService,
    check_idempotency_key,
    compute_visibility,
    make_idempotency_key,
    make_key_conflict,
)
from service.domain.problem_sources import FindingCollector, ResolvedProblem, resolve_problem
from service.domain.provinces import ProvinceService
from service.domain.schemas.analyses import (
    REQUEST_MODELS,
    VIEW_MODELS,
    AnalysisList,
    AnalysisListEntry,
    AnalysisProgress,
    AnalysisView,
    BaseEnvelope,
)
from service.storage.analysis_requests import AnalysisRequest, AnalysisSubmission
from service.storage.errors import (
    DamagedRecordError,
    IdempotencyConflictError,
    QueueFullError,
    RecordNotFoundError,
)
from service.storage.plan_requests import IdempotencyKey, PlanRequest
from service.storage.records import AnalysisRecord, AnalysisState
from service.storage.store import Store
from service.workers.analysis_runtime import AnalysisRuntime
from solvers.analyses.requests import find_request_findings


@dataclass(frozen=True, slots=True)
class _ResolvedBase:
    """The base of an analysis: a plan that is there, or one that is to be planned."""

    problem: PlanningProblem
    """Its problem."""
    plan: str | None
    """The plan; None if it is to be planned."""
    request: PlanRequest | None = None
    """The plan to be made."""


class AnalysisService:
    """The analyses of one service."""

    def __init__(self, store: Store, analyses: AnalysisRuntime, plans: PlanService, settings: Settings) -> None:
        """Use a store and the queue of analyses on it; base plans are submitted through `plans`."""
        self._store = store
        self._analyses = analyses
        self._plans = plans
        self._settings = settings

    def submit_with_base(
        self, kind: AnalysisKind, raw: bytes, principal: Principal, key: str | None
    ) -> AnalysisSubmission:
        """Submit a study or a backtest, whose body states its base; a base that is no plan yet is planned first.

        Raises InvalidProblemError with all findings, ConflictError if the key was used for another body,
        TooManyRequestsError if a queue is full, HiddenError and ForbiddenError for provinces.
        """
        check_idempotency_key(key)
        document = decode_json_object(raw)
        idempotency = make_idempotency_key(key, kind.encode() + encode_plain_json(document))
        known = self._find_known(principal, idempotency)
        if known is not None:
            return known
        findings, request = _validate_request(kind, {name: value for name, value in document.items() if name != "base"})
        base = self._resolve_base(document.get("base"), principal, findings)
        if base is not None:
            findings.findings += find_request_findings(base.problem, document, request)
        findings.raise_if_invalid()
        assert request is not None and base is not None  # noqa: S101, PT018 - else there were findings
        plan = base.plan
        if plan is None:
            plan = self._plans.enqueue_plan(cast("PlanRequest", base.request)).plan.id
        return self._submit(kind, plan, request, principal, idempotency)

    def submit_for_plan(
        self, kind: AnalysisKind, plan: str, raw: bytes, principal: Principal, key: str | None
    ) -> AnalysisSubmission:
        """Submit ranges or alternatives of a plan; raises as `submit_with_base`, and RecordNotFoundError."""
        check_idempotency_key(key)
        document = decode_json_object(raw)
        idempotency = make_idempotency_key(key, f"{kind} {plan}".encode() + encode_plain_json(document))
        with self._store.read_transaction() as transaction:
            record = transaction.plans.get_plan(plan)
            problem = transaction.problems.get_problem(record.problem_digest)
        _reject_alternative(record.source)
        if record.is_final and record.outcome != "optimal":
            raise ConflictError(
                f"The outcome of the plan is {record.outcome or record.state}; {kind} need an optimal plan."
            )
        findings, request = _validate_request(kind, document)
        findings.findings += find_request_findings(problem, document, request)
        findings.raise_if_invalid()
        assert request is not None  # noqa: S101 - else there were findings
        return self._submit(kind, plan, request, principal, idempotency)

    def read_view(self, kind: AnalysisKind, analysis: str) -> AnalysisView:
        """Read an analysis of a kind; RecordNotFoundError if there is none."""
        with self._store.read_transaction() as transaction:
            return build_analysis_view(transaction.analyses.get_analysis(analysis, kind))

    def list_page(
        self,
        kind: AnalysisKind,
        principal: Principal,
        states: Sequence[AnalysisState],
        base_plan: str | None,
        before: str | None,
        limit: int,
    ) -> AnalysisList:
        """List a page of the analyses of a kind that a principal may read, newest first."""
        entries: list[AnalysisListEntry] = []
        damaged: list[str] = []
        with self._store.read_transaction() as transaction:
            if before is not None and not principal.is_permitted_for_plan(
                "read", *transaction.analyses.read_ownership(before)
            ):
                raise HiddenError(principal.caller, "read", kind, before)
            names = transaction.analyses.list_analyses(
                kind,
                states=states,
                base_plan=base_plan,
                before=before,
                limit=limit + 1,
                visible_to=compute_visibility(principal),
            )
            for name in names[:limit]:
                try:
                    entries.append(_build_entry(transaction.analyses.get_analysis(name)))
                except DamagedRecordError:
                    damaged.append(name)
        chosen = "".join(f"&status={state}" for state in states) + (f"&base_plan={base_plan}" if base_plan else "")
        following = None
        if len(names) > limit:
            following = f"{COLLECTIONS[kind]}?limit={limit}&before={names[limit - 1]}{chosen}"
        return AnalysisList(analyses=tuple(entries), damaged=tuple(damaged), next=following)

    def cancel_analysis(self, kind: AnalysisKind, analysis: str, caller: str) -> AnalysisView:
        """Cancel an analysis; RecordNotFoundError if there is none, ConflictError if it has ended otherwise."""
        with self._store.read_transaction() as transaction:
            state = transaction.analyses.get_analysis(analysis, kind).state
        if state in ("finished", "failed"):
            raise ConflictError(f"The analysis is {state}; there is nothing to cancel.")
        return build_analysis_view(self._analyses.cancel_analysis(analysis, caller))

    def _find_known(self, principal: Principal, key: IdempotencyKey | None) -> AnalysisSubmission | None:
        """Find the analysis of an Idempotency-Key, before its base is planned again."""
        try:
            known = self._analyses.queue.find_by_key(principal.caller, key)
        except IdempotencyConflictError as error:
            raise make_key_conflict(error) from error
        return None if known is None else AnalysisSubmission(known, is_new=False)

    def _submit(
        self,
        kind: AnalysisKind,
        plan: str,
        request: BaseModel,
        principal: Principal,
        idempotency: IdempotencyKey | None,
    ) -> AnalysisSubmission:
        stated = request.model_dump_json(exclude_defaults=True, by_alias=True)
        try:
            return self._analyses.submit_analysis(AnalysisRequest(kind, plan, stated, principal.caller, idempotency))
        except IdempotencyConflictError as error:
            raise make_key_conflict(error) from error
        except QueueFullError as error:
            raise TooManyRequestsError(f"{error}.", headers={"Retry-After": str(error.retry_after)}) from error

    def _resolve_base(self, stated: object, principal: Principal, findings: FindingCollector) -> _ResolvedBase | None:
        """Resolve the base of a body; None if there are findings about it."""
        if not isinstance(stated, dict | None):
            remedy = "Give an object with one of `plan`, `problem` and `province`."
            findings.add_finding("/base", "wrong_type", "The base is no object.", remedy)
            return None
        document = stated or {}
        named = [name for name in ("plan", "problem", "province") if document.get(name) is not None]
        if len(named) != 1:
            many = f"{' and '.join(f'`{name}`' for name in named)} are given." if named else "No base is given."
            remedy = "State one of `plan`, `problem` and `province` in `base`."
            findings.add_finding("/base", "missing" if stated is None else "invalid", many, remedy)
            return None
        base: ResolvedProblem | None = None
        if named == ["plan"]:
            base = self._load_base_plan(document["plan"], principal, findings)
            if base is None:
                return None
        look_up = scope_lookup(ProvinceService(self._store, self._settings).look_up_province, principal, "draft")
        before, resolved = len(findings.findings), None
        with findings.collect_findings("/base"):
            envelope, meant = resolve_problem(document, BaseEnvelope, self._settings, look_up, base)
            is_plan_itself = set(document) == {"plan"}
            resolved = (
                _ResolvedBase(meant.problem, envelope.plan)
                if is_plan_itself
                else self._plan_base_first(meant, envelope, principal)
            )
        for position in range(before, len(findings.findings)):
            found = findings.findings[position]
            moved = found.path.replace("/base/base_plan", "/base/plan", 1)
            findings.findings[position] = found.model_copy(update={"path": moved})
        return resolved

    def _plan_base_first(self, meant: ResolvedProblem, envelope: BaseEnvelope, principal: Principal) -> _ResolvedBase:
        options = self._plans.apply_option_limits(envelope.options, "/base/options")
        request = PlanRequest(
            problem=meant.problem,
            options=options,
            caller=principal.caller,
            source=meant.source,
            base_plan=envelope.plan,
        )
        return _ResolvedBase(meant.problem, None, request)

    def _load_base_plan(self, plan: object, principal: Principal, findings: FindingCollector) -> ResolvedProblem | None:
        try:
            with self._store.read_transaction() as transaction:
                require_plan_permission(transaction, principal, "draft", str(plan))
                record = transaction.plans.get_plan(str(plan))
                problem = transaction.problems.get_problem(record.problem_digest)
        except (RecordNotFoundError, HiddenError):
            message = f"There is no plan {str(plan)[:100]!r}."
            findings.add_finding("/base/plan", "unknown_plan", message, "GET /v1/plans lists those that are there.")
            return None
        if "alternative" in record.source:
            message = "The plan is an alternative, not the optimum of its problem."
            remedy = f"Use the plan that it was found from, {record.base_plan}."
            findings.add_finding("/base/plan", "alternative_as_base", message, remedy)
            return None
        if record.state == "cancelled" or record.outcome == "failed":
            message = f"The plan is no base: it is {record.outcome or record.state}."
            findings.add_finding("/base/plan", "unusable_base", message, "Plan the problem again.")
            return None
        return ResolvedProblem(problem, dict(record.source))


def _validate_request(kind: AnalysisKind, document: dict[str, Any]) -> tuple[FindingCollector, BaseModel | None]:
    """Return the findings about a request alone, and the request; None if there are any."""
    findings = FindingCollector()
    request: BaseModel | None = None
    with findings.collect_findings(""):
        request = validate_model(REQUEST_MODELS[kind], document)
    return findings, request


def _reject_alternative(source: Mapping[str, Any]) -> None:
    if "alternative" in source:
        raise ConflictError(
            "The plan is an alternative: within a slack of the optimum, but not the optimum of its problem. "
            "Ask about its base plan."
        )


def build_analysis_view(record: AnalysisRecord) -> AnalysisView:
    """Build the view of an analysis of any kind."""
    model = VIEW_MODELS[record.kind]
    result = dict.fromkeys(model.model_fields.keys() - AnalysisView.model_fields.keys())
    values: dict[str, Any] = {
        "id": record.id,
        "status": record.state,
        "reason": record.reason,
        "base_plan": record.base_plan,
        "request": json.loads(record.request),
        "progress": AnalysisProgress(done=record.done, total=record.total),
        "created": record.created,
        "started": record.started,
        "finished": record.finished,
        "tables": dict(record.tables) if record.state == "finished" else None,
        "links": _build_links(record),
    }
    return model.model_validate({**result, **(record.head or {}), **values})


def _build_entry(record: AnalysisRecord) -> AnalysisListEntry:
    return AnalysisListEntry(
        id=record.id,
        status=record.state,
        base_plan=record.base_plan,
        progress=AnalysisProgress(done=record.done, total=record.total),
        created=record.created,
        finished=record.finished,
    )


def _build_links(record: AnalysisRecord) -> dict[str, str]:
    here = f"{COLLECTIONS[record.kind]}/{record.id}"
    links = {"self": here, "events": f"{here}/events", "base_plan": f"/v1/plans/{record.base_plan}"}
    if record.kind == "study" and record.state == "finished":
        links |= {"bounds": f"{here}/bounds", "workbook": f"{here}/workbook"}
    return links | {name: f"{here}/tables/{name}" for name in record.tables}
