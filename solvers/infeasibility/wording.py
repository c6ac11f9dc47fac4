"""Limits in conflict in the planner's words."""

from collections.abc import Iterable

from models.plan import ConflictingRule
from solvers.data.problem_arrays import ProblemIndex
from solvers.formulation import BOUNDS, RULES, RuleInfo
from solvers.formulation.registry import ITEM_UNIT
from solvers.infeasibility.relaxable_limits import Soft
from solvers.lp.linear_program import FloatArray, IntArray, Program


def in_words(
    index: ProblemIndex, program: Program, soft: Soft, which: IntArray, give: FloatArray
) -> tuple[ConflictingRule, ...]:
    """Rows for the soft limits in `which`, those that give way most (relative to their size) first; `give` in units, (s,)."""
    order = sorted(which.tolist(), key=lambda k: -give[k] / soft.scale[k])
    return tuple(_rows(index, program, soft, order, give))


def _rows(
    index: ProblemIndex, program: Program, soft: Soft, order: list[int], give: FloatArray
) -> Iterable[ConflictingRule]:
    for k in order:
        info, where = _named(program, soft, k)
        unit = _item_unit(index, where) if info.unit == ITEM_UNIT else info.unit
        limit = f"{'At most' if soft.sign[k] > 0 else 'At least'} {soft.bound[k]:.6g} {unit}."
        text = f"{info.sentence.format(**where)} {limit}"
        yield ConflictingRule(rule=info.name, where=where, text=text, relaxation=float(give[k]), unit=unit)


def _named(program: Program, soft: Soft, k: int) -> tuple[RuleInfo, dict[str, str]]:
    position = int(soft.position[k])
    if soft.of_column[k]:
        block, at = program.decision_of(position)
        return BOUNDS[block.name, "upper" if soft.sign[k] > 0 else "lower"], program.where(block, at)
    block, at = program.rule_of(position)
    return RULES[block.name], program.where(block, at)


def _item_unit(index: ProblemIndex, where: dict[str, str]) -> str:
    """Unit of the item that a row is about; a line's label ends with its item."""
    item = where.get("item") or where["line"].rpartition("/")[2]
    return index.problem.items[index.labels["item"].index(item)].unit
