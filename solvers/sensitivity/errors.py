"""What an answer cannot be given for."""

from solvers.errors import SolverError


class NothingToAsk(SolverError):  # noqa: N818
    """There is no proved plan to ask about, or it has no prices."""


class NoPlan(NothingToAsk):
    """No plan keeps every rule."""
