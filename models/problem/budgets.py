"""Budgets: money for making, haulage, goods and materials of the centre, and swaps."""

from typing import Annotated, Literal

from pydantic import Field

from models.base import Amount, Flag, Frozen, Id, Label, Name, PerPeriod

BudgetCost = Literal["making", "haulage", "central", "materials", "swaps"]
"""A kind of spending that a budget can cover."""


class Budget(Frozen):
    """Money that may be spent in each period on some kinds of spending."""

    id: Id
    """Identifier, unique among budgets."""
    name: Name = ""
    """Name in English; Allot shows the identifier if empty."""
    local_name: Name = ""
    """Name in the region's own language."""
    won: PerPeriod
    """Money per period, in won."""
    carries_over: Flag = False
    """Whether money that is not spent remains for later periods."""
    covers: Annotated[tuple[BudgetCost, ...], Field(min_length=1)]
    """Kinds of spending. `making`: `cost_per_unit` of lines. `haulage`: `cost_per_tonne_km` and `cost_per_tonne` of links.
    `central`: goods from the centre. `materials`: materials from the centre. `swaps`: what partners give. Goods and
    materials cost their value times `price_factor`."""
    categories: Annotated[tuple[Label, ...], Field(min_length=1)] | None = None
    """Categories of the items made, carried, handed over or taken; all if absent."""
    partners: Annotated[tuple[Id, ...], Field(min_length=1)] | None = None
    """Partners whose swaps count; all if absent. Other kinds of spending have no partner."""
    price_factor: Amount = 1.0
    """Price as a multiple of the value, in won per won, for `central`, `materials` and `swaps`; 1 by default."""
