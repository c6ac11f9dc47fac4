"""Analyses of what is not known are started here; and what is asked of a finished study: bounds, and runs as plans."""

from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Header, Path, Request, Response

from models.analyses.kinds import AnalysisKind
from models.analyses.near_optimal import AlternativesRequest, RangesRequest
from models.analyses.study import BoundsAnswer, BoundsRequest
from service.api.admission import run_in_change_thread
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
    PreferHeader,
    build_plan_submission_response,
)
from service.api.routes.sensitivity import answer_while_connected
from service.api.routing import ApiRouter
from service.api.submission_responses import build_submission_response
from service.core.addresses import COLLECTIONS
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
from service.domain.schemas.analyses import (
    VIEW_MODELS,
    BacktestBody,
    StudyBody,
)
from service.domain.schemas.plans import PlanView
from service.domain.sensitivity import SensitivityService
from service.storage.analysis_requests import AnalysisSubmission

_LOCATION = describe_headers({"Location": "Address of the analysis."})
_PreferHeader = Annotated[
    str | None,
    Header(description="`wait=20` waits up to 20 seconds for the analysis (RFC 7240).", examples=["wait=20"]),
]
_IdempotencyHeader = Annotated[
    str | None,
    Header(description="A key of your choice. A repeated request with the same key gives the same analysis."),
]

studies = ApiRouter(prefix="/v1/studies", tags=["analyses"])
backtests = ApiRouter(prefix="/v1/backtests", tags=["analyses"])
near_optimal = ApiRouter(prefix="/v1/plans/{plan}", tags=["analyses"])

ROUTERS = (studies, backtests, near_optimal)
"""The routers of requests for analyses."""


class _Submitter:
    """Submits a request for an analysis: who asks, under which key, and how long they wait for it."""

    def __init__(
        self,
        services: ServicesDependency,
        analyses: AnalysisServiceDependency,
        principal: PrincipalDependency,
        prefer: _PreferHeader = None,
        idempotency_key: _IdempotencyHeader = None,
    ) -> None:
        self._services, self._analyses, self._principal = services, analyses, principal
        self._prefer, self._key = prefer, idempotency_key

    async def submit_with_base(self, kind: AnalysisKind, body: RequestBody) -> Response:
        """Submit an analysis whose body names its base."""
        submission = await body.process_in_thread(
            lambda raw: self._analyses.submit_with_base(kind, raw, self._principal, self._key)
        )
        return await self._build_response(submission)

    async def submit_for_plan(self, kind: AnalysisKind, plan: str, body: RequestBody) -> Response:
        """Submit an analysis of a plan."""
        submission = await body.process_in_thread(
            lambda raw: self._analyses.submit_for_plan(kind, plan, raw, self._principal, self._key)
        )
        return await self._build_response(submission)

    async def _build_response(self, submission: AnalysisSubmission) -> Response:
        """Answer after waiting as long as `Prefer` asks and the settings allow."""
        record = submission.analysis
        return await build_submission_response(
            record,
            f"{COLLECTIONS[record.kind]}/{record.id}",
            build_view=build_analysis_view,
            wait_until_final=self._services.analyses.wait_until_final,
            prefer=self._prefer,
            max_wait_seconds=self._services.settings.max_wait_seconds,
        )


_SubmitterDependency = Annotated[_Submitter, Depends()]


def _describe_post(kind: AnalysisKind, summary: str) -> dict[str, Any]:
    """Options of a route that starts an analysis."""
    return {
        "summary": summary,
        "status_code": 201,
        "response_model": VIEW_MODELS[kind],
        "dependencies": [require_permission("draft")],
        "responses": {
            **document_errors(*BODY_ERRORS, ConflictError, NotFoundError, TooManyRequestsError),
            201: {"description": "It has ended; see its `status`.", "headers": _LOCATION},
            202: {
                "model": VIEW_MODELS[kind],
                "description": "It is accepted and will be worked on.",
                "headers": _LOCATION,
            },
        },
    }


@studies.post("", **_describe_post("study", "Start a study"))
async def create_study(
    body: Annotated[RequestBody, Depends(DocumentBodyDependency(StudyBody))], submitter: _SubmitterDependency
) -> Response:
    """Plan a base again under many draws of what is not known.

    The base is a plan, or a problem or province that is planned first. Without `Prefer: wait=N` the answer is 202 at once.
    """
    return await submitter.submit_with_base("study", body)


@backtests.post("", **_describe_post("backtest", "Start a backtest"))
async def create_backtest(
    body: Annotated[RequestBody, Depends(DocumentBodyDependency(BacktestBody))], submitter: _SubmitterDependency
) -> Response:
    """Plan drawn years in several ways, period by period, and compare what comes of them."""
    return await submitter.submit_with_base("backtest", body)


@near_optimal.post("/ranges", **_describe_post("ranges", "Find ranges of measures"))
async def create_ranges(
    plan: PlanName,
    body: Annotated[RequestBody, Depends(DocumentBodyDependency(RangesRequest))],
    submitter: _SubmitterDependency,
) -> Response:
    """Find the least and greatest value of measures over all plans within a slack of the optimum."""
    return await submitter.submit_for_plan("ranges", plan, body)


@near_optimal.post("/alternatives", **_describe_post("alternatives", "Find alternatives to a plan"))
async def create_alternatives(
    plan: PlanName,
    body: Annotated[RequestBody, Depends(DocumentBodyDependency(AlternativesRequest))],
    submitter: _SubmitterDependency,
) -> Response:
    """Find plans within a slack of the optimum that differ as much as possible; each becomes a plan of its own."""
    return await submitter.submit_for_plan("alternatives", plan, body)


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
    return await build_plan_submission_response(plan, prefer, services)
