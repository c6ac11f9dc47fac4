"""Hypothetical offers: a partner offers an item in a period without a current offer (column generation candidate).

The program has no variable for the offer. The problem is opened with such a variable fixed at 0, which keeps the optimum and the basis.
The upper bound of the variable is then a candidate like any other, and its change states the offer.
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
from solvers.sensitivity.remedies.candidate_context import CandidateChange
from solvers.sensitivity.remedies.shortage_targets import ShortageTarget, list_supplying_items
from solvers.sensitivity.session import SensitivitySession

MAX_OFFERING_PARTNERS = 3
"""Maximum number of partners tried for one shortage."""


@dataclass(frozen=True, slots=True)
class HypotheticalOffer:
    """A possible offer of an item by a partner in one period."""

    partner: str
    """Partner."""
    item: str
    """Item."""
    period: str
    """Period."""

    def open_session(self, session: SensitivitySession) -> tuple[SensitivitySession, CandidateChange] | None:
        """Open a session with a variable for the offer and return its candidate; None if the offer is invalid or useless.

        Raises
        ------
        SensitivityUnavailableError
            No optimum was found.
        """
        try:
            problem = apply_changes(session.arrays.problem, (self._build_change(1.0),))
        except InvalidProblemError:
            return None
        arrays = ProblemArrays.from_problem(problem)
        program = build_plan_program(arrays)
        columns = self._find_offer_columns(program)
        if columns is None or session.point.basis is None:
            return None
        fixed = replace_column_bounds(program, columns, np.zeros(1), np.zeros(1))
        opened = _open_extended_program(arrays, fixed, WarmStart.from_program(session.program, session.point.basis))
        return opened, self._build_candidate(opened, columns)

    def _build_candidate(self, session: SensitivitySession, columns: IntArray) -> CandidateChange:
        item = session.arrays.labels["item"].index(self.item)
        unit = session.arrays.problem.needs[item].unit
        name = {"rule": "offers", "id": self.partner, "part": self.item, "period": self.period, "unit": unit}

        def make_changes(amount: float, _: FloatArray) -> tuple[Change, ...]:
            return (self._build_change(amount),)

        return CandidateChange(name, (("column_upper", columns, np.ones(1)),), 0.0, make_changes)

    def _build_change(self, amount: float) -> Change:
        where = f"{self.partner}/{self.item}"
        return Change(what="partner_offers", where=where, periods=(self.period,), value=amount)

    def _find_offer_columns(self, program: Program) -> IntArray | None:
        take = program.variables.get("take")
        if take is None:
            return None
        codes = {
            axis: program.labels[axis].index(label)
            for axis, label in (("partner", self.partner), ("item", self.item), ("period", self.period))
        }
        is_match = np.logical_and.reduce([take.axes[axis] == code for axis, code in codes.items()])
        return np.asarray(take.start + np.flatnonzero(is_match)) if is_match.any() else None


def list_hypothetical_offers(problem: PlanningProblem, shortage: ShortageTarget) -> tuple[HypotheticalOffer, ...]:
    """List possible offers of items that serve a shortage, by partners without such an offer in the period; at most MAX_OFFERING_PARTNERS."""
    _, item, period = shortage.location
    t = problem.periods.index(period)
    found = [
        HypotheticalOffer(partner.id, name, period)
        for name in list_supplying_items(problem, item)
        for partner in problem.partners
        if expand_to_periods(partner.offers.get(name, 0.0), len(problem.periods))[t] <= 0
    ]
    return tuple(found[:MAX_OFFERING_PARTNERS])


def _open_extended_program(arrays: ProblemArrays, program: Program, start: WarmStart) -> SensitivitySession:
    if is_multi_stage(arrays.problem):
        return SensitivitySession.from_problem(arrays.problem, warm_start=start, program=program)
    return SensitivitySession.from_basis(arrays, program, start.map_basis_to(program))
