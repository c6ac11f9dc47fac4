"""Arrays of factories: lines, machine groups, and the inputs of a unit."""

from dataclasses import dataclass

import numpy as np

from models.problem.planning_problem import PlanningProblem
from solvers.data.item_arrays import BoolArray
from solvers.data.label_arrays import PeriodValue, to_float_array, to_integer_array, to_period_array
from solvers.lp.linear_program import FloatArray, IntArray

QUALITY_FROM_MACHINES = 0.5
"""Share of the quality that machines give, and that wear takes away; materials and hands give the rest."""


@dataclass(frozen=True, slots=True)
class LineArrays:
    """Lines by position, each one factory making one item by one recipe; L lines, U uses, H machine uses, T periods."""

    factory: IntArray
    """Position of the factory, (L,)."""
    place: IntArray
    """Position of the place of the factory, (L,)."""
    item: IntArray
    """Position of the item, (L,)."""
    is_local: BoolArray
    """Whether the factory has the level `local`, (L,)."""
    kwh_per_unit: FloatArray
    """kWh per unit, with the overhead of the factory, (L,)."""
    labour_hours_per_unit: FloatArray
    """Hours of labour per unit, (L,)."""
    quality: FloatArray
    """Stated quality of the output, 0 to 1, which the objective prices, (L,)."""
    made_quality: FloatArray
    """Quality of what is made in the present condition of the factory, 0 to 1, (L,)."""
    cost_per_unit: FloatArray
    """Won per unit, (L,)."""
    least: FloatArray
    """Minimum production in units, (L, T)."""
    most: FloatArray
    """Maximum production in units, inf if not limited, (L, T)."""
    lot: FloatArray
    """Units in a batch: production is a multiple of it; 1 for items in whole units without a lot, else 0 for any amount, (L,)."""
    least_run: FloatArray
    """Production in a period is 0 or at least this, in units; 0 if not limited, (L,)."""
    use_line: IntArray
    """Line of each material use, (U,)."""
    use_item: IntArray
    """Material of each use, (U,)."""
    use_units: FloatArray
    """Units of the material per unit made, (U,)."""
    hours_line: IntArray
    """Line of each machine use, (H,)."""
    hours_machine: IntArray
    """Machine group of each use, (H,)."""
    hours_per_unit: FloatArray
    """Nominal hours per unit made, (H,)."""


@dataclass(frozen=True, slots=True)
class MachineArrays:
    """Machine groups by position, each a pair of factory and group; M groups, T periods."""

    factory: IntArray
    """Position of the factory, (M,)."""
    group_names: tuple[str, ...]
    """Name of the group within its factory, (M,)."""
    available_hours: FloatArray
    """Hours available in the condition of the factory, (M, T)."""


def index_lines(problem: PlanningProblem) -> dict[tuple[str, str, str], int]:
    """Return the position of each line by factory, item and recipe."""
    keys = [(factory.id, line.item, line.recipe) for factory in problem.factories for line in factory.lines]
    return {key: position for position, key in enumerate(keys)}


def build_machine_arrays(problem: PlanningProblem) -> tuple[MachineArrays, dict[tuple[int, str], int]]:
    """Convert machine groups to arrays; also return the position of each (factory position, group)."""
    pairs = [(f, group) for f, factory in enumerate(problem.factories) for group in factory.machines]
    hours: list[PeriodValue] = [h for factory in problem.factories for h in factory.machines.values()]
    factories = to_integer_array([f for f, _ in pairs])
    condition = to_float_array([factory.condition for factory in problem.factories])
    effective = to_period_array(hours, len(problem.periods)) * condition[factories][:, None]
    names = tuple(group for _, group in pairs)
    return MachineArrays(factories, names, effective), {pair: m for m, pair in enumerate(pairs)}


def build_line_arrays(
    problem: PlanningProblem, place_of: dict[str, int], item_of: dict[str, int], machine_of: dict[tuple[int, str], int]
) -> LineArrays:
    """Convert lines to arrays, with one pass over the lines."""
    rows: list[tuple[float, ...]] = []
    least: list[PeriodValue] = []
    most: list[PeriodValue] = []
    whole = {item.id for item in problem.items if item.whole_units}
    uses: list[tuple[float, float, float]] = []
    hours: list[tuple[float, float, float]] = []
    for f, factory in enumerate(problem.factories):
        place, local, overhead = place_of[factory.place], factory.level == "local", factory.power_overhead
        for line in factory.lines:
            row = len(rows)
            kwh, labour = line.kwh_per_unit * overhead, line.labour_hours_per_unit
            lot = float(line.item in whole) if line.lot is None else line.lot
            numbers = (kwh, labour, line.quality, line.cost_per_unit, lot, line.least_run)
            rows.append((f, place, item_of[line.item], local, *numbers))
            least.append(line.least)
            most.append(line.most)
            uses.extend((row, item_of[i], units) for i, units in line.materials.items())
            hours.extend((row, machine_of[f, group], h) for group, h in line.hours_per_unit.items())
    condition = to_float_array([factory.condition for factory in problem.factories for _ in factory.lines])
    table = np.array(rows, dtype=np.float64).reshape(-1, 10)
    use, need = (np.array(part, dtype=np.float64).reshape(-1, 3) for part in (uses, hours))
    periods = len(problem.periods)
    return LineArrays(
        factory=table[:, 0].astype(np.int64),
        place=table[:, 1].astype(np.int64),
        item=table[:, 2].astype(np.int64),
        is_local=table[:, 3] > 0,
        kwh_per_unit=table[:, 4],
        labour_hours_per_unit=table[:, 5],
        quality=table[:, 6],
        made_quality=compute_made_quality(table[:, 6], condition),
        cost_per_unit=table[:, 7],
        least=to_period_array(least, periods),
        most=to_period_array(most, periods),
        lot=table[:, 8],
        least_run=table[:, 9],
        use_line=use[:, 0].astype(np.int64),
        use_item=use[:, 1].astype(np.int64),
        use_units=use[:, 2],
        hours_line=need[:, 0].astype(np.int64),
        hours_machine=need[:, 1].astype(np.int64),
        hours_per_unit=need[:, 2],
    )


def compute_made_quality(quality: FloatArray, condition: FloatArray) -> FloatArray:
    """Return the quality of what is made by worn machines, by line.

    made_quality[l] = quality[l] · (1 − ½·(1 − condition[f]))

    It is reported, and not priced: `condition` then moves limits only, so that its prices, estimates and remedies stay exact.
    """
    return np.asarray(quality * (1.0 - QUALITY_FROM_MACHINES * (1.0 - condition)))
