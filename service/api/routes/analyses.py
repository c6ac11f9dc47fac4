"""`/v1/studies`, `/v1/ranges`, `/v1/alternatives`, `/v1/backtests`: list, read, cancel and follow analyses, and their tables."""

from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Annotated, Any, NamedTuple

from fastapi import Depends, Header, Query, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from models.analyses.kinds import AnalysisKind
from models.analyses.tables import BACKTEST_TABLES, RANGES_TABLES, STUDY_TABLES
from models.base import ID_PATTERN, Frozen
from service.api.admission import hold_stream_slot
from service.api.dependencies import (
    AnalysisName,
    AnalysisServiceDependency,
    CallerDependency,
    PrincipalDependency,
    ServicesDependency,
)
from service.api.error_handlers import StreamEndedError
from service.api.event_streams import end_when_refused, is_still_permitted
from service.api.permissions import require_permission
from service.api.routes.plans import (
    LastEventHeader,
)
from service.api.routes.tables import describe_table_responses, respond_with_table
from service.api.routing import ApiRouter
from service.core.errors import (
    ConflictError,
    NotFoundError,
    TooManyRequestsError,
    UnprocessableContentError,
    document_errors,
)
from service.core.etags import IfNoneMatch
from service.domain.schemas.analyses import (
    VIEW_MODELS,
    AnalysisEvent,
    AnalysisList,
)
from service.domain.schemas.tables import TableQuery, build_query_model, list_key_columns
from service.domain.tables import AnalysisTables
from service.storage.records import AnalysisState


class _KindTexts(NamedTuple):
    """A kind in the words of the OpenAPI document."""

    kind: AnalysisKind
    one: str
    many: str
    tables: dict[str, type[Frozen]]


_KINDS = (
    _KindTexts("study", "a study", "studies", STUDY_TABLES),
    _KindTexts("ranges", "ranges", "ranges", RANGES_TABLES),
    _KindTexts("alternatives", "alternatives", "alternatives", {}),
    _KindTexts("backtest", "a backtest", "backtests", BACKTEST_TABLES),
)

_MAX_LABELS = 100
"""Labels of one filter at most."""

_FACTOR_COLUMNS: dict[str, dict[str, Any]] = {
    "runs": {"type": ["number", "null"], "description": "The draw of a factor, or an outcome that was asked for."}
}
"""Columns of tables that their row models do not state."""

studies = ApiRouter(prefix="/v1/studies", tags=["analyses"])
backtests = ApiRouter(prefix="/v1/backtests", tags=["analyses"])
ranges = ApiRouter(prefix="/v1/ranges", tags=["analyses"])
alternatives = ApiRouter(prefix="/v1/alternatives", tags=["analyses"])

ROUTERS = (studies, ranges, alternatives, backtests)
"""The routers of analyses."""

_ROUTER_BY_KIND: dict[AnalysisKind, ApiRouter] = {
    "study": studies,
    "ranges": ranges,
    "alternatives": alternatives,
    "backtest": backtests,
}


def _add_routes_of_kind(texts: _KindTexts) -> None:
    """Add the routes that all kinds have: list, read, cancel, follow, tables."""
    router = _ROUTER_BY_KIND[texts.kind]
    _add_list_route(router, texts)
    _add_read_route(router, texts)
    _add_cancel_route(router, texts)
    _add_event_route(router, texts)
    for table, row in texts.tables.items():
        _add_table_route(router, texts, table, row)


def _add_list_route(router: ApiRouter, texts: _KindTexts) -> None:
    def list_analyses(
        analyses: AnalysisServiceDependency,
        principal: PrincipalDependency,
        response: Response,
        status: Annotated[list[AnalysisState], Query(max_length=5, description="Only those of these states.")] = [],  # noqa: B006
        base_plan: Annotated[
            str | None, Query(pattern=ID_PATTERN, max_length=100, description="Only those of this base plan.")
        ] = None,
        limit: Annotated[int, Query(ge=1, le=500, description="Maximum number on a page.")] = 50,
        before: Annotated[
            str | None, Query(pattern=ID_PATTERN, max_length=100, description="Only those older than this one.")
        ] = None,
    ) -> AnalysisList:
        page = analyses.list_page(texts.kind, principal, status, base_plan, before, limit)
        if page.next:
            response.headers["Link"] = f'<{page.next}>; rel="next"'
        return page

    router.add_api_route(
        "",
        list_analyses,
        methods=["GET"],
        summary=f"List {texts.many}",
        description="Newest first. `next` and the `Link` header lead to the next page.",
        name=f"list_{texts.many}",
        dependencies=[require_permission("read")],
        responses=document_errors(NotFoundError, UnprocessableContentError),
    )


def _add_read_route(router: ApiRouter, texts: _KindTexts) -> None:
    def read_analysis(analysis: AnalysisName, analyses: AnalysisServiceDependency) -> Any:
        return analyses.read_view(texts.kind, analysis)

    router.add_api_route(
        "/{analysis}",
        read_analysis,
        methods=["GET"],
        summary=f"Read {texts.one}",
        description="Status and progress, and once it is finished its result. The rows of its tables are below `/tables`.",
        name=f"read_{texts.kind}",
        response_model=VIEW_MODELS[texts.kind],
        dependencies=[require_permission("read")],
        responses=document_errors(NotFoundError, UnprocessableContentError),
    )


def _add_cancel_route(router: ApiRouter, texts: _KindTexts) -> None:
    def cancel_analysis(analysis: AnalysisName, analyses: AnalysisServiceDependency, caller: CallerDependency) -> Any:
        return analyses.cancel_analysis(texts.kind, analysis, caller)

    router.add_api_route(
        "/{analysis}",
        cancel_analysis,
        methods=["DELETE"],
        summary=f"Cancel {texts.one}",
        description="It ends at once, and its workers within about a second. Its base plan is a plan of its own, and goes on. "
        "One that is finished or failed is kept: 409.",
        name=f"cancel_{texts.kind}",
        response_model=VIEW_MODELS[texts.kind],
        dependencies=[require_permission("draft")],
        responses=document_errors(NotFoundError, ConflictError, UnprocessableContentError),
    )


def _build_stream_guard(kind: AnalysisKind) -> Callable[..., str]:
    def require_open_stream(
        analysis: AnalysisName,
        analyses: AnalysisServiceDependency,
        services: ServicesDependency,
        last_event_id: LastEventHeader = 0,
    ) -> str:
        """Return the identifier; errors come before a stream begins rather than within it."""
        ended = analyses.read_view(kind, analysis).finished is not None
        if ended and not services.analyses.read_events(analysis, last_event_id):
            raise StreamEndedError
        return analysis

    return require_open_stream


def _add_event_route(router: ApiRouter, texts: _KindTexts) -> None:
    async def stream_events(
        request: Request,
        name: Annotated[str, Depends(_build_stream_guard(texts.kind))],
        services: ServicesDependency,
        last_event_id: LastEventHeader = 0,
    ) -> AsyncIterator[ServerSentEvent]:
        events = services.analyses.follow_events(name, last_event_id)
        async for event in end_when_refused(events, partial(is_still_permitted, request, services)):
            reported = AnalysisEvent(analysis=name, kind=event.kind, at=event.at, data=dict(event.data))
            yield ServerSentEvent(raw_data=reported.model_dump_json(), event=event.kind, id=str(event.seq))

    router.add_api_route(
        "/{analysis}/events",
        stream_events,
        methods=["GET"],
        summary=f"Follow {texts.one}",
        description="`queued`, `started`, `progress`, `retried`, `finished`, each with a number. A client that reconnects with "
        "`Last-Event-ID` misses nothing. The stream ends with `finished`; after that the answer is 204.",
        name=f"stream_{texts.kind}_events",
        response_class=EventSourceResponse,
        dependencies=[require_permission("read"), Depends(hold_stream_slot)],
        responses={
            **document_errors(NotFoundError, TooManyRequestsError, UnprocessableContentError),
            204: {"description": "It has ended, and you have its last event: do not connect again."},
        },
    )


def _add_table_route(router: ApiRouter, texts: _KindTexts, table: str, row: type[Frozen]) -> None:
    def read_table(
        analysis: AnalysisName,
        services: ServicesDependency,
        query: TableQuery,
        accept: Annotated[str | None, Header(description="Accepted media types; JSON if absent.")] = None,
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        owner = AnalysisTables(texts.kind, analysis)
        return respond_with_table(services, owner, table, query, accept, if_none_match)

    read_table.__annotations__["query"] = Annotated[
        build_query_model(f"{texts.kind}_{table}", row, _MAX_LABELS), Query()
    ]
    filters = ", ".join(list_key_columns(row))
    router.add_api_route(
        f"/{{analysis}}/tables/{table}",
        read_table,
        methods=["GET"],
        summary=f"Read the table {table} of {texts.one}",
        description=f"{row.__doc__} Filters: {filters}; repeat a filter for several values.",
        name=f"read_{texts.kind}_{table}",
        response_model=None,
        dependencies=[require_permission("read")],
        responses=describe_table_responses(row, _FACTOR_COLUMNS.get(table)),
    )


for _texts in _KINDS:
    _add_routes_of_kind(_texts)
