"""Open an analysis of any kind from its base and its request, and what a finished one left for later queries."""

from collections.abc import Callable
from typing import Protocol

from models.analyses.backtest import BacktestRequest
from models.analyses.kinds import AnalysisKind
from models.analyses.near_optimal import AlternativesRequest, RangesRequest
from models.analyses.study import BoundsAnswer, BoundsRequest, StudyRequest
from solvers.analyses.analysis import Analysis, AnalysisBase
from solvers.analyses.backtests.backtest import BacktestAnalysis
from solvers.analyses.near_optimal.alternatives import AlternativesAnalysis
from solvers.analyses.near_optimal.ranges import RangesAnalysis
from solvers.analyses.studies.study_analysis import StudyAnalysis
from solvers.analyses.studies.study_bounds import StudyValueBounds


def _open_ranges(base: AnalysisBase, request: str) -> Analysis:
    return RangesAnalysis(base, RangesRequest.model_validate_json(request))


def _open_study(base: AnalysisBase, request: str) -> Analysis:
    return StudyAnalysis(base, StudyRequest.model_validate_json(request))


def _open_alternatives(base: AnalysisBase, request: str) -> Analysis:
    return AlternativesAnalysis(base, AlternativesRequest.model_validate_json(request))


def _open_backtest(base: AnalysisBase, request: str) -> Analysis:
    return BacktestAnalysis(base, BacktestRequest.model_validate_json(request))


_OPENERS: dict[AnalysisKind, Callable[[AnalysisBase, str], Analysis]] = {
    "ranges": _open_ranges,
    "alternatives": _open_alternatives,
    "study": _open_study,
    "backtest": _open_backtest,
}


def open_analysis(kind: AnalysisKind, base: AnalysisBase, request: str) -> Analysis:
    """Open an analysis from its base and its request as JSON, which is valid for its kind.

    Raises
    ------
    InvalidProblemError
        The request names something that the problem does not have; paths begin within the request.
    InfeasibleError
        The analysis needs an optimal plan, and the base has none.
    """
    return _OPENERS[kind](base, request)


class StudyBounds(Protocol):
    """Bounds of the objective at any point of a study, from its solved runs."""

    def compute_bounds(self, request: BoundsRequest) -> BoundsAnswer:
        """Bound the objective at points.

        Raises
        ------
        InvalidProblemError
            A point names a factor, or the request a lever, that the study does not have; paths such as `/points/0/power`.
        """


_OPEN_BOUNDS: dict[AnalysisKind, Callable[[bytes], StudyBounds]] = {"study": StudyValueBounds.decode}


def open_bounds(state: bytes) -> StudyBounds:
    """Open the bounds of a finished study from the state of its conclusion.

    A process keeps them open between queries, so that a query takes milliseconds.
    """
    return _OPEN_BOUNDS["study"](state)
