"""Work of simplex: what limits a search in place of seconds, so that the load of the machine decides nothing (decision 0095).

Work is counted in iterations times variables. Its unit depends on the program alone, and a second of work is about a second of an
idle core, whatever the size of the program.
"""

WORK_PER_SECOND = 1.2e8
"""Work of about a second on an idle core: 400 iterations for a year of Ryanggang."""

SOLVE_ITERATIONS = 20
"""Iterations that take about as long as the rest of a solve: to change bounds, and to read the result."""

LARGEST_COUNT = 2**31 - 1
"""Iterations that solvers can count; more are any number."""


def count_work(iterations: int, columns: int) -> float:
    """Return the work of one solve of a program with so many variables."""
    return float((iterations + SOLVE_ITERATIONS) * columns)


def count_iterations(work: float, columns: int) -> int | None:
    """Return the simplex iterations that some work allows for a program with so many variables; None if it allows any number."""
    most = work / max(columns, 1)
    return None if most > LARGEST_COUNT else max(int(most), 0)
