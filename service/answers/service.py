"""Answers from stored plans: each opens the plan on its stored basis, asks, and lets go of it."""

from collections.abc import Iterator
from contextlib import contextmanager

from models.answers import Curve, Prices, Reasons, Remedies
from models.comparisons import Comparison, Evenness
from models.estimates import Estimate
from models.parsing import parse_problem
from models.problem import PlanningProblem
from service.access import Principal, require_plan
from service.answers.schemas import CompareBody, CurveBody, DiagnosisView, GoalsView, Grid, GridBody, WhatIfBody
from service.errors import Conflict, Missing
from service.storage import PlanRecord, Store
from solvers import answers
from solvers.answers import By, NothingToAsk, Standing
from solvers.solution import Basis


class Answers:
    """Answers about the plans of one service. Everything here takes a while: call it in a thread.

    Raises NotFound for plans that are not there, Conflict for plans without prices, Missing for places, items and periods that
    a plan does not have.
    """

    def __init__(self, store: Store) -> None:
        """Use a store."""
        self._store = store

    def prices(self, plan: str, leading: int, most: int) -> Prices:
        """Prices of limits and goods."""
        with _asking():
            return answers.prices(self._open(plan), leading=leading, most=most)

    def why(self, plan: str, by: By, most: int, **chosen: str | None) -> Reasons:
        """Reasons, rolled up."""
        with _asking():
            return answers.reasons(self._open(plan), by, most=most, **chosen)

    def remedies(self, plan: str, where: tuple[str, str, str], left: float, most: int, *, free: bool) -> Remedies:
        """Verified remedies of one shortage."""
        with _asking():
            return answers.remedies(self._open(plan), *where, left=left, most=most, free=free)

    def evenness(self, plan: str) -> Evenness:
        """How scarcity is shared out."""
        with _asking():
            return answers.evenness(self._open(plan))

    def goals(self, plan: str) -> GoalsView:
        """What goals gave up for each other."""
        record, problem, _ = self._stored(plan)
        with _asking():
            return GoalsView(goals=answers.goal_prices(problem, record.options))

    def diagnosis(self, plan: str) -> DiagnosisView:
        """Why a plan is infeasible."""
        record, _, _ = self._stored(plan)
        return DiagnosisView(diagnosis=record.head.diagnosis if record.head else None)

    def compare(self, plan: str, body: CompareBody, principal: Principal) -> Comparison:
        """A plan beside another that the principal may read (else NotFound, Barred), or beside itself with changes."""
        with _asking():
            standing = self._open(plan)
            before = standing.index.problem
            if body.plan is None:
                return answers.compare(standing, answers.by_changes(before, body.changes))
            with self._store.read() as transaction:
                require_plan(transaction, principal, "read", body.plan)
            return answers.compare(standing, answers.by_parts(before, self._stored(body.plan)[1]))

    def what_if(self, plan: str, body: WhatIfBody) -> Comparison:
        """A plan with changes, made in one step from its basis."""
        with _asking():
            standing = self._open(plan)
            steps = answers.by_changes(standing.index.problem, body.changes)
            return answers.compare(standing, (("the changes", steps[-1][1]),))

    def estimate(self, plan: str, body: WhatIfBody) -> Estimate:
        """What a plan's prices foretell of changes."""
        with _asking():
            standing = self._open(plan)
            return answers.estimate(standing, answers.by_changes(standing.index.problem, body.changes)[-1][1])

    def curve(self, plan: str, body: CurveBody) -> Curve:
        """A plan as one thing is varied."""
        with _asking():
            return answers.curve(self._open(plan), body.change, body.start, body.end, most=body.most)

    def grid(self, plan: str, body: GridBody) -> Grid:
        """A plan as two things are varied."""
        first, second = body.first, body.second
        with _asking():
            cells = answers.grid(self._open(plan), (first.change, first.at), (second.change, second.at))
        return Grid(cells=cells)

    def _open(self, plan: str) -> Standing:
        record, problem, basis = self._stored(plan)
        if record.outcome != "optimal":
            raise Conflict(f"The plan finished as {record.outcome}, so nothing has a price; see its diagnosis.")
        return Standing.of(problem, basis, record.options)

    def _stored(self, plan: str) -> tuple[PlanRecord, PlanningProblem, Basis | None]:
        with self._store.read() as transaction:
            record = transaction.plans.get(plan)
            if record.state != "finished":
                raise Conflict(f"The plan is {record.state}; it can be asked when it is finished.")
            problem = transaction.problems.stored(record.problem_digest).json()
            return record, parse_problem(problem), transaction.plans.basis(plan)


@contextmanager
def _asking() -> Iterator[None]:
    """Turn what the mathematics cannot answer into refusals."""
    try:
        yield
    except NothingToAsk as error:
        raise Conflict(f"{error}.") from error
    except KeyError as error:
        raise Missing(f"{error.args[0]}.") from error
