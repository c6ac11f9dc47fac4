"""What a worker of an analysis gets and gives, whatever runs it: a worker process of the service, or a cluster."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.analyses.kinds import AnalysisKind
from models.options import PlanOptions
from service.core.codecs import EncodedTable, PlanOutcome


@dataclass(frozen=True, slots=True)
class AnalysisPayload:
    """An analysis as it is given to a worker, which opens it."""

    kind: AnalysisKind
    """Kind."""
    request: str
    """Request of its kind, as JSON."""
    problem_size: int
    """Bytes of the problem of the base plan as JSON."""
    problem: bytes
    """The problem as JSON, compressed."""
    options: PlanOptions
    """Options with which the base plan was solved."""
    basis: bytes | None = None
    """Basis of the base plan, encoded; None if it has none."""
    tables: Mapping[str, bytes] = field(default_factory=dict)
    """Tables of the base plan that the kind needs, as Parquet."""


@dataclass(frozen=True, slots=True)
class PlannedTask:
    """A task of the next round."""

    rows: tuple[int, ...]
    """Numbers of the rows that it makes."""
    body: bytes
    """What it needs beside the request."""


@dataclass(frozen=True, slots=True)
class EncodedConclusion:
    """The stored parts of a finished analysis."""

    head: Mapping[str, Any]
    """Result of its kind, as a JSON object."""
    tables: Mapping[str, EncodedTable] = field(default_factory=dict)
    """Tables by name."""
    plans: tuple[PlanOutcome, ...] = ()
    """Plans that it found."""
    query_state: bytes = b""
    """What later queries need; empty if there are none."""


Advance = tuple[PlannedTask, ...] | EncodedConclusion
"""The tasks of the next round, or the conclusion."""
