"""Sensitivity analysis of a solved plan: shadow prices, bottlenecks, remedies, curves, comparisons and goal trade-offs."""

from solvers.errors import InfeasibleError, SensitivityUnavailableError
from solvers.sensitivity.attribution import attribute_shortages
from solvers.sensitivity.changed_plan import open_changed
from solvers.sensitivity.coarse_estimate import (
    ESTIMATE_TIME_SHARE,
    ESTIMATED_COLUMNS,
    CoarseEstimator,
    estimate_new_plan,
)
from solvers.sensitivity.comparison import (
    ComparisonSteps,
    compare_infeasible_plan,
    compare_plans,
    split_by_changes,
    split_by_parts,
)
from solvers.sensitivity.curves import compute_curve, compute_grid
from solvers.sensitivity.dual_estimate import estimate_change
from solvers.sensitivity.equity import compute_equity, compute_price_of_equity
from solvers.sensitivity.finished_figures import FinishedFigures, replace_by_finished_figures
from solvers.sensitivity.goal_tradeoffs import compute_goal_tradeoffs, compute_session_goal_tradeoffs
from solvers.sensitivity.infeasible_changes import explain_infeasibility
from solvers.sensitivity.remedies.search import find_remedies
from solvers.sensitivity.session import SensitivitySession
from solvers.sensitivity.shadow_prices import compute_shadow_prices
from solvers.sensitivity.shortage_groups import GroupBy

__all__ = [
    "ESTIMATED_COLUMNS",
    "ESTIMATE_TIME_SHARE",
    "CoarseEstimator",
    "ComparisonSteps",
    "FinishedFigures",
    "GroupBy",
    "InfeasibleError",
    "SensitivitySession",
    "SensitivityUnavailableError",
    "attribute_shortages",
    "compare_infeasible_plan",
    "compare_plans",
    "compute_curve",
    "compute_equity",
    "compute_goal_tradeoffs",
    "compute_grid",
    "compute_price_of_equity",
    "compute_session_goal_tradeoffs",
    "compute_shadow_prices",
    "estimate_change",
    "estimate_new_plan",
    "explain_infeasibility",
    "find_remedies",
    "open_changed",
    "replace_by_finished_figures",
    "split_by_changes",
    "split_by_parts",
]
