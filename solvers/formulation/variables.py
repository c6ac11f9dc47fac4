"""Variables: one named block of columns each, with bounds and costs, in units of the item and at least 0."""

from collections.abc import Mapping

import numpy as np

from solvers.data.backlog import compute_greatest_needs
from solvers.data.item_arrays import BoolArray
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import VARIABLE_AXES
from solvers.formulation.constraints.requirements import find_extra_cells, find_requirement_cells
from solvers.formulation.objective import compute_variable_cost
from solvers.formulation.reachability import ActiveArcs
from solvers.formulation.whole_units import find_remainder_limits
from solvers.lp.linear_program import Block, FloatArray, IntArray, ProgramBuilder


def add_production_variables(arrays: ProblemArrays, program: ProgramBuilder) -> Block:
    """Add make[line,period]: production of a line, between `least` and `most`.

    Every line has one column for each period, in this order.
    """
    is_active = np.ones((len(arrays.labels["line"]), arrays.period_count), dtype=bool)
    return _add_sparse_variables(arrays, program, "make", is_active, lower=arrays.lines.least, upper=arrays.lines.most)


def add_shipment_variables(arrays: ProblemArrays, program: ProgramBuilder, active_arcs: ActiveArcs) -> Block:
    """Add ship[arc,item,period]: shipment over a link in one direction."""
    return _add_sparse_variables(arrays, program, "ship", _repeat_per_period(arrays, active_arcs.arc))


def add_stock_variables(arrays: ProblemArrays, program: ProgramBuilder, active_arcs: ActiveArcs) -> Block:
    """Add stock[place,item,period]: stock of a county at the end of a period, within the limits of the item."""
    least, most = arrays.places.stock_least, arrays.places.stock_most
    return _add_sparse_variables(
        arrays, program, "stock", _repeat_per_period(arrays, active_arcs.store), lower=least, upper=most
    )


def add_central_variables(arrays: ProblemArrays, program: ProgramBuilder, active_arcs: ActiveArcs) -> Block:
    """Add central[place,item,period]: central delivery at a gateway of an item promised for the period."""
    gateway = np.isin(np.arange(len(active_arcs.place)), arrays.centre.gateways)
    return _add_sparse_variables(
        arrays,
        program,
        "central",
        (active_arcs.place & gateway[:, None])[:, :, None] & (arrays.centre.supply_limit > 0),
    )


def add_give_variables(arrays: ProblemArrays, program: ProgramBuilder, active_arcs: ActiveArcs) -> Block:
    """Add give[partner,item,period]: goods given in a swap, at most what the partner wants."""
    wants = arrays.partners.wants
    return _add_sparse_variables(
        arrays, program, "give", (wants > 0) & active_arcs.place[arrays.partners.place][:, :, None], upper=wants
    )


def add_take_variables(arrays: ProblemArrays, program: ProgramBuilder, active_arcs: ActiveArcs) -> Block:
    """Add take[partner,item,period]: goods taken in a swap, at most what the partner offers."""
    offers = arrays.partners.offers
    return _add_sparse_variables(
        arrays, program, "take", (offers > 0) & active_arcs.place[arrays.partners.place][:, :, None], upper=offers
    )


def add_shortage_variables(arrays: ProblemArrays, program: ProgramBuilder) -> Block:
    """Add short[place,item,period,band]: unmet need, limited in each band by the width of the band.

    short[n,i,t,k] ≤ width_k · d[n,i,t]

    Where a backlog may arrive, the constraint `shortage_width` limits the bands instead.
    """
    greatest_needs = compute_greatest_needs(arrays)
    width = greatest_needs[..., None] * arrays.band_width
    has_bound = greatest_needs == arrays.demand
    return _add_sparse_variables(
        arrays, program, "short", width > 0, upper=np.where(has_bound[..., None], width, np.inf)
    )


def add_discard_variables(arrays: ProblemArrays, program: ProgramBuilder, active_arcs: ActiveArcs) -> Block:
    """Add discard[place,item,period]: less than one unit that is left over and cannot be used in whole units.

    discard[n,i,t] ≤ 1 − 1e-4

    Only items in whole units have it, where a balance may have a fraction (`find_remainder_limits`).
    """
    least, largest = find_remainder_limits(arrays, active_arcs)
    return _add_sparse_variables(arrays, program, "discard", largest > 0, lower=least, upper=largest)


def add_extra_variables(arrays: ProblemArrays, program: ProgramBuilder) -> Block:
    """Add extra[place,item,period]: what is handed out beyond the own need of a county, to meet its requirements."""
    return _add_sparse_variables(arrays, program, "extra", find_extra_cells(arrays))


def add_over_variables(arrays: ProblemArrays, program: ProgramBuilder) -> Block:
    """Add over[place,item,period]: what people take of a requirement beyond its need, at most up to its greatest amount.

    over[n,r,t] ≤ most[n,r,t] − D[n,r,t]
    """
    requirements = arrays.requirements
    most = np.full(arrays.demand.shape, np.inf)
    most[:, requirements.item_count :] = requirements.most - arrays.demand[:, requirements.item_count :]
    return _add_sparse_variables(arrays, program, "over", find_requirement_cells(arrays), upper=most)


def _repeat_per_period(arrays: ProblemArrays, mask: BoolArray) -> BoolArray:
    return np.broadcast_to(mask[:, :, None], (*mask.shape, arrays.period_count))


def _add_sparse_variables(
    arrays: ProblemArrays,
    program: ProgramBuilder,
    name: str,
    mask: BoolArray,
    *,
    lower: FloatArray | None = None,
    upper: FloatArray | None = None,
) -> Block:
    codes = np.nonzero(mask)
    axes: Mapping[str, IntArray] = dict(zip(VARIABLE_AXES[name], codes, strict=True))
    return program.add_variables(
        name,
        axes,
        lower=0.0 if lower is None else lower[codes],
        upper=np.inf if upper is None else upper[codes],
        cost=compute_variable_cost(arrays, Block(name, 0, len(codes[0]), axes)),
    )
