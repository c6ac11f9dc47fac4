"""The past of a plan: periods that are over, with their events, and quotas of the former plan."""

from typing import Annotated

from pydantic import Field

from models.base import Amount, Frozen, Id, OptionalLabel, PerPeriod

Series = Annotated[tuple[Amount, ...], Field(min_length=1)]
"""One number for each past period, in order."""


class PastOutput(Frozen):
    """Past output of a line."""

    factory: Id
    """Identifier of the factory."""
    item: Id
    """Identifier of the item."""
    recipe: OptionalLabel = ""
    """Label of the recipe; empty for the line without one."""
    quantity: Series
    """Units made in each past period."""


class PastShipment(Frozen):
    """Past shipments over a link in one direction."""

    link: Id
    """Identifier of the link."""
    to: Id
    """Place of arrival."""
    item: Id
    """Identifier of the item."""
    quantity: Series
    """Units shipped in each past period."""


class PastSupply(Frozen):
    """Past central supply, stock and shortage of an item at a place."""

    place: Id
    """County, or a station; a station has neither stock nor shortage."""
    item: Id
    """Identifier of the item."""
    central: Series
    """Units handed over by the centre at the place in each past period."""
    stock: Series
    """Units in store at the end of each past period."""
    shortage: Series
    """Units of the need not served in each past period."""
    extra: tuple[Amount, ...] = ()
    """Units handed out beyond the need of the item in each past period, to meet requirements; none if absent."""


class PastSwap(Frozen):
    """Past swaps with a partner."""

    partner: Id
    """Identifier of the partner."""
    item: Id
    """Identifier of the item."""
    given: Series
    """Units given in each past period."""
    taken: Series
    """Units taken in each past period."""


class Past(Frozen):
    """Events of the past periods.

    Past values are fixed, but they count in every constraint. Anything not listed was 0.
    """

    periods: Annotated[tuple[Id, ...], Field(min_length=1)]
    """Past periods: the first periods of the problem, in order. At least one period must remain to plan."""
    outputs: tuple[PastOutput, ...] = ()
    """Past output of factories."""
    shipments: tuple[PastShipment, ...] = ()
    """Past shipments over links."""
    supply: tuple[PastSupply, ...] = ()
    """Past central supply, stock and shortages."""
    swaps: tuple[PastSwap, ...] = ()
    """Past swaps with partners."""


class FormerQuota(Frozen):
    """Quota of a line in the former plan; the goal `quotas_close` minimises the distance to it."""

    factory: Id
    """Identifier of the factory."""
    item: Id
    """Identifier of the item."""
    recipe: OptionalLabel = ""
    """Label of the recipe; empty for the line without one."""
    quantity: PerPeriod
    """Units per period."""
