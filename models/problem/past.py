"""The past of a plan: periods that have been, with what happened in them; and the quotas of the plan before."""

from typing import Annotated

from pydantic import Field

from models.base import Amount, Frozen, Id, PerPeriod

Series = Annotated[tuple[Amount, ...], Field(min_length=1)]
"""One number for each past period, in order."""


class PastOutput(Frozen):
    """What a factory made of an item."""

    factory: Id
    """Factory."""
    item: Id
    """Item."""
    quantity: Series
    """Units made in each past period."""


class PastShipment(Frozen):
    """What moved over a link in one direction."""

    link: Id
    """Link."""
    to: Id
    """Place that it reached."""
    item: Id
    """Item."""
    quantity: Series
    """Units in each past period."""


class PastSupply(Frozen):
    """What else happened to an item at a place."""

    place: Id
    """County; or a station, which has neither stock nor shortage."""
    item: Id
    """Item."""
    central: Series
    """Units that the centre handed over there in each past period."""
    stock: Series
    """Units in store at the end of each past period."""
    shortage: Series
    """Units of the need that were not served in each past period."""


class PastSwap(Frozen):
    """What was swapped with a partner."""

    partner: Id
    """Partner."""
    item: Id
    """Item."""
    given: Series
    """Units given in each past period."""
    taken: Series
    """Units taken in each past period."""


class Past(Frozen):
    """What has happened in the first periods: it counts in every rule, but is not decided any more. What is not listed was zero."""

    periods: Annotated[tuple[Id, ...], Field(min_length=1)]
    """The past periods: the first ones of the problem, in order, at least one less than all."""
    outputs: tuple[PastOutput, ...] = ()
    """What was made."""
    shipments: tuple[PastShipment, ...] = ()
    """What moved."""
    supply: tuple[PastSupply, ...] = ()
    """What the centre handed over, what was kept, and what was short."""
    swaps: tuple[PastSwap, ...] = ()
    """What was swapped."""


class FormerQuota(Frozen):
    """What a factory was to make of an item in the plan before; the goal `quotas_close` keeps near it."""

    factory: Id
    """Factory."""
    item: Id
    """Item."""
    quantity: PerPeriod
    """Units per period."""
