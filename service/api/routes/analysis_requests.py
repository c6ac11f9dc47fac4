"""Analyses of what is not known are started here; and what is asked of a finished study: bounds, and runs as plans."""

from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Path, Request, Response

from models.analyses.kinds import AnalysisKind
from models.analyses.near_optimal import AlternativesRequest, RangesRequest
from models.analyses.study import BoundsAnswer, BoundsRequest
from service.api.admission import get_admission, run_in_change_thread
from service.api.caller_limits import current_caller
from service.api.dependencies import (
    AnalysisName,
    AnalysisServiceDependency,
    PlanName,
    PrincipalDependency,
    ServicesDependency,
    StudyRunServiceDependency,
)
from service.api.openapi import describe_headers
from service.api.permissions import require_permission
from service.api.request_bodies import DocumentBodyDependency, JsonBody, RequestBody
from service.api.routes.plans import (
    SUBMISSION_RESPONSES,
    IdempotencyHeader,
    PreferHeader,
    build_submission_response,
)
from service.api.routes.sensitivity import answer_while_connected
from service.api.routing import ApiRouter
from service.core.errors import (
    BODY_ERRORS,
    ConflictError,
    NotFoundError,
    ServiceUnavailableError,
    TooManyRequestsError,
    UnprocessableContentError,
    document_errors,
)
from service.domain.analyses import build_analysis_view
from service.domain.container import Services
from service.domain.plans import parse_wait_seconds
from service.domain.schemas.analyses import (
    COLLECTIONS,
    VIEW_MODELS,
    BacktestBody,
    StudyBody,
)
from service.domain.schemas.plans import PlanView
from service.domain.sensitivity import SensitivityService
from service.storage.analysis_requests import AnalysisSubmission
from service.storage.records import AnalysisRecord

_LOCATION = describe_headers({"Location": "Address of the analysis."})
_SUBMISSION_ERRORS = document_errors(*BODY_ERRORS, ConflictError, NotFoundError, TooManyRequestsError)


def _describe_submission(kind: AnalysisKind) -> dict[int | str, dict[str, Any]]:
    view = VIEW_MODELS[kind]
    return {
        **_SUBMISSION_ERRORS,
        201: {"description": "It has ended; see its `status`.", "headers": _LOCATION},
        202: {"model": view, "description": "It is accepted and will be worked on.", "headers": _LOCATION},
    }


studies = ApiRouter(prefix="/v1/studies", tags=["analyses"])
backtests = ApiRouter(prefix="/v1/backtests", tags=["analyses"])
near_optimal = ApiRouter(prefix="/v1/plans/{plan}", tags=["analyses"])

ROUTERS = (studies, backtests, near_optimal)
"""The routers of requests for analyses."""


@studies.post(
    "",
    summary="Start a study",
    status_code=201,
    response_model=VIEW_MODELS["study"],
    dependencies=[require_permission("draft")],
    responses=_describe_submission("study"),
)
async def create_study(
    body: Annotated[RequestBody, Depends(DocumentBodyDependency(StudyBody))],
    services: ServicesDependency,
    analyses: AnalysisServiceDependency,
    principal: PrincipalDependency,
    prefer: PreferHeader = None,
    idempotency_key: IdempotencyHeader = None,
) -> Response:
    """Plan a base again under many draws of what is not known.

    The base is a plan, or a problem or province that is planned first. Without `Prefer: wait=N` the answer is 202 at once.
    """
    submission = await body.process_in_thread(
        lambda raw: analyses.submit_with_base("study", raw, principal, idempotency_key)
    )
    return await _build_submission_response(submission, prefer, services)


@backtests.post(
    "",
    summary="Start a backtest",
    status_code=201,
    response_model=VIEW_MODELS["backtest"],
    dependencies=[require_permission("draft")],
    responses=_describe_submission("backtest"),
)
async def create_backtest(
    body: Annotated[RequestBody, Depends(DocumentBodyDependency(BacktestBody))],
    services: ServicesDependency,
    analyses: AnalysisServiceDependency,
    principal: PrincipalDependency,
    prefer: PreferHeader = None,
    idempotency_key: IdempotencyHeader = None,
) -> Response:
    """Plan drawn years in several ways, period by period, and compare what comes of them."""
    submission = await body.process_in_thread(
        lambda raw: analyses.submit_with_base("backtest", raw, principal, idempotency_key)
    )
    return await _build_submission_response(submission, prefer, services)


@near_optimal.post(
    "/ranges",
    summary="Find ranges of measures",
    status_code=201,
    response_model=VIEW_MODELS["ranges"],
    dependencies=[require_permission("draft")],
    responses=_describe_submission("ranges"),
)
async def create_ranges(
    plan: PlanName,
    body: Annotated[RequestBody, Depends(DocumentBodyDependency(RangesRequest))],
    services: ServicesDependency,
    analyses: AnalysisServiceDependency,
    principal: PrincipalDependency,
    prefer: PreferHeader = None,
    idempotency_key: IdempotencyHeader = None,
) -> Response:
    """Find the least and greatest value of measures over all plans within a slack of the optimum."""
    submission = await body.process_in_thread(
        lambda raw: analyses.submit_for_plan("ranges", plan, raw, principal, idempotency_key)
    )
    return await _build_submission_response(submission, prefer, services)


@near_optimal.post(
    "/alternatives",
    summary="Find alternatives to a plan",
    status_code=201,
    response_model=VIEW_MODELS["alternatives"],
    dependencies=[require_permission("draft")],
    responses=_describe_submission("alternatives"),
)
async def create_alternatives(
    plan: PlanName,
    body: Annotated[RequestBody, Depends(DocumentBodyDependency(AlternativesRequest))],
    services: ServicesDependency,
    analyses: AnalysisServiceDependency,
    principal: PrincipalDependency,
    prefer: PreferHeader = None,
    idempotency_key: IdempotencyHeader = None,
) -> Response:
    """Find plans within a slack of the optimum that differ as much as possible; each becomes a plan of its own."""
    submission = await body.process_in_thread(
        lambda raw: analyses.submit_for_plan("alternatives", plan, raw, principal, idempotency_key)
    )
    return await _build_submission_response(submission, prefer, services)


@studies.post(
    "/{analysis}/bounds",
    summary="Bound the objective of a study at points",
    response_model=BoundsAnswer,
    dependencies=[require_permission("read")],
    responses=document_errors(
        *BODY_ERRORS, NotFoundError, ConflictError, TooManyRequestsError, ServiceUnavailableError
    ),
)
async def bound_objective(
    analysis: AnalysisName, request: Request, services: ServicesDependency, body: JsonBody[BoundsRequest]
) -> Response:
    """Bound the optimal objective at points that need not have been solved, from the runs of a finished study.

    Both are proved where limits follow the factors exactly; where limits are rounded to whole units, they allow for the
    rounding that was measured. They are null, with the reason, where the objective is not convex in the factors.
    """
    service = SensitivityService(services)
    arguments = body.model_dump(mode="json")
    return await answer_while_connected(request, service, partial(service.answer_bounds, analysis, arguments))


@studies.post(
    "/{analysis}/runs/{run}/plan",
    summary="Open a run of a study as a plan",
    status_code=201,
    response_model=PlanView,
    dependencies=[require_permission("draft")],
    responses={
        **document_errors(NotFoundError, ConflictError, TooManyRequestsError, UnprocessableContentError),
        **SUBMISSION_RESPONSES,
    },
)
async def open_run(
    analysis: AnalysisName,
    run: Annotated[int, Path(ge=0, le=2**31 - 1, description="Number of the run, as in the table `runs`.")],
    services: ServicesDependency,
    runs: StudyRunServiceDependency,
    principal: PrincipalDependency,
    prefer: PreferHeader = None,
) -> Response:
    """Plan the base again with the changes of a run, its lever first; the table `runs` names the plan from then on.

    A run that was opened before gives the same plan. What the study held of its base plan is stated in the plan's source, and
    does not bind the plan.
    """
    plan = await run_in_change_thread(partial(runs.open_run, analysis, run, principal))
    return await build_submission_response(plan, prefer, services)


async def _build_submission_response(
    submission: AnalysisSubmission, prefer: str | None, services: Services
) -> Response:
    """Answer a request that started an analysis, after waiting as long as `Prefer` asks and the settings allow."""
    record, seconds = submission.analysis, parse_wait_seconds(prefer, services.settings.max_wait_seconds)
    streams, caller = get_admission().streams, current_caller.get()
    if seconds and not record.is_final:
        if streams.try_acquire_slot(caller):
            try:
                record = await services.analyses.wait_until_final(record.id, seconds)
            finally:
                streams.release_slot(caller)
        else:
            seconds = 0.0
    headers = {"Location": f"{COLLECTIONS[record.kind]}/{record.id}"}
    if seconds:
        headers["Preference-Applied"] = f"wait={seconds:g}"
    return _build_analysis_response(record, 201 if record.is_final else 202, headers)


def _build_analysis_response(record: AnalysisRecord, status: int, headers: dict[str, str]) -> Response:
    view = build_analysis_view(record)
    return Response(view.model_dump_json(by_alias=True), status, headers, media_type="application/json")
