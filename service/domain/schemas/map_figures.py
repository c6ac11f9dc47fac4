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


class PowerByArea(Frozen):
    """Prices of electricity by power area and period; one list for each column."""

    area: tuple[str, ...]
    """Identifiers of the power areas."""
    period: tuple[str, ...]
    """Identifiers of the periods."""
    price: tuple[float, ...]
    """Shadow price of one more kWh, in weighted won."""


class LinksByPeriod(Frozen):
    """What moves over links with a limit, by direction and period; one list for each column."""

    link: tuple[str, ...]
    """Identifiers of the links."""
    to: tuple[str, ...]
    """Identifiers of the places that get the goods."""
    period: tuple[str, ...]
    """Identifiers of the periods."""
    used: tuple[float, ...]
    """Tonnes that move."""
    limit: tuple[float, ...]
    """Tonnes that can move."""
    price: tuple[float, ...]
    """Shadow price of one more tonne, in weighted won."""


class MapFigures(Frozen):
    """What a map of a finished plan shows."""

    needs: NeedsByPlace
    """Needs by place and period."""
    swaps: SwapsByPartner
    """Swaps by partner and period."""
    power: PowerByArea
    """Prices of electricity by power area and period."""
    links: LinksByPeriod
    """What moves over links by direction and period."""
