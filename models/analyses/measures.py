"""Measures of a plan: what studies record of each run, and of what ranges state the least and greatest value."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from models.base import Frozen, Id, Label, Share
from models.problem.items import Priority
from models.problem.policy import NeedSelection
from models.rule_mistakes import RuleMistake, raise_mistakes

OutcomeName = Literal["objective", "served_share", "periods_below", "power_used", "shadow_price"]
"""Outcomes of a run that a study can record."""


class LimitSelection(Frozen):
    """A selection of one limit, with the keys of the tables `capacity` and `power`."""

    rule: Id
    """Name of the constraint in the formulation, such as `power`."""
    id: str = ""
    """Identifier of what is limited; the sum over all if empty."""
    part: str = ""
    """Machine group, direction, item, or empty."""
    period: str = ""
    """Period; the mean over all periods if empty."""


class OutcomeMeasure(Frozen):
    """One outcome of every run of a study. `objective` and `served_share` of all needs are recorded in any case."""

    outcome: OutcomeName
    """`objective`: weighted shortage and costs in won, before rounding. `served_share`: served share of the selected
    needs, by value. `periods_below`: number of periods whose served share of the selected needs is below `below`.
    `power_used`: electricity used, in kWh. `shadow_price`: objective saved by one more unit of a limit, in won."""
    of: NeedSelection | None = None
    """Needs that count, for `served_share` and `periods_below`; all needs if absent."""
    limit: LimitSelection | None = None
    """Limit, for `shadow_price`."""
    below: Share | None = None
    """Served share below which a period counts, for `periods_below`."""

    @model_validator(mode="after")
    def _fits_the_outcome(self) -> Self:
        raise_mistakes(self._find_misfits())
        return self

    def _find_misfits(self) -> Iterator[RuleMistake]:
        for field, outcome in (("limit", "shadow_price"), ("below", "periods_below")):
            is_stated = getattr(self, field) is not None
            if self.outcome == outcome and not is_stated:
                yield RuleMistake((), "invalid", f"The outcome `{outcome}` needs `{field}`.", f"Add `{field}`.")
            elif is_stated and self.outcome != outcome:
                yield _build_misfit(field, f"`{self.outcome}`", f"`{outcome}`")
        if self.of is not None and self.outcome not in ("served_share", "periods_below"):
            yield _build_misfit("of", f"`{self.outcome}`", "`served_share` and `periods_below`")

    @property
    def label(self) -> str:
        """Name of the outcome, which is its column in the table `runs`, such as `served_share of county hyesan`."""
        if self.limit is not None:
            parts = [part for part in (self.limit.rule, self.limit.id, self.limit.part, self.limit.period) if part]
            return f"shadow_price of {'/'.join(parts)}"
        below = "" if self.below is None else f" {self.below:g}"
        return f"{self.outcome}{below}" if self.of is None else f"{self.outcome}{below} of {self.of}"


def _build_misfit(field: str, outcome: str, owners: str) -> RuleMistake:
    message, remedy = f"`{field}` has no meaning for the outcome {outcome}.", f"Remove `{field}`, or choose {owners}."
    return RuleMistake((field,), "invalid", message, remedy)


RangeMeasureName = Literal["served_share", "made", "shipped", "taken", "given", "stock", "power_used"]
"""Measures whose range can be asked for."""


class RangeSelection(Frozen):
    """A selection of what a measure of a range adds up. An absent list selects everything; lists must all be met."""

    priority: Annotated[tuple[Priority, ...], Field(min_length=1)] | None = None
    """Priorities of items: 1, 2 or 3; not for `power_used`."""
    category: Annotated[tuple[Label, ...], Field(min_length=1)] | None = None
    """Categories of items; not for `power_used`."""
    item: Annotated[tuple[Id, ...], Field(min_length=1)] | None = None
    """Identifiers of items, for `served_share` also of requirements; not for `power_used`."""
    county: Annotated[tuple[Id, ...], Field(min_length=1)] | None = None
    """Identifiers of counties: where needs are, goods are stored or change hands, or factories stand; not for `shipped`."""
    factory: Annotated[tuple[Id, ...], Field(min_length=1)] | None = None
    """Identifiers of factories, for `made` and `power_used`."""
    link: Annotated[tuple[Id, ...], Field(min_length=1)] | None = None
    """Identifiers of links, for `shipped`."""
    partner: Annotated[tuple[Id, ...], Field(min_length=1)] | None = None
    """Identifiers of partners, for `taken` and `given`."""
    area: Annotated[tuple[Id, ...], Field(min_length=1)] | None = None
    """Identifiers of power areas, for `power_used`."""
    period: Annotated[tuple[Id, ...], Field(min_length=1)] | None = None
    """Identifiers of periods."""


_ITEM_LISTS = ("priority", "category", "item")

SELECTION_LISTS: Mapping[RangeMeasureName, tuple[str, ...]] = {
    "served_share": (*_ITEM_LISTS, "county", "period"),
    "made": (*_ITEM_LISTS, "county", "factory", "period"),
    "shipped": (*_ITEM_LISTS, "link", "period"),
    "taken": (*_ITEM_LISTS, "county", "partner", "period"),
    "given": (*_ITEM_LISTS, "county", "partner", "period"),
    "stock": (*_ITEM_LISTS, "county", "period"),
    "power_used": ("county", "factory", "area", "period"),
}
"""Lists of `RangeSelection` that each measure takes."""


class RangeMeasure(Frozen):
    """One measure of a plan, linear in its quantities."""

    measure: RangeMeasureName
    """`served_share`: served share of the selected needs, by value. `made`: goods made by factories. `shipped`: tonnes
    over links. `taken`, `given`: goods swapped. `stock`: goods in store, summed over the ends of periods. `power_used`:
    metered electricity in kWh; with counties or factories, that of factories only. Goods are in units of the item where one
    item is selected, and in won by value otherwise."""
    of: RangeSelection | None = None
    """What is added up; everything if absent."""

    @model_validator(mode="after")
    def _selection_fits(self) -> Self:
        stated = {} if self.of is None else self.of.model_dump(exclude_none=True)
        unfit = [name for name in stated if name not in SELECTION_LISTS[self.measure]]
        known = ", ".join(f"`{name}`" for name in SELECTION_LISTS[self.measure])
        raise_mistakes(
            RuleMistake(("of", name), "invalid", f"`{self.measure}` takes no list `{name}`.", f"Use {known}.")
            for name in unfit
        )
        return self

    @property
    def label(self) -> str:
        """Name of the measure for people, such as `served_share of county hyesan`."""
        if self.of is None:
            return self.measure
        stated = {name: values for name, values in self.of.model_dump().items() if values is not None}
        return f"{self.measure} of " + ", ".join(f"{name} {' or '.join(map(str, v))}" for name, v in stated.items())
