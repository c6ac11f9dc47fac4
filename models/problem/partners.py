"""Neighbouring regions and the centre's trade offices with which surplus is swapped."""

from typing import Literal

from models.base import Amount, Frozen, Id, PerPeriod, Text


class Partner(Frozen):
    """Someone who gives goods for goods at a place of the network."""

    id: Id
    """Identifier, unique among partners."""
    name: Text = ""
    """Name in English; the identifier is shown where it is empty."""
    local_name: Text = ""
    """Name in the region's own language."""
    at: Id
    """Place where goods change hands."""
    kind: Literal["region", "centre"] = "region"
    """A neighbouring region, or the centre's own trade (central factories giving their products for surplus)."""
    offers: dict[Id, PerPeriod] = {}
    """Units of each item it can give per period."""
    wants: dict[Id, PerPeriod] = {}
    """Units of each item it takes per period."""
    rate: Amount = 1.0
    """Won's worth received per won's worth given."""
    credit: Amount = 0.0
    """Won that may be received beyond that in each settlement window."""
    settlement: Literal["period", "quarter", "plan"] = "plan"
    """Over which window the swaps must balance; a quarter is a run of three periods from the first."""
