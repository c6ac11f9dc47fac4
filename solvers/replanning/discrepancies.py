"""The past in the words of a problem."""

import numpy as np

from models.problem.past import Past as ToldPast, PastOutput, PastShipment, PastSupply, PastSwap
from solvers.data.past_arrays import Past
from solvers.data.problem_arrays import ProblemIndex
from solvers.lp.linear_program import FloatArray


def told(index: ProblemIndex, past: Past) -> ToldPast:
    """Arrays of the past as a part of a problem; what was zero throughout is left out."""
    labels, lines, arcs = index.labels, index.lines, index.arcs
    items, places = labels["item"], labels["place"]
    stock, short = (_everywhere(index, amounts) for amounts in (past.stock, past.short))
    return ToldPast(
        periods=labels["period"][: past.periods],
        outputs=tuple(
            PastOutput(
                factory=labels["factory"][lines.factory[line]],
                item=items[lines.item[line]],
                quantity=_series(past.make[line]),
            )
            for line in np.flatnonzero(past.make.any(axis=1)).tolist()
        ),
        shipments=tuple(
            PastShipment(
                link=labels["link"][arcs.link[arc]],
                to=places[arcs.head[arc]],
                item=items[item],
                quantity=_series(past.ship[arc, item]),
            )
            for arc, item in np.argwhere(past.ship.any(axis=2)).tolist()
        ),
        supply=tuple(
            PastSupply(
                place=places[place],
                item=items[item],
                central=_series(past.central[place, item]),
                stock=_series(stock[place, item]),
                shortage=_series(short[place, item]),
            )
            for place, item in np.argwhere(((past.central > 0) | (stock > 0) | (short > 0)).any(axis=2)).tolist()
        ),
        swaps=tuple(
            PastSwap(
                partner=labels["partner"][partner],
                item=items[item],
                given=_series(past.give[partner, item]),
                taken=_series(past.take[partner, item]),
            )
            for partner, item in np.argwhere(((past.give > 0) | (past.take > 0)).any(axis=2)).tolist()
        ),
    )


def _series(amounts: FloatArray) -> tuple[float, ...]:
    return tuple(np.maximum(amounts, 0.0).tolist())


def _everywhere(index: ProblemIndex, by_county: FloatArray) -> FloatArray:
    """Amounts of counties as amounts of places, zero at stations."""
    spread = np.zeros((len(index.labels["place"]), *by_county.shape[1:]))
    spread[: len(by_county)] = by_county
    return spread
