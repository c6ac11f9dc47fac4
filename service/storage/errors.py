"""What storage refuses.

StorageError
├── NotFound          nothing of that name
├── VersionConflict   somebody else wrote first
└── StoreUnsuitable   the database or object store cannot be used as set
"""


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
