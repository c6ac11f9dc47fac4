"""Arrays of central supply and swap partners."""

from dataclasses import dataclass

import numpy as np

from models.problem.planning_problem import PlanningProblem
from solvers.data.item_arrays import BoolArray, ItemArrays, compute_due_units
from solvers.data.label_arrays import to_float_array, to_integer_array, to_period_array
from solvers.lp.linear_program import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class CentreArrays:
    """Central supply and local floors; I items, T periods, G floors."""

    gateways: IntArray
    """Positions of the gateways."""
    promised_share: FloatArray
    """Promised share of the demand for a good; 0 for materials, (I,)."""
    promise: FloatArray
    """Units promised or allotted, before `delivered` and before rounding to whole units, (I, T)."""
    supply_limit: FloatArray
    """Maximum central deliveries in units over all gateways, after `delivered`, (I, T)."""
    floor_labels: tuple[str, ...]
    """Category or item of each floor, (G,)."""
    floor_share: FloatArray
    """Minimum local share of each floor, (G,)."""
    floor_weight: FloatArray
    """Weight of an item in a floor: its value for a floor on its category, 1 for a floor on the item, else 0, (G, I)."""


@dataclass(frozen=True, slots=True)
class PartnerArrays:
    """Partners by position; P partners, I items, T periods."""

    place: IntArray
    """Position of the place where goods change hands, (P,)."""
    offers: FloatArray
    """Units that the partner offers, (P, I, T)."""
    wants: FloatArray
    """Units that the partner wants, (P, I, T)."""
    rate: FloatArray
    """Value received per value given, won per won, (P,)."""
    credit: FloatArray
    """Credit in each window in won, (P,)."""
    window: IntArray
    """Position of the settlement window of a period, (P, T)."""


def build_centre_arrays(
    problem: PlanningProblem, items: ItemArrays, demand: FloatArray, place_of: dict[str, int], item_of: dict[str, int]
) -> CentreArrays:
    """Convert central supply to arrays; the most specific share of a good applies."""
    terms, periods = problem.supply_shares, len(problem.periods)
    promised = [terms.by_item.get(i.id, terms.by_category.get(i.category, terms.central)) for i in problem.items]
    promised += [0.0] * len(problem.requirements)
    share = np.where(items.is_good, to_float_array(promised), 0.0)
    allotted = np.zeros((len(share), periods))
    allotted[[item_of[i] for i in terms.materials]] = to_period_array(list(terms.materials.values()), periods)
    need = _compute_promised_need(items, demand)
    need[[item_of[i] for i in terms.promised]] += to_period_array(list(terms.promised.values()), periods)
    promise = np.where(items.is_good[:, None], share[:, None] * need, allotted)
    floors = tuple(terms.local_floor)
    weight = [_compute_floor_weights(problem, items, key, item_of) for key in floors]
    return CentreArrays(
        gateways=to_integer_array([place_of[gateway] for gateway in dict.fromkeys(terms.gateways)]),
        promised_share=share,
        promise=promise,
        supply_limit=promise * to_period_array([terms.delivered], periods),
        floor_labels=floors,
        floor_share=to_float_array(list(terms.local_floor.values())),
        floor_weight=np.array(weight, dtype=np.float64).reshape(len(floors), len(share)),
    )


def _compute_promised_need(items: ItemArrays, demand: FloatArray) -> FloatArray:
    """Return the need that the promise of a period covers, (I, T).

    What is due before a period ends is promised for the period before, if it can be stored: else little from the centre could be
    there in time.
    """
    need = np.asarray(demand.sum(axis=0))
    early = np.where(items.is_storable[:, None], compute_due_units(items, demand).sum(axis=0), 0.0)
    early[:, 0] = 0.0  # no period before
    need -= early
    need[:, :-1] += early[:, 1:]
    return need


def _compute_floor_weights(
    problem: PlanningProblem, items: ItemArrays, key: str, item_of: dict[str, int]
) -> FloatArray:
    weight = np.zeros(len(items.value))
    if key in item_of:
        weight[item_of[key]] = 1.0
        return weight
    member: BoolArray = np.zeros(len(weight), dtype=bool)
    member[: len(problem.items)] = [item.category == key for item in problem.items]
    return np.where(member, items.value, 0.0)


def build_partner_arrays(
    problem: PlanningProblem, place_of: dict[str, int], item_of: dict[str, int]
) -> tuple[PartnerArrays, tuple[str, ...]]:
    """Convert partners to arrays; also return the labels of all settlement windows."""
    partners, periods = problem.partners, problem.periods
    shape = (len(partners), len(problem.needs), len(periods))
    offers, wants = np.zeros(shape), np.zeros(shape)
    for p, partner in enumerate(partners):
        offers[p, [item_of[i] for i in partner.offers]] = to_period_array(list(partner.offers.values()), len(periods))
        wants[p, [item_of[i] for i in partner.wants]] = to_period_array(list(partner.wants.values()), len(periods))
    quarters = tuple(f"{run[0]}..{run[-1]}" for run in (periods[k : k + 3] for k in range(0, len(periods), 3)))
    count = np.arange(len(periods))
    windows = {
        "period": count,
        "quarter": len(periods) + count // 3,
        "plan": np.full(len(periods), len(periods) + len(quarters)),
    }
    arrays = PartnerArrays(
        place=to_integer_array([place_of[partner.at] for partner in partners]),
        offers=offers,
        wants=wants,
        rate=to_float_array([partner.rate for partner in partners]),
        credit=to_float_array([partner.credit for partner in partners]),
        window=np.array([windows[p.settlement] for p in partners], dtype=np.int64).reshape(-1, len(periods)),
    )
    return arrays, (*periods, *quarters, "plan")
