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


class BackendError(AllotError):
    """Anything that goes wrong between a program and a solver."""


class SolverUnavailableError(BackendError):
    """The solver asked for is unknown, or is not installed or licensed on this machine."""


class UnsupportedRequestError(BackendError):
    """The solver cannot do what is asked of it; found before anything is built."""


class InvalidProgramError(BackendError):
    """The arrays are no linear program: lengths that do not fit or numbers that are not numbers."""


class SolverError(BackendError):
    """A warm session would not take a change, a basis or a question."""


class NoSolutionError(BackendError):
    """A certificate was asked of a solution that holds no point."""
