"""Context of one change: the selected parts, the new values and the findings."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import inf, isfinite
from typing import Any, TypeVar

from pydantic import BaseModel

from models.base import MAX_AMOUNT, expand_to_periods
from models.changes.change import Change
from models.problem.planning_problem import PlanningProblem
from models.validation.checks.context import format_name_list, quote_name, suggest_similar_names
from models.validation.finding import Finding
from models.validation.finding_codes import make_finding

Key = TypeVar("Key")
Part = TypeVar("Part", bound=BaseModel)
PerPeriodValue = float | tuple[float, ...]


@dataclass
class ChangeContext:
    """A change, the problem it applies to, and its findings."""

    problem: PlanningProblem
    """Problem before the change."""
    change: Change
    """Change to apply."""
    position: int
    """Position in the list of changes."""
    findings: list[Finding] = field(default_factory=list, init=False)
    """Findings about the change."""
    has_multiplied: bool = field(default=False, init=False)
    """Whether a factor multiplied a number other than 0."""
    period_positions: tuple[int, ...] = field(init=False)
    """Positions of the periods in which the change applies."""

    def __post_init__(self) -> None:
        """Resolve the periods, so that every change reports an unknown period."""
        self.period_positions = self._find_periods()

    @property
    def selector_names(self) -> tuple[str, ...]:
        """Names in `where`."""
        where = self.change.where
        return (where,) if isinstance(where, str) else where or ()

    def report_error(self, code: str, path: tuple[str | int, ...], message: str, remedy: str) -> None:
        """Add a finding at `path` within the change, once."""
        finding = make_finding(code, ("changes", self.position, *path), message, remedy)
        if all((other.path, other.code) != (finding.path, code) for other in self.findings):
            self.findings.append(finding)

    def select_keys(self, kinds: Sequence[Mapping[str, Collection[Key]]]) -> list[Key]:
        """Return the keys that `where` selects.

        `kinds` maps names to keys. Each name selects the keys of the first kind that contains it. Without `where`, the
        change selects all keys of the first kind.
        """
        if self.change.where is None:
            return list(dict.fromkeys(key for keys in kinds[0].values() for key in keys))
        chosen: dict[Key, None] = {}
        for position, name in enumerate(self.selector_names):
            keys = next((kind[name] for kind in kinds if name in kind), None)
            if keys is None:
                self.report_unknown_name(position, dict.fromkeys(known for kind in kinds for known in kind))
            chosen.update(dict.fromkeys(keys or ()))
        return list(chosen)

    def report_unknown_name(self, position: int, known: Collection[str]) -> None:
        """Add a finding that the name at `position` in `where` selects nothing, with suggestions.

        A factor on a part that exists and lacks the value has nothing to multiply, for every kind of change.
        """
        name = self.selector_names[position]
        path = ("where",) if isinstance(self.change.where, str) else ("where", position)
        possible = f"Possible names: {format_name_list(known, 12, 'and')}." if known else "Omit `where`."
        if self.change.factor is not None and self._is_part(name):
            message = f"{quote_name(name)} has no value of `{self.change.what}` that could be multiplied."
            self.report_error("nothing_to_multiply", path, message, possible)
            return
        message = f"{quote_name(name)} selects nothing for the change `{self.change.what}`."
        self.report_error("unknown_where", path, message, suggest_similar_names(name, known) or possible)

    def _is_part(self, name: str) -> bool:
        """Return whether the problem has a part of this name, or two parts of a name such as `county/item`."""
        names = self._part_names
        ends = (end for end, letter in enumerate(name) if letter == "/")
        return name in names or any(name[:end] in names and name[end + 1 :] in names for end in ends)

    @cached_property
    def _part_names(self) -> frozenset[str]:
        """Names of all parts of the problem that a change of some kind selects."""
        problem = self.problem
        parts = (
            problem.counties, problem.stations, problem.items, problem.factories,
            problem.links, problem.partners, problem.power_areas, problem.budgets, problem.requirements,
        )  # fmt: skip
        names = {part.id for kind in parts for part in kind}
        names.update(item.category for item in problem.items)
        names.update(group for county in problem.counties for group in county.population)
        names.update(group for need in problem.needs for group in need.norms)
        names.update(group for factory in problem.factories for group in factory.machines)
        return frozenset(names)

    def _find_periods(self) -> tuple[int, ...]:
        known = {period: t for t, period in enumerate(self.problem.periods)}
        if self.change.periods is None:
            return tuple(known.values())
        for position, period in enumerate(self.change.periods):
            if period not in known:
                remedy = (
                    suggest_similar_names(period, known) or f"The periods are {format_name_list(known, 12, 'and')}."
                )
                self.report_error(
                    "unknown_period", ("periods", position), f"The problem has no period {quote_name(period)}.", remedy
                )
        return tuple(dict.fromkeys(known[period] for period in self.change.periods if period in known))

    @cached_property
    def replacement_values(self) -> tuple[float, ...]:
        """`value` in each of `periods`; a list must have the same length."""
        value = self.change.value if self.change.value is not None else 0.0
        if isinstance(value, tuple) and len(value) != len(self.period_positions):
            message = (
                f"The list has {len(value)} numbers, but the change applies to {len(self.period_positions)} periods."
            )
            self.report_error(
                "wrong_length",
                ("value",),
                message,
                f"Give {len(self.period_positions)} numbers, or a single number for all periods.",
            )
            return (0.0,) * len(self.period_positions)
        return expand_to_periods(value, len(self.period_positions))

    def change_number(self, old: float, maximum: float = MAX_AMOUNT) -> float:
        """Return the new value of a number for the whole plan."""
        if self.change.periods is not None or isinstance(self.change.value, tuple):
            path = ("periods",) if self.change.periods is not None else ("value",)
            message = f"`{self.change.what}` is one number for the whole plan and cannot differ by period."
            self.report_error("not_by_period", path, message, "Omit `periods`, and give one number.")
            return old
        self._note_multiplied(old)
        value = self.change.value if self.change.factor is None else old * self.change.factor
        return self._check_maximum(value if isinstance(value, int | float) else old, old, maximum)

    def change_series(self, old: PerPeriodValue, maximum: float = MAX_AMOUNT) -> PerPeriodValue:
        """Return the new value of a number that may differ by period; infinite values are limits that are absent."""
        values = list(expand_to_periods(old, len(self.problem.periods)))
        self._note_multiplied(*(values[t] for t in self.period_positions))
        if self.change.periods is None and self.change.factor is not None and not isinstance(old, tuple):
            return self._check_maximum(old * self.change.factor, old, maximum)
        if self.change.periods is None and isinstance(self.change.value, int | float):
            return self._check_maximum(self.change.value, 0.0, maximum)
        for k, t in enumerate(self.period_positions):
            if self.change.factor is not None and values[t] == inf:
                continue  # a period without a limit stays so
            new = self.replacement_values[k] if self.change.factor is None else values[t] * self.change.factor
            values[t] = self._check_maximum(new, values[t], maximum)
        return tuple(values)

    def change_limits(
        self, old: Mapping[Key, PerPeriodValue | None], name: str, *, allows_open_periods: bool = False
    ) -> dict[Key, PerPeriodValue | None]:
        """Return the new values of limits, some of which may be absent (no limit).

        A factor leaves an absent limit absent. A finding is added if all limits are absent, or if some periods would
        remain without a limit and `allows_open_periods` is false. `name` describes the limited quantity.
        """
        self.report_nothing_to_multiply(old, name)
        return {key: self._change_limit(value, name, allows_open_periods) for key, value in old.items()}

    def report_nothing_to_multiply(self, old: Mapping[Key, PerPeriodValue | None], name: str) -> None:
        """Add a finding if a factor selects no existing limit; `name` describes the limited quantity."""
        if self.change.factor is not None and old and all(value is None for value in old.values()):
            message = f"The selected parts have no limit on {name}, so there is no value to multiply."
            self.report_error(
                "nothing_to_multiply", ("factor",), message, "Set a limit with `value`, or select other parts."
            )

    def report_nothing_multiplied(self) -> None:
        """Add a finding if a factor multiplied nothing but zeros, or nothing at all; for changes without other findings."""
        if self.change.factor is not None and not self.findings and not self.has_multiplied:
            message = f"What `{self.change.what}` selects is absent or 0, so there is no value to multiply."
            self.report_error(
                "nothing_to_multiply", ("factor",), message, "Set it with `value`, or select other parts."
            )

    def _note_multiplied(self, *old: float) -> None:
        if self.change.factor is not None and any(value and value < inf for value in old):
            self.has_multiplied = True

    def _change_limit(self, old: PerPeriodValue | None, name: str, allows_open_periods: bool) -> PerPeriodValue | None:
        if old is not None:
            return self.change_series(old)
        if self.change.factor is not None:
            return None
        if len(self.period_positions) < len(self.problem.periods):
            if allows_open_periods:
                return self.change_series((inf,) * len(self.problem.periods))
            message = f"There is no limit on {name}, so the periods outside the change would remain without a limit."
            self.report_error(
                "needs_all_periods",
                ("periods",),
                message,
                "Omit `periods`, and give a list with one number per period.",
            )
            return None
        return self.change_series(0.0)

    def _check_maximum(self, new: float, old: float, maximum: float) -> float:
        """Return `new`, or add a finding and return `old` if `new` exceeds `maximum`."""
        if isfinite(new) and new <= maximum:
            return new
        path = "value" if self.change.factor is None else "factor"
        message = f"`{self.change.what}` would become {new:g}, which exceeds {maximum:g}."
        self.report_error("changed_out_of_range", (path,), message, f"Choose a smaller {path}.")
        return old


def replace_fields(parts: tuple[Part, ...], updates: Mapping[int, Mapping[str, Any]]) -> tuple[Part, ...]:
    """Replace fields of the parts at some positions; the other parts are shared."""
    return tuple(part.model_copy(update=updates[k]) if k in updates else part for k, part in enumerate(parts))


def group_by_name(pairs: Iterator[tuple[str, Key]]) -> dict[str, list[Key]]:
    """Group keys by name."""
    groups: dict[str, list[Key]] = {}
    for name, key in pairs:
        groups.setdefault(name, []).append(key)
    return groups
