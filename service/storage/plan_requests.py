"""Requests that enter the queue and claims that leave it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from service.storage.records import PlanRecord
from service.storage.repositories.problems import StoredProblem


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """Identifies a repeated request."""

    key: str
    """The client's own key, unique among its requests; at most 255 characters."""
    body_digest: str
    """sha-256 of the request's body, in hexadecimal."""


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """A request for a plan."""

    problem: PlanningProblem | StoredProblem
    """The validated problem, with all changes applied."""
    options: PlanOptions = field(default_factory=PlanOptions)
    """Options of the solve."""
    caller: str = "local"
    """Caller, for fair sharing, idempotency and the audit log. At most 100 characters."""
    source: Mapping[str, Any] = field(default_factory=dict)
    """Where the problem came from, as a JSON object: province, version, scenario, changes."""
    base_plan: str | None = None
    """Plan that this one varies or replaces."""
    priority: int = 0
    """Higher is claimed first, among the plans of one caller."""
    idempotency: IdempotencyKey | None = None
    """The request's Idempotency-Key, if it has one."""
    reuse: bool = True
    """Whether a finished plan of the same problem and options may answer it."""


@dataclass(frozen=True, slots=True)
class Submission:
    """The result of a request."""

    plan: PlanRecord
    """A new plan, or the plan of the Idempotency-Key."""
    is_new: bool
    """Whether the plan is new."""


@dataclass(frozen=True, slots=True)
class WarmStartSource:
    """A solved plan to start another from."""

    problem: StoredProblem
    """Its problem."""
    basis: bytes
    """Its basis, encoded; see `decode_basis`."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One attempt at one plan, held by one service process while it renews the lease."""

    plan: str
    """Identifier of the plan."""
    owner: str
    """The service process."""
    attempt: int
    """Number of the attempt; with `owner` it fences off earlier holders."""
    problem: StoredProblem
    """The problem."""
    options: PlanOptions
    """Options of the solve."""
    trace: Mapping[str, str] = field(default_factory=dict)
    """Trace context of the request, if it was traced."""
    warm_start: WarmStartSource | None = None
    """The base plan to start from, where it has a basis."""
