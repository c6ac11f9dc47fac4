"""Errors of sensitivity analysis."""

from solvers.errors import BackendError


class SensitivityUnavailableError(BackendError):
    """No proved optimal plan with dual values is available."""


class InfeasibleError(SensitivityUnavailableError):
    """No plan satisfies every constraint."""
