"""The linear program of a plan as text."""

from typing import Literal

from models.validation.parsing import parse_problem
from solvers.backends.highs import format_mps_text
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import build_program
from solvers.lp.export import format_lp_text

ProgramFormat = Literal["mps", "lp"]
"""Text formats of a linear program."""


def format_program(problem: bytes, kind: ProgramFormat) -> str:
    """Format the linear program of a problem (as JSON)."""
    program = build_program(ProblemArrays.from_problem(parse_problem(problem)))
    return format_mps_text(program) if kind == "mps" else format_lp_text(program)
