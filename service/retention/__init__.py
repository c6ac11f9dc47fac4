"""How long what is stored is kept, where a time is set; what was submitted, ratified or audited is kept for ever."""

from service.retention.keeper import RetentionJob
from service.retention.rounds import PurgeCounts, purge_expired

__all__ = ["RetentionJob", "PurgeCounts", "purge_expired"]
