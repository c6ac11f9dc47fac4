"""Errors of storage.

StorageError
├── StorageUnavailableError   the database or the object store does not answer now; try again later
├── DatabaseFailureError      the database refuses a statement: a mistake of Allot or of the installation
├── DamagedRecordError        what is stored cannot be read, or is not what was stored
├── RecordNotFoundError       no record of that kind has that name
├── VersionConflictError      another writer stored a newer version first
├── UnsuitableStoreError      the database or object store cannot be used as set
└── JobError
    ├── QueueFullError            the queue is full; try again later
    └── IdempotencyConflictError  the key was used for another request
"""


class StorageError(Exception):
    """Storage rejects or cannot do something."""


class StorageUnavailableError(StorageError):
    """The database or the object store does not answer now: not reachable, locked, busy, full or read-only."""

    def __init__(self, reason: str, *, is_connection_lost: bool = False) -> None:
        """State the reason in a sentence, and whether a connection was lost, so that another may serve at once."""
        super().__init__(reason)
        self.is_connection_lost = is_connection_lost


class DatabaseFailureError(StorageError):
    """The database refuses a statement."""


class DamagedRecordError(StorageError):
    """What is stored cannot be read, or is not what was stored."""

    def __init__(self, kind: str, name: str, reason: str) -> None:
        """Name the kind (such as `plan`, `table` or `database`), the record, and what is wrong with it."""
        super().__init__(f"the {kind} {name!r} is damaged: {reason}")
        self.kind = kind
        self.name = name
        self.reason = reason


class RecordNotFoundError(StorageError):
    """No record of that kind has that name."""

    def __init__(self, kind: str, name: str) -> None:
        """Name the kind (`plan`, `province`, `problem`, `table`) and the identifier."""
        super().__init__(f"there is no {kind} {name!r}")
        self.kind = kind
        self.name = name


class VersionConflictError(StorageError):
    """The version that a change was made for is not the newest."""

    def __init__(self, name: str, expected: int, actual: int) -> None:
        """Name the record, the expected version, and the newest version (0: none)."""
        super().__init__(f"{name!r} is at version {actual}, not {expected}")
        self.name = name
        self.expected = expected
        self.actual = actual


class UnsuitableStoreError(StorageError):
    """The database or the object store cannot be used with these settings."""


class JobError(StorageError):
    """The queue rejects something."""


class QueueFullError(JobError):
    """The queue is full."""

    def __init__(self, waiting: int, limit: int, retry_after: int, *, is_own_share: bool, what: str = "plans") -> None:
        """State how many wait, how many may, when to retry (seconds), and whether the caller's own share is full."""
        which = f"of your {what}" if is_own_share else what
        super().__init__(f"{waiting} {which} wait, the limit is {limit}; try again in {retry_after} s")
        self.waiting = waiting
        self.limit = limit
        self.retry_after = retry_after
        self.is_own_share = is_own_share


class IdempotencyConflictError(JobError):
    """The Idempotency-Key was used with another body."""

    def __init__(self, key: str, name: str, what: str = "plan") -> None:
        """Name the key and what it made."""
        super().__init__(f"Idempotency-Key {key!r} was used for another request, which became {what} {name}")
        self.key = key
        self.name = name
