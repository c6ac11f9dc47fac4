"""Schemas of the figures of a map of a plan."""

from models.base import Frozen


class NeedsByPlace(Frozen):
    """Needs of all goods and requirements by place and period, in won; one list for each column.

    Places are counties and the stations at which goods arrive. A good without a value counts 1 won per unit.
    """

    place: tuple[str, ...]
    """Identifiers of the places."""
    period: tuple[str, ...]
    """Identifiers of the periods."""
    demand: tuple[float, ...]
    """Value of the demand of the period, without the backlog of the period before."""
    served: tuple[float, ...]
    """Value of what is served, also of the backlog."""
    shortage: tuple[float, ...]
    """Value of demand and backlog that are not served."""
    central: tuple[float, ...]
    """Value of what the centre delivers there."""


class SwapsByPartner(Frozen):
    """Swaps by partner and period, in won; one list for each column. An item without a value counts 1 won per unit."""

    partner: tuple[str, ...]
    """Identifiers of the partners."""
    period: tuple[str, ...]
    """Identifiers of the periods."""
    given: tuple[float, ...]
    """Value of what is given."""
    taken: tuple[float, ...]
    """Value of what is taken."""


class MapFigures(Frozen):
    """What a map of a finished plan shows of all goods together."""

    needs: NeedsByPlace
    """Needs by place and period."""
    swaps: SwapsByPartner
    """Swaps by partner and period."""
