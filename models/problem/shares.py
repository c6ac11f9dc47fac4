"""What the centre supplies, and how much must be made at home."""

from models.base import Frozen, Id, Label, PerPeriod, Share, SharePerPeriod


class SupplyShares(Frozen):
    """The centre's share of the goods needed, how much of it is kept, where it arrives, and floors for local making."""

    central: Share = 0.0
    """Share of each good's demand that the centre promises, 0 to 1."""
    by_category: dict[Label, Share] = {}
    """The same by category, replacing `central`."""
    by_item: dict[Id, Share] = {}
    """The same by item, replacing `by_category`."""
    delivered: SharePerPeriod = 1.0
    """How much of its promise the centre keeps in each period, 0 to 1."""
    gateways: tuple[Id, ...] = ()
    """Places where the centre hands over, in any proportion."""
    materials: dict[Id, PerPeriod] = {}
    """The centre's allotment of materials, units per period, before `delivered`."""
    local_floor: dict[Label, Share] = {}
    """Least share made locally of what is made and centrally supplied over the plan, by category or item."""
