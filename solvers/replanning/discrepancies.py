"""Conversion of past arrays to a part of a planning problem."""

import numpy as np

from models.problem.past import Past as ReportedPast, PastOutput, PastShipment, PastSupply, PastSwap
from solvers.data.factory_arrays import index_lines
from solvers.data.past_arrays import PastArrays
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray


def convert_past_to_problem(arrays: ProblemArrays, past: PastArrays) -> ReportedPast:
    """Convert past arrays to `past` of a problem; leave out amounts that are 0 in every period."""
    labels, arcs = arrays.labels, arrays.arcs
    items, places = labels["item"], labels["place"]
    line_keys = tuple(index_lines(arrays.problem))
    stock, short, extra = (_expand_to_places(arrays, amounts) for amounts in (past.stock, past.short, past.extra))
    is_listed = np.asarray(((past.central > 0) | (stock > 0) | (short > 0) | (extra > 0)).any(axis=2))
    is_listed &= ~arrays.items.is_requirement  # what is short of requirements follows
    return ReportedPast(
        periods=labels["period"][: past.period_count],
        outputs=tuple(
            PastOutput(
                factory=line_keys[line][0],
                item=line_keys[line][1],
                recipe=line_keys[line][2],
                quantity=_to_period_values(past.make[line]),
            )
            for line in np.flatnonzero(past.make.any(axis=1)).tolist()
        ),
        shipments=tuple(
            PastShipment(
                link=labels["link"][arcs.link[arc]],
                to=places[arcs.head[arc]],
                item=items[item],
                quantity=_to_period_values(past.ship[arc, item]),
            )
            for arc, item in np.argwhere(past.ship.any(axis=2)).tolist()
        ),
        supply=tuple(
            PastSupply(
                place=places[place],
                item=items[item],
                central=_to_period_values(past.central[place, item]),
                stock=_to_period_values(stock[place, item]),
                shortage=_to_period_values(short[place, item]),
                extra=_to_period_values(extra[place, item]) if extra[place, item].any() else (),
            )
            for place, item in np.argwhere(is_listed).tolist()
        ),
        swaps=tuple(
            PastSwap(
                partner=labels["partner"][partner],
                item=items[item],
                given=_to_period_values(past.give[partner, item]),
                taken=_to_period_values(past.take[partner, item]),
            )
            for partner, item in np.argwhere(((past.give > 0) | (past.take > 0)).any(axis=2)).tolist()
        ),
    )


def _to_period_values(amounts: FloatArray) -> tuple[float, ...]:
    return tuple(np.maximum(amounts, 0.0).tolist())


def _expand_to_places(arrays: ProblemArrays, by_county: FloatArray) -> FloatArray:
    """Extend amounts by county to amounts by place, 0 at stations."""
    by_place = np.zeros((len(arrays.labels["place"]), *by_county.shape[1:]))
    by_place[: len(by_county)] = by_county
    return by_place
