"""Search for remedies: the smallest changes that end or reduce one shortage, each with a reservation that keeps what it gives.

Let f(θ) be the optimum with θ more units of a limit, and g(θ) the optimum with the reservation (`reservations`) as well.

- `reserved`: the smallest θ with g(θ) ≤ f(0). The total objective does not get worse, but individual counties may gain or lose. As g
  is convex and piecewise linear, Newton steps find θ exactly; each step is one warm solve whose dual values give the slope. If no
  single limit suffices, the smallest amounts of several limits together do (`combined_limits`).
- `unreserved`: the smallest θ for which the unconstrained optimum already meets the target; at least the reserved amount.
  Doubling and bisection find θ to a relative width of 0.05.
- `reallocated`: no extra resources. The result includes the increase of the objective, g(0) − f(0), and who loses.

Where g(0) − f(0) is next to nothing, a limit would give next to nothing as well, so only the reallocation is offered.

With ordered goals, no goal may get worse. Newton steps are taken for each goal in order, with bounds on the earlier goals, from the θ
of the goal before.
"""

from dataclasses import replace
from functools import partial
from time import monotonic

from models.answers import NoRemedyReason, Remedies, Remedy
from solvers.errors import SensitivityUnavailableError
from solvers.sensitivity.remedies.candidate_context import CandidateChange
from solvers.sensitivity.remedies.combined_limits import ADDED_GOODS, find_combined_amounts
from solvers.sensitivity.remedies.hypothetical_offers import HypotheticalOffer, list_hypothetical_offers
from solvers.sensitivity.remedies.remedy_building import (
    LEAST_REDUCTION,
    TargetSearch,
    build_least_remedy,
    enlarge_bounds,
)
from solvers.sensitivity.remedies.required_amount import find_min_reserved_amount, find_min_unreserved_amount
from solvers.sensitivity.remedies.reservations import compute_past_shortage
from solvers.sensitivity.remedies.shortage_targets import (
    MAX_PLANNED_COLUMNS,
    ShortageTarget,
    find_shortage_target,
    list_target_candidates,
    open_target_session,
    plan_shortage,
)
from solvers.sensitivity.session import SensitivitySession
from solvers.sensitivity.shadow_prices import weigh_shortage_change

NEXT_TO_NOTHING = 0.01
"""A limit whose extra amount is worth less than this share of what its remedy serves gives next to nothing: others give the rest."""

LEAST_AMOUNT = 1e-9
"""A smaller amount, relative to 1 + the limit, is none."""

MARGIN = 1e-6
"""Relative margin of combined amounts that are too small by rounding errors."""

ORDER_DIGITS = 6
"""Decimal places of shares of the shortage by which remedies are ordered."""


def find_remedies(
    session: SensitivitySession,
    county: str,
    item: str,
    period: str,
    *,
    target_share: float = 0.5,
    max_candidates: int = 5,
    max_results: int | None = None,
    include_unreserved: bool = False,
    time_limit_seconds: float = 60.0,
    planned_shortage: float | None = None,
) -> Remedies:
    """Find remedies that leave at most `target_share` of the shortage of one item in one county and period.

    Limits with the largest value at their shadow price come first, then the opening stock, then hypothetical offers, then several
    limits together. The first remedy is the one that leaves least if nothing is reserved.

    Parameters
    ----------
    target_share
        Share of the shortage that may remain; 0 ends the shortage.
    max_candidates
        Maximum number of candidates, without the opening stock and offers.
    max_results
        Stop after this number of remedies with larger limits.
    include_unreserved
        Also find unreserved amounts.
    time_limit_seconds
        Limit of the search, including each solve.
    planned_shortage
        Units short in the finished plan. By default, small problems are planned, and the plan before rounding counts for larger ones.

    Raises
    ------
    KeyError
        The county, item or period is unknown.
    """
    deadline = monotonic() + time_limit_seconds
    if planned_shortage is None and session.lp.column_count <= MAX_PLANNED_COLUMNS:
        planned_shortage = plan_shortage(session.arrays.problem, (county, item, period), time_limit_seconds)
    shortage = find_shortage_target(session, county, item, period, target_share, planned_shortage)
    search = _Search(session, shortage, deadline, max_results, include_unreserved)
    search.run(max_candidates)
    return Remedies(
        county=county,
        item=item,
        period=period,
        shortage=shortage.shortage,
        target_shortage=shortage.target_shortage,
        remedies=tuple(sorted(search.found, key=partial(_order_remedy, shortage))),
        reason=search.explain_absence(),
        evaluated=search.evaluated,
        not_evaluated=search.not_evaluated,
    )


def _order_remedy(shortage: ShortageTarget, remedy: Remedy) -> tuple[float, float, bool, float]:
    """Order remedies by what they leave if nothing is reserved, then with the reservation, then by the smallest relative amount."""
    unreserved = remedy.shortage_if_not_reserved
    left = (shortage.relaxed_shortage if unreserved is None else unreserved, remedy.after)
    in_order = [round(units / shortage.shortage, ORDER_DIGITS) for units in left]
    return in_order[0], in_order[1], not remedy.limits, sum(limit.relative_amount for limit in remedy.limits)


class _Search:
    """A search for remedies in progress."""

    def __init__(
        self,
        session: SensitivitySession,
        shortage: ShortageTarget,
        deadline: float,
        max_results: int | None,
        include_unreserved: bool,
    ) -> None:
        self.session, self.shortage, self.deadline = session, shortage, deadline
        self.max_results, self.include_unreserved = max_results, include_unreserved
        self.found: list[Remedy] = []
        self.evaluated = self.not_evaluated = 0
        self.obstacle: NoRemedyReason | None = None

    def run(self, max_candidates: int) -> None:
        """Search in order: reallocation, single limits, offers of partners, and limits together."""
        self.obstacle = _find_early_obstacle(self.session, self.shortage)
        if self.obstacle is not None:
            return
        candidates = list_target_candidates(self.session, self.shortage, max_candidates)
        offers = list_hypothetical_offers(self.session.arrays.problem, self.shortage)
        self.not_evaluated = len(candidates) + len(offers)
        targeted = open_target_session(self.session, self.shortage)
        with targeted.set_time_limit(self.deadline - monotonic()):
            search = TargetSearch.from_session(targeted, self.shortage)
            if search.reallocation is not None:
                self._keep(build_least_remedy(search, (), "reallocated", search.reallocation))
                if not self.include_unreserved and _gives_next_to_nothing(search):
                    self._count(self.not_evaluated)
                    return
            for candidate in candidates:
                self._evaluate_in_time(search, candidate)
            for offer in offers:
                if not self._is_over():
                    self._evaluate_offer(offer)
            if not any(remedy.limits and remedy.rule not in ADDED_GOODS for remedy in self.found):
                self._combine_limits(search)

    def explain_absence(self) -> NoRemedyReason | None:
        """Return why there is no remedy; None if there is one."""
        if self.found:
            return None
        if self.obstacle in ("served", "past"):
            return self.obstacle
        if monotonic() >= self.deadline or self.not_evaluated:
            return "time"
        return self.obstacle or "whole_units"

    def _is_over(self) -> bool:
        enough = self.max_results is not None and sum(bool(r.limits) for r in self.found) >= self.max_results
        return enough or monotonic() >= self.deadline

    def _keep(self, remedy: Remedy | None) -> None:
        if remedy is not None:
            self.found.append(remedy)

    def _count(self, limits: int = 1) -> None:
        self.evaluated += limits
        self.not_evaluated -= limits

    def _evaluate_in_time(self, search: TargetSearch, candidate: CandidateChange) -> None:
        """Evaluate a candidate, unless there are enough remedies or the time is over."""
        if self._is_over():
            return
        before = len(self.found)
        self._evaluate_candidate(search, candidate)
        if len(self.found) > before or monotonic() < self.deadline:
            self._count()

    def _evaluate_candidate(self, search: TargetSearch, candidate: CandidateChange) -> None:
        reserved = find_min_reserved_amount(search.session, candidate, search.bounds, search.reallocation)
        if reserved is None or reserved[0] <= LEAST_AMOUNT * (1 + candidate.limit):
            return  # more of this limit is of no use, or reallocation meets the target without a loss
        if not _gives_next_to_nothing(search):
            amount, point = reserved
            self._keep(build_least_remedy(search, ((candidate, amount),), "reserved", point))
        if not self.include_unreserved:
            return
        unreserved = find_min_unreserved_amount(search.session, candidate, search.shortage, reserved[0])
        if unreserved is not None:
            amount, point = unreserved
            self._keep(build_least_remedy(search, ((candidate, amount),), "unreserved", point))

    def _evaluate_offer(self, offer: HypotheticalOffer) -> None:
        """Evaluate a hypothetical offer."""
        self._count()
        try:
            opened = offer.open_session(self.session)
        except SensitivityUnavailableError:
            return
        if opened is None:
            return
        session, candidate = opened
        codes = find_shortage_target(session, *self.shortage.location, 1.0)
        if codes.balance_row < 0 and self.shortage.relaxed_shortage > 0:
            return  # an alternative optimum without this shortage
        target = replace(self.shortage, balance_row=codes.balance_row, shortage_columns=codes.shortage_columns)
        session = open_target_session(session, target)
        with session.set_time_limit(self.deadline - monotonic()):
            self._evaluate_candidate(TargetSearch.from_session(session, target), candidate)

    def _combine_limits(self, search: TargetSearch) -> None:
        """Look for limits that suffice together, where none does alone."""
        if self._is_over():
            return
        combined = find_combined_amounts(search)
        self.obstacle = combined.obstacle
        for margin in (0.0, MARGIN) if combined.parts else ():
            parts = [(candidate, amount * (1 + margin)) for candidate, amount in combined.parts]
            point = search.solve_no_worse(enlarge_bounds(search.bounds, parts))
            if point is not None and point.objective <= search.session.goal_stages[-1].no_worse_bound:
                self._keep(build_least_remedy(search, parts, "reserved", point))
                return


def _find_early_obstacle(session: SensitivitySession, shortage: ShortageTarget) -> NoRemedyReason | None:
    """Return why no search is of use: nothing is short, or the shortage is past or a backlog of the past; None if it may be."""
    if shortage.codes[2] < session.arrays.past.period_count:
        return "past"
    if shortage.shortage <= 0:
        return "served"
    least = (1 - LEAST_REDUCTION) * shortage.shortage
    return "past" if compute_past_shortage(session.arrays, shortage.codes) > least else None


def _gives_next_to_nothing(search: TargetSearch) -> bool:
    """Return whether a limit would give next to nothing, because reallocation costs next to nothing; false with ordered goals."""
    session, point = search.session, search.reallocation
    if point is None or session.goal_stages[0].goal is not None:
        return False
    cost = point.objective - session.point.objective
    short = session.program.variables["short"]
    served = weigh_shortage_change(session, point.values - session.point.values)[1]
    return cost <= NEXT_TO_NOTHING * float(served[search.shortage.shortage_columns - short.start].sum())
