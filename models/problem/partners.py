"""Partners: neighbouring regions and the centre's trade offices, with which the region swaps surplus."""

from typing import Literal

from models.base import Amount, ByLabel, Frozen, Id, Name, PerPeriod


class Partner(Frozen):
    """A partner that swaps goods at a place of the network."""

    id: Id
    """Identifier, unique among partners."""
    name: Name = ""
    """Name in English; Allot shows the identifier if empty."""
    local_name: Name = ""
    """Name in the region's own language."""
    at: Id
    """Place where goods change hands."""
    kind: Literal["region", "centre"] = "region"
    """`region`: a neighbouring region. `centre`: the centre's own trade, where central factories give products for
    surplus."""
    offers: ByLabel[Id, PerPeriod] = {}
    """Largest quantity of each item that the partner gives per period, in units."""
    wants: ByLabel[Id, PerPeriod] = {}
    """Largest quantity of each item that the partner takes per period, in units."""
    rate: Amount = 1.0
    """Value received per value given; 1 by default."""
    credit: Amount = 0.0
    """Additional value that may be received in each settlement window, in won; 0 by default."""
    settlement: Literal["period", "quarter", "plan"] = "plan"
    """Window over which swaps must balance. A quarter is three consecutive periods, counted from the first."""
