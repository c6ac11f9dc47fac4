"""What an answer cannot be given for."""

from solvers.errors import BackendError


class SensitivityUnavailableError(BackendError):
    """There is no proved plan to ask about, or it has no prices."""


class InfeasibleError(SensitivityUnavailableError):
    """No plan keeps every rule."""
