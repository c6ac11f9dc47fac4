"""Schemas of analyses: studies, ranges, alternatives and backtests."""

from datetime import datetime
from typing import Any, Literal, Self

from pydantic import BaseModel, Field, model_validator

from models.analyses.backtest import BacktestRequest, BacktestResult
from models.analyses.kinds import AnalysisKind
from models.analyses.near_optimal import AlternativesRequest, AlternativesResult, RangesRequest, RangesResult
from models.analyses.study import StudyRequest, StudyResult
from models.base import Frozen, Id
from models.options import PlanOptions
from service.domain.schemas.built_models import build_model
from service.domain.schemas.problems import ProblemSource, SourceEnvelope
from service.storage.records import AnalysisState


class BaseEnvelope(SourceEnvelope):
    """The base of a study or backtest, without a problem that is written out."""

    plan: Id | None = None
    """Plan to start from; with `changes`, it is planned again with them first."""
    options: PlanOptions = PlanOptions()
    """Options of the base plan, where it is planned first."""


class BaseBody(BaseEnvelope, ProblemSource):
    """The base of a study or backtest: a plan, or a problem or province that is planned first."""

    @model_validator(mode="after")
    def _states_one_base(self) -> Self:
        if sum(one is not None for one in (self.plan, self.problem, self.province)) != 1:
            raise ValueError("state one of `plan`, `problem` and `province`")
        return self


class StudyBody(StudyRequest):
    """A study: the base, what is not known, which draws, and what is recorded."""

    base: BaseBody
    """What is varied."""


class BacktestBody(BacktestRequest):
    """A backtest: the base, what is not known, the drawn years, and the ways of planning."""

    base: BaseBody
    """What is planned."""


class AnalysisProgress(Frozen):
    """Progress of an analysis."""

    done: int
    """Parts that are done: runs of a study, sides of ranges, plans of alternatives, or years of a backtest."""
    total: int
    """Parts that were planned so far; adaptive designs add further ones."""


class AnalysisView(Frozen):
    """An analysis without its tables. The fields of its result are null until it is finished."""

    id: str
    """Identifier, given by the service; sorts by time."""
    status: AnalysisState
    """`queued`: waits for its base plan. `running`. `finished`: has a result. `cancelled`: ended on request. `failed`: see
    `reason`."""
    reason: str
    """Why it failed; empty if it did not."""
    base_plan: str
    """Plan that it starts from."""
    request: dict[str, Any]
    """What was asked for, without the base."""
    progress: AnalysisProgress
    """How far it is."""
    created: datetime
    """When it was accepted."""
    started: datetime | None
    """When its base plan was there."""
    finished: datetime | None
    """When it ended."""
    tables: dict[str, int] | None
    """Number of rows of each table; null unless finished."""
    links: dict[str, str]
    """Where its events, tables and base plan are."""


def _build_view_model(name: str, result: type[Frozen], summary: str) -> type[AnalysisView]:
    """Build the view of a kind: every field of its result beside those of all kinds, null until it is finished."""
    fields: dict[str, Any] = {}
    for name_of_field, info in result.model_fields.items():
        annotation: Any = info.annotation
        fields[name_of_field] = (annotation | None, Field(description=info.description))
    return build_model(name, AnalysisView, summary, fields)


_END = "The fields of the result are null until it is finished."

StudyView = _build_view_model("StudyView", StudyResult, f"A study without its tables. {_END}")
RangesView = _build_view_model("RangesView", RangesResult, f"Ranges of measures. {_END}")
AlternativesView = _build_view_model("AlternativesView", AlternativesResult, f"Alternative plans. {_END}")
BacktestView = _build_view_model("BacktestView", BacktestResult, f"A backtest without its tables. {_END}")

VIEW_MODELS: dict[AnalysisKind, type[AnalysisView]] = {
    "study": StudyView,
    "ranges": RangesView,
    "alternatives": AlternativesView,
    "backtest": BacktestView,
}
"""View of each kind."""

REQUEST_MODELS: dict[AnalysisKind, type[BaseModel]] = {
    "study": StudyRequest,
    "ranges": RangesRequest,
    "alternatives": AlternativesRequest,
    "backtest": BacktestRequest,
}
"""Request of each kind, without the base."""


class AnalysisListEntry(Frozen):
    """An analysis in a list."""

    id: str
    """Identifier."""
    status: AnalysisState
    """Status."""
    base_plan: str
    """Plan that it starts from."""
    progress: AnalysisProgress
    """How far it is."""
    created: datetime
    """When it was accepted."""
    finished: datetime | None
    """When it ended."""


class AnalysisList(Frozen):
    """A page of analyses of one kind."""

    analyses: tuple[AnalysisListEntry, ...]
    """Newest first."""
    damaged: tuple[str, ...] = ()
    """Identifiers of analyses of this page that are left out, because what is stored of them is damaged."""
    next: str | None
    """Address of the next page; null on the last."""


class AnalysisEvent(Frozen):
    """What one event of `/events` of an analysis carries as `data`."""

    analysis: str
    """The analysis."""
    kind: Literal["queued", "started", "progress", "retried", "finished"]
    """What happened; also the event's name."""
    at: datetime
    """When."""
    data: dict[str, Any]
    """`progress`: done, total. `retried`: task, reason. `finished`: state, and the reason of a failure."""
