"""Rows of a study as bytes: one record for each run."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

import orjson

RunOutcome = Literal["optimal", "infeasible", "failed"]


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What is kept of a run. Numbers are in won unless stated otherwise; k factors, q measures."""

    outcome: RunOutcome
    """How it ended."""
    lever: int
    """Position of the lever; 0 without changes."""
    point: tuple[float, ...]
    """Value of each factor, (k,)."""
    fidelity: str
    """Length of the periods in which it was solved."""
    conflict: str = ""
    """Why no plan satisfies every constraint, or why it failed."""
    objective: float | None = None
    """Optimum in these periods."""
    lower_bound: float | None = None
    """Lower bound of the optimum in the problem's own periods."""
    upper_bound: float | None = None
    """Objective of a plan in the problem's own periods; None of a run in longer ones."""
    slopes: tuple[float, ...] = ()
    """Change of the lower bound per unit of each factor, (k,); empty where the optimum is not convex in them."""
    margin: float = 0.0
    """Most that rounding limits to whole units changes the lower bound elsewhere."""
    measures: tuple[float | None, ...] = ()
    """Outcomes in the order of `list_measures`, (q,)."""
    counties: tuple[float, ...] = ()
    """Served share of each county."""
    needs: tuple[float, ...] = ()
    """Served share of each item and requirement."""
    periods: tuple[float, ...] = ()
    """Served share of each period."""
    iterations: int = 0
    """Iterations of the solver."""

    def encode(self) -> bytes:
        """Return the record as bytes; equal records give equal bytes."""
        return orjson.dumps(asdict(self))

    @classmethod
    def decode(cls, row: bytes) -> Self:
        """Read `encode` output."""
        fields = orjson.loads(row)
        values: dict[str, Any] = {k: tuple(value) if isinstance(value, list) else value for k, value in fields.items()}
        return cls(**values)
