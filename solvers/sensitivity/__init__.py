"""Answers that a planner can act on: prices, reasons, remedies, curves, comparisons, goals; all from a solved plan."""

from solvers.sensitivity.attribution import By, reasons
from solvers.sensitivity.comparison import by_changes, by_parts, compare
from solvers.sensitivity.curves import curve
from solvers.sensitivity.dual_estimate import estimate
from solvers.sensitivity.errors import NothingToAsk
from solvers.sensitivity.goal_tradeoffs import evenness, goal_prices, goals_of
from solvers.sensitivity.grids import grid
from solvers.sensitivity.remedies.search import remedies
from solvers.sensitivity.reopening import restand
from solvers.sensitivity.session import Standing
from solvers.sensitivity.shadow_prices import prices

__all__ = [
    "By",
    "NothingToAsk",
    "Standing",
    "by_changes",
    "by_parts",
    "compare",
    "curve",
    "estimate",
    "evenness",
    "goal_prices",
    "goals_of",
    "grid",
    "prices",
    "reasons",
    "remedies",
    "restand",
]
