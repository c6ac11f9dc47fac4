"""The exceptions of `solvers`, as one tree. Backends raise no exception of a solver library (pulp, ortools, highspy).

    AllotError
    └── BackendError
        ├── SolverUnavailableError   the requested solver is unknown, or not available on this machine
        ├── UnsupportedRequestError  the solver lacks a requested feature; raised before the model is built
        ├── InvalidProgramError      the arrays are not a linear program: wrong lengths, NaN or infinite coefficients
        ├── SolverError              a solver session rejected a change, a basis or a query
        └── NoSolutionError          a certificate was requested for a solution without a primal point

An infeasible, unbounded or unfinished program is not an error: `Solution.termination` reports it.
"""


class AllotError(Exception):
    """Base class of all exceptions that Allot raises on purpose."""


class BackendError(AllotError):
    """Base class of errors between a linear program and a solver."""


class SolverUnavailableError(BackendError):
    """The requested solver is unknown, or is not installed or licensed on this machine."""


class UnsupportedRequestError(BackendError):
    """The solver lacks a requested feature; raised before the model is built."""


class InvalidProgramError(BackendError):
    """The arrays are not a linear program: their lengths differ, or they contain NaN or infinite coefficients."""


class SolverError(BackendError):
    """A solver session rejected a change, a basis or a query."""


class NoSolutionError(BackendError):
    """A certificate was requested for a solution without a primal point."""


class SensitivityUnavailableError(BackendError):
    """No proved optimal plan with dual values is available."""


class InfeasibleError(SensitivityUnavailableError):
    """No plan satisfies every constraint."""
