"""Solvers behind one seam; each knows only arrays.

`get(name)` gives a backend, `names()` all names. Each backend declares its features; what it cannot do is refused before
anything is built. `auto` is no backend: the strategy resolves it. A solver's library is loaded when it is first asked for.
"""

from collections.abc import Callable
from functools import cache

from solvers.backends.base import Backend, Feature, SolveOptions
from solvers.errors import SolverUnavailableError

__all__ = ["Backend", "Feature", "SolveOptions", "get_backend", "list_backend_names"]


def _load_highs() -> Backend:
    from solvers.backends.highs import HighsBackend

    return HighsBackend("highs", "dual")


def _load_highs_interior_point() -> Backend:
    from solvers.backends.highs import HighsBackend

    return HighsBackend("highs-ipm", "interior")


def _load_highs_primal() -> Backend:
    from solvers.backends.highs import HighsBackend

    return HighsBackend("highs-primal", "primal")


def _load_highs_primal_cleanup() -> Backend:
    from solvers.backends.highs import HighsBackend

    return HighsBackend("highs-ipm-finished", "finished")


def _load_highs_devex() -> Backend:
    from solvers.backends.highs import HighsBackend

    return HighsBackend("highs-near", "near")


def _load_highs_steepest_edge() -> Backend:
    from solvers.backends.highs import HighsBackend

    return HighsBackend("highs-steady", "steady")


def _load_glop() -> Backend:
    from solvers.backends.ortools import GLOP

    return GLOP


def _load_pdlp() -> Backend:
    from solvers.backends.ortools import PDLP

    return PDLP


def _load_cbc() -> Backend:
    from solvers.backends.pulp_cbc import CBC, PulpBackend

    return PulpBackend("cbc", CBC)


_BACKENDS: dict[str, Callable[[], Backend]] = {
    "highs": _load_highs,
    "highs-ipm": _load_highs_interior_point,
    "highs-primal": _load_highs_primal,
    "highs-ipm-finished": _load_highs_primal_cleanup,
    "highs-near": _load_highs_devex,
    "highs-steady": _load_highs_steepest_edge,
    "glop": _load_glop,
    "pdlp": _load_pdlp,
    "cbc": _load_cbc,
}


@cache
def get_backend(name: str) -> Backend:
    """The backend of that name, or `pulp:NAME` for a solver by PuLP's name for it; raises SolverUnavailable."""
    if name.startswith("pulp:"):
        from solvers.backends.pulp_cbc import PulpBackend

        return PulpBackend(name, name.removeprefix("pulp:"))
    if name not in _BACKENDS:
        raise SolverUnavailableError(
            f"there is no solver {name!r}; there are {', '.join(list_backend_names())} and pulp:NAME"
        )
    return _BACKENDS[name]()


def list_backend_names() -> tuple[str, ...]:
    """Names of all backends, the usual one first; `pulp:NAME` goes beside them."""
    return tuple(_BACKENDS)
