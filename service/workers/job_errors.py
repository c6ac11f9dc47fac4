"""What the queue refuses.

JobError
├── QueueFull             try again later
└── IdempotencyConflict   the key was used for another request
"""


class JobError(Exception):
    """Something that the queue refuses."""


class QueueFullError(JobError):
    """As many plans wait as may wait."""

    def __init__(self, waiting: int, limit: int, retry_after: int, *, is_own_share: bool) -> None:
        """State how many wait, how many may, after how many seconds to try again, and whether it is the caller's own share."""
        whose = "of yours wait" if is_own_share else "wait"
        super().__init__(f"{waiting} plans {whose}, {limit} may; try again in {retry_after} s")
        self.waiting = waiting
        self.limit = limit
        self.retry_after = retry_after
        self.is_own_share = is_own_share


class IdempotencyConflictError(JobError):
    """The same Idempotency-Key came with another body before."""

    def __init__(self, key: str, plan: str) -> None:
        """Name the key and the plan that it stands for."""
        super().__init__(f"Idempotency-Key {key!r} was used for another request, which became plan {plan}")
        self.key = key
        self.plan = plan
