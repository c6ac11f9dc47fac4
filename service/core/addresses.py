"""Addresses of the API that more than its routes state."""

from models.analyses.kinds import AnalysisKind

COLLECTIONS: dict[AnalysisKind, str] = {
    "study": "/v1/studies",
    "ranges": "/v1/ranges",
    "alternatives": "/v1/alternatives",
    "backtest": "/v1/backtests",
}
"""Address of the analyses of each kind."""
