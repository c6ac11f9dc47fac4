"""How long what is stored is kept, where a time is set; what was submitted, ratified or audited is kept for ever."""

from service.retention.keeper import Keeper
from service.retention.rounds import Removed, tidy

__all__ = ["Keeper", "Removed", "tidy"]
