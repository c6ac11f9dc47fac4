"""Damage of what is stored, as metrics count it and the log names it."""

import structlog

from service.observability.metrics import Metrics

_log = structlog.get_logger("allot.service")


def report_damage(metrics: Metrics, kind: str, name: str, reason: str) -> None:
    """Count a read that met damage, and log each damaged record once in a process."""
    if metrics.record_damage(kind, name):
        _log.error("stored data damaged", kind=kind, name=name, reason=reason)
