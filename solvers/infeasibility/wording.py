"""Sentences for planners about limits in conflict."""

from collections.abc import Iterable

from models.number_text import format_amount
from models.plan import ConflictingRule
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import BOUNDS, CONSTRAINTS, ConstraintInfo
from solvers.formulation.constraints.capacity import compute_arriving_tonnes
from solvers.formulation.constraints.due import compute_due_units
from solvers.formulation.registry import ITEM_UNIT
from solvers.infeasibility.relaxation import RelaxableLimits
from solvers.lp.linear_program import FloatArray, IntArray, Program


def describe_limits(
    arrays: ProblemArrays, program: Program, limits: RelaxableLimits, positions: IntArray, amounts: FloatArray
) -> tuple[ConflictingRule, ...]:
    """Describe the limits at `positions`, the largest relative violation first; `amounts` are in units, shape (s,)."""
    order = sorted(positions.tolist(), key=lambda k: -amounts[k] / limits.scale[k])
    return tuple(_build_limit_rows(arrays, program, limits, order, amounts))


def _build_limit_rows(
    arrays: ProblemArrays, program: Program, limits: RelaxableLimits, order: list[int], amounts: FloatArray
) -> Iterable[ConflictingRule]:
    for k in order:
        info, where = _name_limit(program, limits, k)
        unit = _find_item_unit(arrays, where) if info.unit == ITEM_UNIT else info.unit
        is_upper, bound = bool(limits.sign[k] > 0), _read_stated_limit(arrays, program, limits, k)
        limit = f"{'At most' if is_upper else 'At least'} {format_amount(bound)} {unit}."
        yield ConflictingRule(
            rule=info.name,
            where=where,
            text=f"{info.sentence.format(**where)} {limit}",
            relaxation=float(amounts[k]),
            unit=unit,
            side="at_most" if is_upper else "at_least",
            limit=bound,
        )


def _name_limit(program: Program, limits: RelaxableLimits, k: int) -> tuple[ConstraintInfo, dict[str, str]]:
    position = int(limits.position[k])
    if limits.is_column[k]:
        block, block_position = program.find_variable(position)
        return BOUNDS[block.name, "upper" if limits.sign[k] > 0 else "lower"], program.labels_at(block, block_position)
    block, block_position = program.find_constraint(position)
    return CONSTRAINTS[block.name], program.labels_at(block, block_position)


def _read_stated_limit(arrays: ProblemArrays, program: Program, limits: RelaxableLimits, k: int) -> float:
    """Return a limit as the planner states it, in its unit: the right-hand side of some constraints lacks what is known of the other side."""
    bound = float(limits.bound[k])
    if limits.is_column[k]:
        return bound
    block, row = program.find_constraint(int(limits.position[k]))
    code = {axis: int(codes[row]) for axis, codes in block.axes.items()}
    if block.name in ("served_least", "taken"):
        return bound + float(arrays.demand[code["place"], code["item"], code["period"]])
    if block.name == "handling":
        return bound + float(compute_arriving_tonnes(arrays)[code["place"], code["period"]])
    if block.name == "due":
        return float(compute_due_units(arrays)[code["place"], code["item"], code["period"]])
    return bound


def _find_item_unit(arrays: ProblemArrays, where: dict[str, str]) -> str:
    """Return the unit of the item of a limit; the item follows the factory in the name of a line, and a basket begins with its requirement."""
    if "basket" in where:
        requirement = where["basket"].partition("/")[0]
        return arrays.problem.requirements[arrays.labels["requirement"].index(requirement)].unit
    item = where.get("item") or where["line"].split("/")[1]
    return arrays.problem.needs[arrays.labels["item"].index(item)].unit
