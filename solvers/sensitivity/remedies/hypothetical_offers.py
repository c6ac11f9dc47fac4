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
from solvers.algorithms.pipeline import in_turns, program_of
from solvers.algorithms.variants import with_column_bounds
from solvers.algorithms.warm_start import WarmStart
from solvers.data.problem_arrays import ProblemIndex
from solvers.lp.linear_program import FloatArray, IntArray, Program
from solvers.sensitivity.remedies.candidate_changes import Lever
from solvers.sensitivity.remedies.shortage_targets import Need
from solvers.sensitivity.session import Standing

PARTNERS = 3
"""Partners that are tried for one need."""


@dataclass(frozen=True, slots=True)
class ExtraOffer:
    """A partner that might give an item in one period, though it does not now."""

    partner: str
    """The partner."""
    item: str
    """The item."""
    period: str
    """The period."""

    def opened(self, standing: Standing) -> tuple[Standing, Lever] | None:
        """The plan with a place for the offer, and the lever that raises it; None where it could not be given or brought anywhere.

        Raises NothingToAsk where the plan is not found again.
        """
        try:
            problem = apply_changes(standing.index.problem, (self._change(1.0),))
        except InvalidProblemError:
            return None
        index = ProblemIndex.of(problem)
        program = program_of(index)
        at = self._column(program)
        if at is None or standing.point.basis is None:
            return None
        closed = with_column_bounds(program, at, np.zeros(1), np.zeros(1))
        other = _open(index, closed, WarmStart.of(standing.program, standing.point.basis))
        return other, self._lever(other, at)

    def _lever(self, standing: Standing, at: IntArray) -> Lever:
        item = standing.index.labels["item"].index(self.item)
        unit = standing.index.problem.items[item].unit
        name = {"rule": "offers", "id": self.partner, "part": self.item, "period": self.period, "unit": unit}

        def makes(amount: float, _: FloatArray) -> tuple[Change, ...]:
            return (self._change(amount),)

        return Lever(name, (("column_upper", at, np.ones(1)),), 0.0, makes)

    def _change(self, amount: float) -> Change:
        where = f"{self.partner}/{self.item}"
        return Change(what="partner_offers", where=where, periods=(self.period,), value=amount)

    def _column(self, program: Program) -> IntArray | None:
        take = program.decisions.get("take")
        if take is None:
            return None
        codes = {
            axis: program.labels[axis].index(label)
            for axis, label in (("partner", self.partner), ("item", self.item), ("period", self.period))
        }
        mine = np.logical_and.reduce([take.axes[axis] == code for axis, code in codes.items()])
        return np.asarray(take.start + np.flatnonzero(mine)) if mine.any() else None


def extra_offers(problem: PlanningProblem, need: Need) -> tuple[ExtraOffer, ...]:
    """Offers that might be made for a need: by partners that do not give its item in its period; at most three."""
    _, item, period = need.where
    t = problem.periods.index(period)
    found = [
        ExtraOffer(partner.id, item, period)
        for partner in problem.partners
        if expand_to_periods(partner.offers.get(item, 0.0), len(problem.periods))[t] <= 0
    ]
    return tuple(found[:PARTNERS])


def _open(index: ProblemIndex, program: Program, near: WarmStart) -> Standing:
    if in_turns(index.problem):
        return Standing.of(index.problem, start=near, program=program)
    return Standing.at(index, program, near.fit(program))
