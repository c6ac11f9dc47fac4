"""Rule 3: machines give only so many hours."""

import numpy as np

from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import add_coefficients, add_constraints_where, find_production_columns
from solvers.lp.linear_program import ProgramBuilder


def add_machine_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """The lines of a factory share the hours its machines give in their condition; rust lowers it.

    Σ hours_per_unit·make  ≤  condition · hours
    ↔  won per hour, by machine group and period

    `hours_per_unit` and `hours` are nominal. Groups that no line needs have no rows.
    """
    lines, machines = arrays.lines, arrays.machines
    needed = np.zeros(machines.available_hours.shape, dtype=bool)
    needed[lines.hours_machine[lines.hours_per_unit > 0]] = True
    rows = add_constraints_where(program, "machine", ("machine", "period"), needed, upper=machines.available_hours)
    columns = find_production_columns(program, lines.hours_line, arrays.period_count)
    add_coefficients(program, rows[lines.hours_machine], columns, lines.hours_per_unit[:, None])
