"""A second opinion on a plan: the same rules written again, from the problem to PuLP, sharing nothing with the arrays.

It is slow and plain on purpose: where it and the arrays agree to nine digits on random problems, both are right or both
misread the rules in the same way.
"""

from solvers.reference_model.reference_solver import (
    ReferenceSolution,
    ReferenceStatus,
    build_reference_program,
    solve_reference_model,
)

__all__ = ["ReferenceSolution", "ReferenceStatus", "build_reference_program", "solve_reference_model"]
