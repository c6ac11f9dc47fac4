"""Limits in conflict in the planner's words."""

from collections.abc import Iterable

from models.plan import ConflictingRule
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import BOUNDS, CONSTRAINTS, ConstraintInfo
from solvers.formulation.registry import ITEM_UNIT
from solvers.infeasibility.relaxable_limits import RelaxableLimits
from solvers.lp.linear_program import FloatArray, IntArray, Program


def describe_limits(
    index: ProblemArrays, program: Program, soft: RelaxableLimits, which: IntArray, give: FloatArray
) -> tuple[ConflictingRule, ...]:
    """Rows for the soft limits in `which`, those that give way most (relative to their size) first; `give` in units, (s,)."""
    order = sorted(which.tolist(), key=lambda k: -give[k] / soft.scale[k])
    return tuple(_build_limit_rows(index, program, soft, order, give))


def _build_limit_rows(
    index: ProblemArrays, program: Program, soft: RelaxableLimits, order: list[int], give: FloatArray
) -> Iterable[ConflictingRule]:
    for k in order:
        info, where = _name_limit(program, soft, k)
        unit = _find_item_unit(index, where) if info.unit == ITEM_UNIT else info.unit
        limit = f"{'At most' if soft.sign[k] > 0 else 'At least'} {soft.bound[k]:.6g} {unit}."
        text = f"{info.sentence.format(**where)} {limit}"
        yield ConflictingRule(rule=info.name, where=where, text=text, relaxation=float(give[k]), unit=unit)


def _name_limit(program: Program, soft: RelaxableLimits, k: int) -> tuple[ConstraintInfo, dict[str, str]]:
    position = int(soft.position[k])
    if soft.of_column[k]:
        block, at = program.find_variable(position)
        return BOUNDS[block.name, "upper" if soft.sign[k] > 0 else "lower"], program.labels_at(block, at)
    block, at = program.find_constraint(position)
    return CONSTRAINTS[block.name], program.labels_at(block, at)


def _find_item_unit(index: ProblemArrays, where: dict[str, str]) -> str:
    """Unit of the item that a row is about; a line's label ends with its item."""
    item = where.get("item") or where["line"].rpartition("/")[2]
    return index.problem.items[index.labels["item"].index(item)].unit
