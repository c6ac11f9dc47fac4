"""The problem of a study under one lever: how its program follows the factors, and what of the base plan it holds."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from models.analyses.study import StudyRequest
from models.changes.change import ChangeName
from solvers.algorithms.pipeline import build_plan_program, is_multi_stage
from solvers.analyses.analysis import AnalysisBase
from solvers.analyses.studies.bound_model import BoundModel, BoundsNotAffineError, align_bounds
from solvers.analyses.studies.held_decisions import HeldDecisions
from solvers.analyses.studies.varied_problem import VariedProblem
from solvers.data.problem_arrays import ProblemArrays
from solvers.errors import InfeasibleError
from solvers.lp.linear_program import FloatArray, Program

BASE_LEVER = "base"
"""Name of the lever without changes."""

LIMIT_CHANGES: frozenset[ChangeName] = frozenset(
    {
        "central_share",
        "delivered",
        "power_limit",
        "own_generation",
        "rail_tonnes",
        "road_tonnes",
        "link_tonnes",
        "handling_tonnes",
        "machine_condition",
        "machine_hours",
        "labour",
        "store_tonnes",
        "materials",
        "partner_offers",
        "partner_wants",
        "partner_credit",
        "budget_won",
    }
)
"""Changes of limits only: needs, stocks and coefficients stay, so that flows are read with the arrays of the base."""


@dataclass(frozen=True, slots=True)
class LeverSetting:
    """The problem of a study under one lever."""

    position: int
    """Position of the lever; 0 without changes."""
    name: str
    """Its name; `base` without changes."""
    varied: VariedProblem
    """The problem as a function of the factors."""
    arrays: ProblemArrays
    """The problem at the neutral point as arrays."""
    program: Program
    """Its program, with what is held."""
    held: HeldDecisions
    """What is held of the base plan."""
    model: BoundModel | None
    """Bounds as a function of the factors; None if they are not affine."""
    reason: str
    """Why there is no such model; empty if there is."""

    @classmethod
    def from_request(
        cls, base: AnalysisBase, request: StudyRequest, position: int, points: FloatArray
    ) -> "LeverSetting":
        """Open the problem under a lever; `points`, (r, k), are those of the study.

        Raises
        ------
        InvalidProblemError
            A change names something that the problem does not have; paths begin within the request.
        InfeasibleError
            The base has no plan whose decisions could be held.
        """
        lever = None if position == 0 else request.levers[position - 1]
        changes = () if lever is None else lever.changes
        varied = VariedProblem.from_base(base.problem, request.factors, changes, ("levers", position - 1), points)
        arrays = ProblemArrays.from_problem(varied.build_problem(varied.neutral_point))
        if request.hold != "nothing" and not {"quotas", "swaps"} <= set(base.tables):
            raise InfeasibleError("the base has no plan whose decisions could be held")
        held = HeldDecisions.from_tables(request.hold, arrays, base.tables)
        model, reason = _find_model(varied, held)
        program = held.apply_to_program(build_plan_program(arrays)) if model is None else model.program
        name = BASE_LEVER if lever is None else lever.name
        return cls(position, name, varied, arrays, program, held, model, reason)

    @property
    def is_multi_stage(self) -> bool:
        """Whether a plan is found in several stages, so that the last program depends on earlier optima."""
        return is_multi_stage(self.varied.problem)

    @property
    def keeps_needs(self) -> bool:
        """Whether the factors change limits only, and no needs, stocks or coefficients."""
        return all(change.what in LIMIT_CHANGES for factor in self.varied.factors for change in factor.changes)

    def build_program(self, point: FloatArray) -> tuple[ProblemArrays, Program]:
        """Return the problem at a point, (k,), as arrays, and its program with what is held.

        Raises
        ------
        InvalidProblemError
            The problem is invalid there.
        """
        if self.model is not None and self.model.is_exact:
            arrays = self.arrays if self.keeps_needs else self.build_arrays(point)
            return arrays, self.model.compute_bounds(point).apply_to_program(self.program)
        arrays = self.build_arrays(point)
        program = self.held.apply_to_program(build_plan_program(arrays))
        if self.model is None:
            return arrays, program
        try:
            bounds = align_bounds(program, self.program, "a draw")
        except BoundsNotAffineError:
            return arrays, program  # rounding changed more than the ends and the middle showed
        return arrays, bounds.apply_to_program(self.program)

    def build_arrays(self, point: FloatArray) -> ProblemArrays:
        """Return the problem at a point, (k,), as arrays; raises InvalidProblemError.

        Where the bounds follow the factors, the problem passed its checks at the ends and in the middle, and is not checked again.
        """
        build = self.varied.build_problem if self.model is None else self.varied.build_known_problem
        return ProblemArrays.from_problem(build(point))


def open_settings(base: AnalysisBase, request: StudyRequest, points: FloatArray) -> Mapping[int, LeverSetting]:
    """Open the problem under each lever; raises as `LeverSetting.from_request`."""
    return {k: LeverSetting.from_request(base, request, k, points) for k in range(1 + len(request.levers))}


def _find_model(varied: VariedProblem, held: HeldDecisions) -> tuple[BoundModel | None, str]:
    try:
        model = BoundModel.from_problem(varied)
    except BoundsNotAffineError as error:
        return None, str(error)
    program = held.apply_to_program(model.program)
    blocks = [program.variables[name] for name in held.list_blocks()]
    if any(np.isin(model.columns, block.positions).any() for block in blocks):
        return None, "The factors move limits of decisions that are held."
    return replace(model, program=program), ""
