"""An extra swap: a partner gives, in one period, an item that it does not give then.

The program has no column for it, so the problem is opened once more with one, held at nothing: the same plans at the same worth, from
the plan's own basis. There it is a lever like any other, whose change states the offer.
"""

from dataclasses import dataclass

import numpy as np

from models.base import expand_to_periods
from models.changes.apply import apply_changes
from models.changes.change import Change
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import InvalidProblemError
from solvers.algorithms.pipeline import build_plan_program, is_multi_stage
from solvers.algorithms.warm_start import WarmStart
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray, IntArray, Program, replace_column_bounds
from solvers.sensitivity.remedies.candidate_changes import CandidateChange
from solvers.sensitivity.remedies.shortage_targets import ShortageTarget
from solvers.sensitivity.session import SensitivitySession

MAX_PARTNERS = 3
"""Partners that are tried for one need."""


@dataclass(frozen=True, slots=True)
class HypotheticalOffer:
    """A partner that might give an item in one period, though it does not now."""

    partner: str
    """The partner."""
    item: str
    """The item."""
    period: str
    """The period."""

    def open_session(self, session: SensitivitySession) -> tuple[SensitivitySession, CandidateChange] | None:
        """The plan with a place for the offer, and the lever that raises it; None where it could not be given or brought anywhere.

        Raises NothingToAsk where the plan is not found again.
        """
        try:
            problem = apply_changes(session.arrays.problem, (self._build_change(1.0),))
        except InvalidProblemError:
            return None
        arrays = ProblemArrays.from_problem(problem)
        program = build_plan_program(arrays)
        at = self._find_offer_column(program)
        if at is None or session.point.basis is None:
            return None
        closed = replace_column_bounds(program, at, np.zeros(1), np.zeros(1))
        other = _open_extended_program(arrays, closed, WarmStart.from_program(session.program, session.point.basis))
        return other, self._build_candidate(other, at)

    def _build_candidate(self, session: SensitivitySession, at: IntArray) -> CandidateChange:
        item = session.arrays.labels["item"].index(self.item)
        unit = session.arrays.problem.items[item].unit
        name = {"rule": "offers", "id": self.partner, "part": self.item, "period": self.period, "unit": unit}

        def make_changes(amount: float, _: FloatArray) -> tuple[Change, ...]:
            return (self._build_change(amount),)

        return CandidateChange(name, (("column_upper", at, np.ones(1)),), 0.0, make_changes)

    def _build_change(self, amount: float) -> Change:
        where = f"{self.partner}/{self.item}"
        return Change(what="partner_offers", where=where, periods=(self.period,), value=amount)

    def _find_offer_column(self, program: Program) -> IntArray | None:
        take = program.variables.get("take")
        if take is None:
            return None
        codes = {
            axis: program.labels[axis].index(label)
            for axis, label in (("partner", self.partner), ("item", self.item), ("period", self.period))
        }
        mine = np.logical_and.reduce([take.axes[axis] == code for axis, code in codes.items()])
        return np.asarray(take.start + np.flatnonzero(mine)) if mine.any() else None


def list_hypothetical_offers(problem: PlanningProblem, need: ShortageTarget) -> tuple[HypotheticalOffer, ...]:
    """Offers that might be made for a need: by partners that do not give its item in its period; at most three."""
    _, item, period = need.where
    t = problem.periods.index(period)
    found = [
        HypotheticalOffer(partner.id, item, period)
        for partner in problem.partners
        if expand_to_periods(partner.offers.get(item, 0.0), len(problem.periods))[t] <= 0
    ]
    return tuple(found[:MAX_PARTNERS])


def _open_extended_program(arrays: ProblemArrays, program: Program, near: WarmStart) -> SensitivitySession:
    if is_multi_stage(arrays.problem):
        return SensitivitySession.from_problem(arrays.problem, start=near, program=program)
    return SensitivitySession.from_basis(arrays, program, near.map_basis_to(program))
