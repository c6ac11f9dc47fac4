"""Solvers behind one seam; each knows only arrays.

`get(name)` gives a backend, `names()` all names. Each backend declares its features; what it cannot do is refused before
anything is built. `auto` is no backend: the strategy resolves it. A solver's library is loaded when it is first asked for.
"""

from collections.abc import Callable
from functools import cache

from solvers.backends.base import Backend, Feature, SolveOptions
from solvers.errors import SolverUnavailable

__all__ = ["Backend", "Feature", "SolveOptions", "get", "names"]


def _highs() -> Backend:
    from solvers.backends.highs import HighsBackend

    return HighsBackend("highs", "dual")


def _highs_interior() -> Backend:
    from solvers.backends.highs import HighsBackend

    return HighsBackend("highs-ipm", "interior")


def _highs_primal() -> Backend:
    from solvers.backends.highs import HighsBackend

    return HighsBackend("highs-primal", "primal")


def _highs_finished() -> Backend:
    from solvers.backends.highs import HighsBackend

    return HighsBackend("highs-ipm-finished", "finished")


def _highs_near() -> Backend:
    from solvers.backends.highs import HighsBackend

    return HighsBackend("highs-near", "near")


def _highs_steady() -> Backend:
    from solvers.backends.highs import HighsBackend

    return HighsBackend("highs-steady", "steady")


def _glop() -> Backend:
    from solvers.backends.ortools import GLOP

    return GLOP


def _pdlp() -> Backend:
    from solvers.backends.ortools import PDLP

    return PDLP


def _cbc() -> Backend:
    from solvers.backends.pulp_cbc import CBC, PulpBackend

    return PulpBackend("cbc", CBC)


_BACKENDS: dict[str, Callable[[], Backend]] = {
    "highs": _highs,
    "highs-ipm": _highs_interior,
    "highs-primal": _highs_primal,
    "highs-ipm-finished": _highs_finished,
    "highs-near": _highs_near,
    "highs-steady": _highs_steady,
    "glop": _glop,
    "pdlp": _pdlp,
    "cbc": _cbc,
}


@cache
def get(name: str) -> Backend:
    """The backend of that name, or `pulp:NAME` for a solver by PuLP's name for it; raises SolverUnavailable."""
    if name.startswith("pulp:"):
        from solvers.backends.pulp_cbc import PulpBackend

        return PulpBackend(name, name.removeprefix("pulp:"))
    if name not in _BACKENDS:
        raise SolverUnavailable(f"there is no solver {name!r}; there are {', '.join(names())} and pulp:NAME")
    return _BACKENDS[name]()


def names() -> tuple[str, ...]:
    """Names of all backends, the usual one first; `pulp:NAME` goes beside them."""
    return tuple(_BACKENDS)
