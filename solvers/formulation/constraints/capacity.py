"""Capacity constraints: machine hours, labour hours, electricity, link tonnage, handling tonnage and storage tonnage."""

import numpy as np

from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import (
    add_coefficients,
    add_constraints_where,
    find_production_columns,
    find_variable_block,
    get_axis_codes,
)
from solvers.lp.linear_program import FloatArray, ProgramBuilder


def add_machine_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """Limit the production of a factory by the hours of each machine group.

    Σ_l hours_per_unit[l,m] · make[l,t]  ≤  condition[f] · hours[m,t]
    ↔  shadow price in won per hour, by machine group and period

    `hours_per_unit` and `hours` are nominal. Machine groups that no line uses have no constraint.
    """
    lines, machines = arrays.lines, arrays.machines
    is_used = np.zeros(machines.available_hours.shape, dtype=bool)
    is_used[lines.hours_machine[lines.hours_per_unit > 0]] = True
    rows = add_constraints_where(program, "machine", ("machine", "period"), is_used, upper=machines.available_hours)
    columns = find_production_columns(program, lines.hours_line, arrays.period_count)
    add_coefficients(program, rows[lines.hours_machine], columns, lines.hours_per_unit[:, None])


def add_labour_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """Limit the production in a county by its hours of labour.

    Σ_l labour_hours_per_unit[l] · make[l,t]  ≤  labour_hours[n,t]
    ↔  shadow price in won per hour, by county and period

    Counties without `labour_hours` have no constraint, nor have factories at stations.
    """
    hours = arrays.places.labour_hours
    rows = add_constraints_where(program, "labour", ("place", "period"), np.isfinite(hours), upper=hours)
    make = find_variable_block(program, "make")
    line, period = get_axis_codes(make, "line", "period")
    in_county = arrays.lines.place[line] < arrays.places.county_count
    line, period = line[in_county], period[in_county]
    add_coefficients(
        program,
        rows[arrays.lines.place[line], period],
        make.positions[in_county],
        arrays.lines.labour_hours_per_unit[line],
    )


def add_power_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """Limit the electricity that factories and trains draw from a power area.

    Σ_l power_overhead[f] · kwh_per_unit[l] · make[l,t]
    + Σ_a,i kwh_per_tonne_km[a] · km[a] · kg_per_unit[i]/1000 · ship[a,i,t]  ≤  limit_kwh[e,t] + own_generation_kwh[e,t]
    ↔  shadow price in won per kWh, by power area and period

    A factory draws from the area of its county; a factory at a station draws from no area. An electric link draws from
    the area that meters it.
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


def add_link_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """Limit the tonnes that depart over a link, each way.

    Σ_i kg_per_unit[i]/1000 · ship[a,i,t]  ≤  tonnes[a,t]
    ↔  shadow price in won per tonne, by arc and period

    Links without `tonnes` have no constraint.
    """
    tonnes = arrays.arcs.capacity_tonnes
    rows = add_constraints_where(program, "link", ("arc", "period"), np.isfinite(tonnes), upper=tonnes)
    ship = find_variable_block(program, "ship")
    add_coefficients(
        program,
        rows[get_axis_codes(ship, "arc", "period")],
        ship.positions,
        arrays.items.tonnes_per_unit[ship.axes["item"]],
    )


def add_handling_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """Limit the tonnes that enter a place over links.

    Σ_a→n,i kg_per_unit[i]/1000 · ship[a,i,t]  ≤  handling_tonnes[n,t]
    ↔  shadow price in won per tonne, by place and period

    Shipments count in the period in which they arrive. What left before the plan comes off the right-hand side, which is
    at least 0. Central deliveries and swaps at the place do not count. Places without `handling_tonnes` have no constraint.
    """
    tonnes = compute_free_handling(arrays)
    rows = add_constraints_where(program, "handling", ("place", "period"), np.isfinite(tonnes), upper=tonnes)
    ship = find_variable_block(program, "ship")
    arc, item, period = get_axis_codes(ship, "arc", "item", "period")
    arrival = period + arrays.arcs.transit_periods[arc]
    arrives = arrival < arrays.period_count
    add_coefficients(
        program,
        rows[arrays.arcs.head[arc[arrives]], arrival[arrives]],
        ship.positions[arrives],
        arrays.items.tonnes_per_unit[item[arrives]],
    )


def compute_free_handling(arrays: ProblemArrays) -> FloatArray:
    """Return the tonnes that may enter a place besides what left before the plan, at least 0, (N, T)."""
    return np.asarray(np.maximum(arrays.places.handling_tonnes - compute_arriving_tonnes(arrays), 0.0))


def compute_arriving_tonnes(arrays: ProblemArrays) -> FloatArray:
    """Return the tonnes that left over links before the plan and enter a place, (N, T)."""
    return np.asarray(np.einsum("nit,i->nt", arrays.arriving, arrays.items.tonnes_per_unit))


def add_store_constraints(arrays: ProblemArrays, program: ProgramBuilder) -> None:
    """Limit the tonnes in the stores of a county at the end of a period.

    Σ_i kg_per_unit[i]/1000 · stock[n,i,t]  ≤  store_tonnes[n,t]
    ↔  shadow price in won per tonne, by county and period

    Limits of single items, opening stock and closing stock are bounds of the variable `stock`, not constraints.
    """
    tonnes = arrays.places.store_tonnes
    rows = add_constraints_where(program, "store", ("place", "period"), np.isfinite(tonnes), upper=tonnes)
    stock = find_variable_block(program, "stock")
    add_coefficients(
        program,
        rows[get_axis_codes(stock, "place", "period")],
        stock.positions,
        arrays.items.tonnes_per_unit[stock.axes["item"]],
    )
