"""Open an analysis of any kind from its base and its request."""

from collections.abc import Callable

from solvers.analyses.analysis import Analysis, AnalysisBase, AnalysisKind

_OPENERS: dict[AnalysisKind, Callable[[AnalysisBase, str], Analysis]] = {}


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
