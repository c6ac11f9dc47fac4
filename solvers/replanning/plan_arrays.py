"""Conversion of plan tables to arrays."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from solvers.data.factory_arrays import index_lines
from solvers.data.label_arrays import index_positions
from solvers.data.past_arrays import PastArrays, derive_requirements
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray, IntArray


def read_plan_arrays(arrays: ProblemArrays, tables: Mapping[str, pa.Table]) -> PastArrays:
    """Read the amounts of a plan for all periods; the arrays have the layout of a past with K = T."""
    plan = PastArrays.create_empty(arrays.labels, arrays.period_count)
    quotas, shipments, swaps, supply = (tables[name] for name in ("quotas", "shipments", "swaps", "supply"))
    plan.make[:] = read_quotas(arrays, quotas)
    arc = _encode_labels(_join_labels(shipments, "link", "to"), arrays.labels["arc"])
    plan.ship[arc, _encode_column(arrays, shipments, "item"), _encode_column(arrays, shipments, "period")] = (
        _read_numbers(shipments, "quantity")
    )
    plan.give[:], plan.take[:] = read_swaps(arrays, swaps)
    place = _encode_labels(_read_labels(supply, "county"), arrays.labels["place"])
    item, period = _encode_column(arrays, supply, "item"), _encode_column(arrays, supply, "period")
    plan.central[place, item, period] = _read_numbers(supply, "central")
    county = place < arrays.places.county_count
    plan.stock[place[county], item[county], period[county]] = _read_numbers(supply, "stock")[county]
    _read_handed_out(arrays, supply, plan)
    return plan


def read_quotas(arrays: ProblemArrays, quotas: pa.Table) -> FloatArray:
    """Read the table `quotas` of a plan, (L, T); 0 where it has no row."""
    made = np.zeros((len(arrays.labels["line"]), arrays.period_count))
    made[_encode_lines(arrays, quotas), _encode_column(arrays, quotas, "period")] = _read_numbers(quotas, "quantity")
    return made


def read_swaps(arrays: ProblemArrays, swaps: pa.Table) -> tuple[FloatArray, FloatArray]:
    """Read the units given to and taken from partners from the table `swaps` of a plan, each (P, I, T)."""
    given, taken = np.zeros_like(arrays.partners.wants), np.zeros_like(arrays.partners.offers)
    codes = tuple(_encode_column(arrays, swaps, axis) for axis in ("partner", "item", "period"))
    given[codes], taken[codes] = _read_numbers(swaps, "given"), _read_numbers(swaps, "taken")
    return given, taken


def read_shortages(arrays: ProblemArrays, supply: pa.Table, requirements: pa.Table | None) -> FloatArray:
    """Read the shortages in units from the tables `supply` and `requirements` of a plan, (C, I, T).

    What people take of a requirement after it is due does not meet it, so that `supply` alone does not tell its shortages. For a
    plan of an earlier version without the second table they follow from it all the same.
    """
    plan = PastArrays.create_empty(arrays.labels, arrays.period_count)
    _read_handed_out(arrays, supply, plan)
    if requirements is not None:
        cells = (
            _encode_labels(_read_labels(requirements, "county"), arrays.labels["place"]),
            _encode_labels(_read_labels(requirements, "requirement"), arrays.labels["item"]),
            _encode_column(arrays, requirements, "period"),
        )
        plan.short[cells] = _read_numbers(requirements, "shortage")
    return plan.short


def _read_handed_out(arrays: ProblemArrays, supply: pa.Table, plan: PastArrays) -> None:
    """Read shortages and extra amounts of counties, in place; a plan of an earlier version has no extra amounts."""
    place = _encode_labels(_read_labels(supply, "county"), arrays.labels["place"])
    item, period = _encode_column(arrays, supply, "item"), _encode_column(arrays, supply, "period")
    county = place < arrays.places.county_count
    cells = (place[county], item[county], period[county])
    plan.short[cells] = _read_numbers(supply, "shortage")[county]
    if "extra" in supply.column_names:
        plan.extra[cells] = _read_numbers(supply, "extra")[county]
    derive_requirements(plan, arrays.items, arrays.requirements.provided, arrays.demand)


def _encode_lines(arrays: ProblemArrays, quotas: pa.Table) -> IntArray:
    """Return the position of the line of each quota; a plan of an earlier version has no recipes."""
    position_of = index_lines(arrays.problem)
    recipes = _read_labels(quotas, "recipe") if "recipe" in quotas.column_names else [""] * quotas.num_rows
    keys = zip(_read_labels(quotas, "factory"), _read_labels(quotas, "item"), recipes, strict=True)
    return np.array([position_of[key] for key in keys], dtype=np.int64)


def _read_labels(table: pa.Table, column: str) -> list[str]:
    labels: list[str] = table[column].to_pylist()
    return labels


def _join_labels(table: pa.Table, first: str, second: str) -> list[str]:
    return [f"{a}/{b}" for a, b in zip(_read_labels(table, first), _read_labels(table, second), strict=True)]


def _encode_labels(names: list[str], labels: tuple[str, ...]) -> IntArray:
    positions_of = index_positions(labels)
    return np.array([positions_of[name] for name in names], dtype=np.int64)


def _encode_column(arrays: ProblemArrays, table: pa.Table, axis: str) -> IntArray:
    return _encode_labels(_read_labels(table, axis), arrays.labels[axis])


def _read_numbers(table: pa.Table, column: str) -> FloatArray:
    return np.asarray(table[column].to_numpy(), dtype=np.float64)
