"""A plan's linear program as text."""

from typing import Literal

from models.validation.parsing import parse_problem
from solvers.data.problem_arrays import ProblemIndex
from solvers.formulation import build
from solvers.lp.export import lp_text, mps_text

ProgramFormat = Literal["mps", "lp"]
"""Formats in which a program is written."""


def format_program(problem: bytes, kind: ProgramFormat) -> str:
    """The program of a problem (as JSON) in a format."""
    program = build(ProblemIndex.of(parse_problem(problem)))
    return mps_text(program) if kind == "mps" else lp_text(program)
