"""Answers that a planner can act on: prices, reasons, remedies, curves, comparisons, goals; all from a solved plan."""

from solvers.answers.compare import by_changes, by_parts, compare
from solvers.answers.curves import curve
from solvers.answers.errors import NothingToAsk
from solvers.answers.estimate import estimate
from solvers.answers.goals import evenness, goal_prices, goals_of
from solvers.answers.grids import grid
from solvers.answers.prices import prices
from solvers.answers.reasons import By, reasons
from solvers.answers.remedies import remedies
from solvers.answers.restand import restand
from solvers.answers.standing import Standing

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
