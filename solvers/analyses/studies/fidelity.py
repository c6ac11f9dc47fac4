"""Fidelities of studies: which runs are solved in longer periods."""

from solvers.sensitivity.coarse_solver import CoarseFidelity, CoarseRun, CoarseSolver

__all__ = ["CoarseFidelity", "CoarseRun", "CoarseSolver"]
