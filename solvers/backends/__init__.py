"""Solvers behind one seam; each knows only arrays.

`get(name)` gives a backend, `names()` all names. Each backend declares its features; what it cannot do is refused before
anything is built. `auto` is no backend: the strategy resolves it.
"""

from solvers.backends.base import Backend, Feature, SolveOptions
from solvers.backends.highs import HighsBackend
from solvers.errors import SolverUnavailable

__all__ = ["Backend", "Feature", "SolveOptions", "get", "names"]

_BACKENDS: dict[str, Backend] = {
    backend.name: backend
    for backend in (
        HighsBackend("highs", "dual"),
        HighsBackend("highs-ipm", "interior"),
        HighsBackend("highs-primal", "primal"),
    )
}


def get(name: str) -> Backend:
    """The backend of that name; raises SolverUnavailable."""
    if name not in _BACKENDS:
        raise SolverUnavailable(f"there is no solver {name!r}; there are {', '.join(names())}")
    return _BACKENDS[name]


def names() -> tuple[str, ...]:
    """Names of all backends, the usual one first."""
    return tuple(_BACKENDS)
