# ruff: noqa: N818 — the names say what is wrong; the tree says that they are errors
"""What can go wrong in `solvers`, as one tree; nothing foreign (pulp, ortools, highspy) is raised past a backend.

    AllotError
    └── SolverError
        ├── SolverUnavailable     the solver asked for is unknown or not on this machine
        ├── UnsupportedRequest    the solver cannot do what is asked of it; raised before anything is built
        ├── MalformedProgram      arrays that are no linear program: wrong lengths, numbers that are not numbers
        ├── SolverRefused         a warm session would not take a change or a basis
        └── NothingToCertify      a certificate was asked of a solution without a point

An infeasible, unbounded or unfinished program is not an error: it is a `Stop`.
"""


class AllotError(Exception):
    """Anything that Allot raises on purpose."""


class SolverError(AllotError):
    """Anything that goes wrong between a program and a solver."""


class SolverUnavailable(SolverError):
    """The solver asked for is unknown, or is not installed or licensed on this machine."""


class UnsupportedRequest(SolverError):
    """The solver cannot do what is asked of it; found before anything is built."""


class MalformedProgram(SolverError):
    """The arrays are no linear program: lengths that do not fit or numbers that are not numbers."""


class SolverRefused(SolverError):
    """A warm session would not take a change, a basis or a question."""


class NothingToCertify(SolverError):
    """A certificate was asked of a solution that holds no point."""
