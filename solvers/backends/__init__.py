"""Solver backends behind one protocol; a backend sees only the arrays of a linear program.

Each backend declares its features and rejects an unsupported request before it builds a model. `auto` is not a backend:
`solvers.algorithms.select` chooses the backends for it. A solver library is imported when its backend is first requested.
"""

from functools import cache

from solvers.backends.base import Backend, Feature, SolveOptions
from solvers.errors import SolverUnavailableError

__all__ = ["Backend", "Feature", "SolveOptions", "get_backend", "list_backend_names"]

_NAMES = (
    "highs",
    "highs-ipm",
    "highs-primal",
    "highs-ipm-primal-cleanup",
    "highs-dual-devex",
    "highs-dual-steepest-edge",
    "glop",
    "pdlp",
    "cbc",
)


@cache
def get_backend(name: str) -> Backend:
    """Return the backend of that name; `pulp:NAME` selects a solver by its name in PuLP.

    Raises
    ------
    SolverUnavailableError
        If there is no such backend, or if its solver is not installed.
    """
    if name not in _NAMES and not name.startswith("pulp:"):
        raise SolverUnavailableError(f"unknown solver {name!r}; choose one of {', '.join(_NAMES)} or pulp:NAME")
    if name in ("glop", "pdlp"):
        from solvers.backends import ortools

        return ortools.GLOP if name == "glop" else ortools.PDLP
    if name.startswith("highs"):
        from solvers.backends.highs import BACKEND_METHODS, HighsBackend

        return HighsBackend(name, BACKEND_METHODS[name])
    from solvers.backends.pulp_cbc import CBC, PulpBackend

    return PulpBackend(name, CBC if name == "cbc" else name.removeprefix("pulp:"))


def list_backend_names() -> tuple[str, ...]:
    """Return the names of all backends, the default first, without `pulp:NAME`."""
    return _NAMES
