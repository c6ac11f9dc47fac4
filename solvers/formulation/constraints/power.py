"""Rule 5: electricity."""

import numpy as np

from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import (
    add_coefficients,
    add_constraints_where,
    find_variable_block,
    get_axis_codes,
)
from solvers.lp.linear_program import ProgramBuilder


def add_power_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """Factories and trains of an area draw no more electricity than it is allotted and generates itself.

    Σ overhead·kwh_per_unit·make + Σ kwh_per_tonne_km·km·kg/1000·ship  ≤  limit_kwh + own_generation_kwh
    ↔  won per kWh, by area and period

    Factories stand in the area of their county (at a station in none), electric links in the area that meters them.
    """
    rows = add_constraints_where(
        program, "power", ("area", "period"), np.isfinite(arrays.power_limits), upper=arrays.power_limits
    )
    make, ship = find_variable_block(program, "make"), find_variable_block(program, "ship")
    line, period = get_axis_codes(make, "line", "period")
    area = arrays.places.area[arrays.lines.place[line]]
    metered = area >= 0
    add_coefficients(
        program, rows[area[metered], period[metered]], make.positions[metered], arrays.lines.kwh_per_unit[line[metered]]
    )
    arc, item, period = get_axis_codes(ship, "arc", "item", "period")
    area, kwh = arrays.arcs.area[arc], arrays.arcs.kwh_per_tonne[arc] * arrays.items.tonnes_per_unit[item]
    metered = area >= 0
    add_coefficients(program, rows[area[metered], period[metered]], ship.positions[metered], kwh[metered])
