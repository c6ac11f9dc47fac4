"""Supply from the centre, and least shares of local production."""

from models.base import ByLabel, Frozen, Id, Label, PerPeriod, Share, SharePerPeriod


class SupplyShares(Frozen):
    """Central supply of goods and materials, gateways, and least shares of local production."""

    central: Share = 0.0
    """Share of each good's demand that the centre promises, 0 to 1; 0 by default."""
    by_category: ByLabel[Label, Share] = {}
    """Promised share by category, 0 to 1; replaces `central`."""
    by_item: ByLabel[Id, Share] = {}
    """Promised share by item, 0 to 1; replaces `by_category`."""
    promised: ByLabel[Id, PerPeriod] = {}
    """Units of an item, per period, of which the centre promises its share beyond the own need for the item, so that it
    can supply items for requirements."""
    delivered: SharePerPeriod = 1.0
    """Delivered part of the promise in each period, 0 to 1; 1 by default."""
    gateways: tuple[Id, ...] = ()
    """Places where the centre hands over its supply, in any proportion."""
    materials: ByLabel[Id, PerPeriod] = {}
    """Allotment of materials by the centre, in units per period, before `delivered`."""
    local_floor: ByLabel[Label, Share] = {}
    """Least share of local production in local production plus central supply over the plan, by category or item."""
