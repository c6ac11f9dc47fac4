"""Independent reference model: the same constraints built with PuLP directly from the problem, for verification.

The model shares no code with the arrays and prefers plain loops to speed. If both agree to nine digits on random problems, both
are right, or both misread a constraint in the same way.
"""

from solvers.reference_model.model import list_needs
from solvers.reference_model.reference_solver import (
    ReferenceSolution,
    ReferenceStatus,
    build_reference_program,
    solve_reference_model,
)

__all__ = ["ReferenceSolution", "ReferenceStatus", "build_reference_program", "list_needs", "solve_reference_model"]
