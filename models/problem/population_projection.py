"""How the heads of the plan's year follow from a census."""

from typing import Annotated, Literal

from pydantic import Field

from models.base import Amount, ByLabel, Frozen, Label, Share
from models.problem.population import Age

Year = Annotated[float, Field(ge=0, le=10_000, strict=True, allow_inf_nan=False)]
"""A point in time in years, such as 2008.75 for 1 October 2008."""


class AgeRates(Frozen):
    """Births and survival of the people of five years of age."""

    age: Age
    """First age: 0, 5, 10 and so on, as in the age tables."""
    births_per_woman: Amount = 0.0
    """Births per woman and year; 0 by default."""
    women_survive: Share = 1.0
    """Share of the women and girls alive five years later; 1 by default."""
    men_survive: Share = 1.0
    """Share of the men and boys alive five years later; 1 by default."""


class AgeGroup(Frozen):
    """A population group defined by age and sex."""

    sex: Literal["women", "men"] | None = None
    """`women` or `men`; both if absent."""
    from_age: Age = 0
    """First age in the group; 0 by default."""
    below_age: Age | None = None
    """First age above the group; no upper limit if absent."""
    per_head: Amount = 1.0
    """Heads of the group per person of these ages, such as 0.252 for households; 1 by default."""


class PopulationProjection(Frozen):
    """Years, errors and rates of the projection of a census to the plan's year."""

    census_year: Year | None = None
    """Point in time of the census, in years; required where a county states `census` or `ages`."""
    plan_year: Year | None = None
    """Point in time of the projected heads, in years, such as the middle of the plan; required as `census_year` is."""
    error: Share = 0.0
    """Error of the census, as ± share of the heads counted; 0 by default."""
    error_per_year: Share = 0.0
    """Error of the projection per year between census and plan, as ± share of the heads; 0 by default."""
    boys_per_girl: Amount = 1.05
    """Boys born per girl; 1.05 by default."""
    newborn_survival: Share = 1.0
    """Share of the children born within five years who are alive at their end; 1 by default."""
    rates: tuple[AgeRates, ...] = ()
    """Births and survival by five-year age; required where a county states `ages`."""
    groups: ByLabel[Label, AgeGroup] = {}
    """Population groups by age and sex; required where a county states `ages`."""
