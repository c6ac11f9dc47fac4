"""Errors of storage.

StorageError
├── RecordNotFoundError       no record of that kind has that name
├── VersionConflictError      another writer stored a newer version first
├── UnsuitableStoreError      the database or object store cannot be used as set
└── JobError
    ├── QueueFullError            the queue holds as many plans as it may; try again later
    └── IdempotencyConflictError  the key was used for another request
"""

from sqlalchemy.exc import SQLAlchemyError

DatabaseError = SQLAlchemyError
"""Any failure of the database or its driver; layers above storage catch this name."""


class StorageError(Exception):
    """Something that storage refuses or cannot do."""


class RecordNotFoundError(StorageError):
    """There is nothing of that kind with that name."""

    def __init__(self, kind: str, name: str) -> None:
        """Name what was looked for: its kind (`plan`, `province`, `problem`, `table`) and its identifier."""
        super().__init__(f"there is no {kind} {name!r}")
        self.kind = kind
        self.name = name


class VersionConflictError(StorageError):
    """The version that a change was made for is not the newest any more."""

    def __init__(self, name: str, expected: int, actual: int) -> None:
        """Name what was to be changed, the version expected, and the version there is (0: none)."""
        super().__init__(f"{name!r} is at version {actual}, not {expected}")
        self.name = name
        self.expected = expected
        self.actual = actual


class UnsuitableStoreError(StorageError):
    """The database or the object store cannot be used as it is set."""


class JobError(StorageError):
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
