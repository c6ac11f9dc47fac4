"""What is decided: a block of columns each, with bounds and costs. All are in units of the item and not negative."""

from collections.abc import Mapping

import numpy as np

from solvers.data.item_arrays import BoolArray
from solvers.data.problem_arrays import ProblemIndex
from solvers.formulation.coefficients import AXES
from solvers.formulation.objective import cost_of
from solvers.formulation.reachability import Presence
from solvers.lp.linear_program import Block, FloatArray, IntArray, ProgramBuilder


def make(index: ProblemIndex, program: ProgramBuilder) -> Block:
    """make[line,period]: what a line makes, between its least and its most.

    Every line has a column in every period, in this order.
    """
    everywhere = np.ones((len(index.labels["line"]), index.periods), dtype=bool)
    return _columns(index, program, "make", everywhere, lower=index.lines.least, upper=index.lines.most)


def ship(index: ProblemIndex, program: ProgramBuilder, where: Presence) -> Block:
    """ship[arc,item,period]: what moves over a link one way."""
    return _columns(index, program, "ship", _each_period(index, where.arc))


def stock(index: ProblemIndex, program: ProgramBuilder, where: Presence) -> Block:
    """stock[place,item,period]: what county stores hold at the end of a period, within the limits for the item."""
    least, most = index.places.stock_least, index.places.stock_most
    return _columns(index, program, "stock", _each_period(index, where.store), lower=least, upper=most)


def central(index: ProblemIndex, program: ProgramBuilder, where: Presence) -> Block:
    """central[place,item,period]: what the centre hands over at a gateway, of items that it promises for the period."""
    gateway = np.isin(np.arange(len(where.place)), index.centre.gateways)
    return _columns(index, program, "central", (where.place & gateway[:, None])[:, :, None] & (index.centre.limit > 0))


def give(index: ProblemIndex, program: ProgramBuilder, where: Presence) -> Block:
    """give[partner,item,period]: what is swapped out, at most what the partner wants."""
    wants = index.partners.wants
    return _columns(index, program, "give", (wants > 0) & where.place[index.partners.place][:, :, None], upper=wants)


def take(index: ProblemIndex, program: ProgramBuilder, where: Presence) -> Block:
    """take[partner,item,period]: what is swapped in, at most what the partner offers."""
    offers = index.partners.offers
    return _columns(index, program, "take", (offers > 0) & where.place[index.partners.place][:, :, None], upper=offers)


def short(index: ProblemIndex, program: ProgramBuilder) -> Block:
    """short[place,item,period,band]: demand left unmet, in each band at most its width of the demand.

    short[n,i,t,k] ≤ width_k · d[n,i,t]
    """
    width = index.demand[..., None] * index.band_width
    return _columns(index, program, "short", width > 0, upper=width)


def _each_period(index: ProblemIndex, where: BoolArray) -> BoolArray:
    return np.broadcast_to(where[:, :, None], (*where.shape, index.periods))


def _columns(
    index: ProblemIndex,
    program: ProgramBuilder,
    name: str,
    where: BoolArray,
    *,
    lower: FloatArray | None = None,
    upper: FloatArray | None = None,
) -> Block:
    codes = np.nonzero(where)
    axes: Mapping[str, IntArray] = dict(zip(AXES[name], codes, strict=True))
    return program.add_columns(
        name,
        axes,
        lower=0.0 if lower is None else lower[codes],
        upper=np.inf if upper is None else upper[codes],
        cost=cost_of(index, Block(name, 0, len(codes[0]), axes)),
    )
