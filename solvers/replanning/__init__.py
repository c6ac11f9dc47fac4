"""Planning again: the past booked as it was, the rest of the periods planned from there."""

from solvers.replanning.reconcile import ReconciledPast, reconcile_past
from solvers.replanning.replan import ReplanProblem, UnreportedOutput, build_replan_problem

__all__ = ["ReconciledPast", "ReplanProblem", "UnreportedOutput", "build_replan_problem", "reconcile_past"]
