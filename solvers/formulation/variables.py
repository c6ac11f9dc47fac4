"""What is decided: a block of columns each, with bounds and costs. All are in units of the item and not negative."""

from collections.abc import Mapping

import numpy as np

from solvers.data.item_arrays import BoolArray
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.coefficients import VARIABLE_AXES
from solvers.formulation.objective import compute_variable_cost
from solvers.formulation.reachability import ActiveArcs
from solvers.lp.linear_program import Block, FloatArray, IntArray, ProgramBuilder


def add_production_variables(arrays: ProblemArrays, program: ProgramBuilder) -> Block:
    """make[line,period]: what a line makes, between its least and its most.

    Every line has a column in every period, in this order.
    """
    everywhere = np.ones((len(arrays.labels["line"]), arrays.period_count), dtype=bool)
    return _add_sparse_variables(arrays, program, "make", everywhere, lower=arrays.lines.least, upper=arrays.lines.most)


def add_shipment_variables(arrays: ProblemArrays, program: ProgramBuilder, active_arcs: ActiveArcs) -> Block:
    """ship[arc,item,period]: what moves over a link one way."""
    return _add_sparse_variables(arrays, program, "ship", _repeat_per_period(arrays, active_arcs.arc))


def add_stock_variables(arrays: ProblemArrays, program: ProgramBuilder, active_arcs: ActiveArcs) -> Block:
    """stock[place,item,period]: what county stores hold at the end of a period, within the limits for the item."""
    least, most = arrays.places.stock_least, arrays.places.stock_most
    return _add_sparse_variables(
        arrays, program, "stock", _repeat_per_period(arrays, active_arcs.store), lower=least, upper=most
    )


def add_central_variables(arrays: ProblemArrays, program: ProgramBuilder, active_arcs: ActiveArcs) -> Block:
    """central[place,item,period]: what the centre hands over at a gateway, of items that it promises for the period."""
    gateway = np.isin(np.arange(len(active_arcs.place)), arrays.centre.gateways)
    return _add_sparse_variables(
        arrays,
        program,
        "central",
        (active_arcs.place & gateway[:, None])[:, :, None] & (arrays.centre.supply_limit > 0),
    )


def add_give_variables(arrays: ProblemArrays, program: ProgramBuilder, active_arcs: ActiveArcs) -> Block:
    """give[partner,item,period]: what is swapped out, at most what the partner wants."""
    wants = arrays.partners.wants
    return _add_sparse_variables(
        arrays, program, "give", (wants > 0) & active_arcs.place[arrays.partners.place][:, :, None], upper=wants
    )


def add_take_variables(arrays: ProblemArrays, program: ProgramBuilder, active_arcs: ActiveArcs) -> Block:
    """take[partner,item,period]: what is swapped in, at most what the partner offers."""
    offers = arrays.partners.offers
    return _add_sparse_variables(
        arrays, program, "take", (offers > 0) & active_arcs.place[arrays.partners.place][:, :, None], upper=offers
    )


def add_shortage_variables(arrays: ProblemArrays, program: ProgramBuilder) -> Block:
    """short[place,item,period,band]: demand left unmet, in each band at most its width of the demand.

    short[n,i,t,k] ≤ width_k · d[n,i,t]
    """
    width = arrays.demand[..., None] * arrays.band_width
    return _add_sparse_variables(arrays, program, "short", width > 0, upper=width)


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
