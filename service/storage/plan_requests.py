"""What goes into the queue and what is taken out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from service.storage.records import PlanRecord
from service.storage.repositories.problems import StoredProblem


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """What makes a repeated request the same request."""

    key: str
    """The client's own key, unique among its requests; at most 255 characters."""
    body_digest: str
    """sha-256 of the request's body, in hexadecimal."""


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """A plan to be made."""

    problem: PlanningProblem | StoredProblem
    """The problem with all changes applied, already checked."""
    options: PlanOptions = field(default_factory=PlanOptions)
    """How to solve it."""
    caller: str = "local"
    """Who asks: fair shares, idempotency and the audit log go by it. At most 100 characters."""
    source: Mapping[str, Any] = field(default_factory=dict)
    """Where the problem came from, as a JSON object: province, version, scenario, changes."""
    base_plan: str | None = None
    """Plan that it varies or replaces."""
    priority: int = 0
    """Higher goes first, among the plans of one caller."""
    idempotency: IdempotencyKey | None = None
    """The request's Idempotency-Key, if it has one."""
    reuse: bool = True
    """Whether a finished plan of the same problem and options may answer it."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What became of a request."""

    plan: PlanRecord
    """The plan: a new one, or the one that the Idempotency-Key stands for."""
    is_new: bool
    """Whether it is new."""


@dataclass(frozen=True, slots=True)
class WarmStartSource:
    """A solved plan to start another from."""

    problem: StoredProblem
    """Its problem."""
    basis: bytes
    """Its basis, encoded; see `decode_basis`."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One try at one plan, held by one service process as long as it renews the lease."""

    plan: str
    """Identifier of the plan."""
    owner: str
    """The service process."""
    attempt: int
    """Number of the try; together with `owner` it fences off everybody who held the plan before."""
    problem: StoredProblem
    """What is planned."""
    options: PlanOptions
    """How."""
    trace: Mapping[str, str] = field(default_factory=dict)
    """The trace of the request that asked for it, if it was traced."""
    warm_start: WarmStartSource | None = None
    """The plan that it varies or replaces, where that has a basis: solving starts from there."""
