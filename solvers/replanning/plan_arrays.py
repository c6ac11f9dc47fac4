"""A plan's tables as arrays."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from solvers.data.label_arrays import positions
from solvers.data.past_arrays import Past
from solvers.data.problem_arrays import ProblemIndex
from solvers.lp.linear_program import FloatArray, IntArray


def read_plan(index: ProblemIndex, tables: Mapping[str, pa.Table]) -> Past:
    """What a plan of `index` plans for all its periods, in the arrays of a past: K is T here."""
    plan = Past.empty(index.labels, index.periods)
    quotas, shipments, swaps, supply = (tables[name] for name in ("quotas", "shipments", "swaps", "supply"))
    line = _codes(_joined(quotas, "factory", "item"), index.labels["line"])
    plan.make[line, _at(index, quotas, "period")] = _numbers(quotas, "quantity")
    arc = _codes(_joined(shipments, "link", "to"), index.labels["arc"])
    plan.ship[arc, _at(index, shipments, "item"), _at(index, shipments, "period")] = _numbers(shipments, "quantity")
    where = tuple(_at(index, swaps, axis) for axis in ("partner", "item", "period"))
    plan.give[where], plan.take[where] = _numbers(swaps, "given"), _numbers(swaps, "taken")
    place = _codes(_words(supply, "county"), index.labels["place"])
    item, period = _at(index, supply, "item"), _at(index, supply, "period")
    plan.central[place, item, period] = _numbers(supply, "central")
    county = place < index.places.counties
    here = (place[county], item[county], period[county])
    plan.stock[here], plan.short[here] = _numbers(supply, "stock")[county], _numbers(supply, "shortage")[county]
    return plan


def _words(table: pa.Table, column: str) -> list[str]:
    words: list[str] = table[column].to_pylist()
    return words


def _joined(table: pa.Table, first: str, second: str) -> list[str]:
    return [f"{a}/{b}" for a, b in zip(_words(table, first), _words(table, second), strict=True)]


def _codes(words: list[str], labels: tuple[str, ...]) -> IntArray:
    of = positions(labels)
    return np.array([of[word] for word in words], dtype=np.int64)


def _at(index: ProblemIndex, table: pa.Table, axis: str) -> IntArray:
    return _codes(_words(table, axis), index.labels[axis])


def _numbers(table: pa.Table, column: str) -> FloatArray:
    return np.asarray(table[column].to_numpy(), dtype=np.float64)
