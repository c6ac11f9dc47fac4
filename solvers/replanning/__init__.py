"""Replanning: reconcile the past with reported outputs, and plan the remaining periods."""

from solvers.replanning.reconcile import ReconciledPast, reconcile_past
from solvers.replanning.replan import ReplanProblem, UnreportedOutput, build_replan_problem

__all__ = ["ReconciledPast", "ReplanProblem", "UnreportedOutput", "build_replan_problem", "reconcile_past"]
