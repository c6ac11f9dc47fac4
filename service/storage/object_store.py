"""The object store of large tables: a folder, or a bucket (extra `objects`).

Objects are named by the digest of their content, so writing one twice is harmless and none ever changes.
"""

import errno
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Protocol

import pyarrow as pa

from service.storage.errors import RecordNotFoundError, StorageUnavailableError, UnsuitableStoreError
from service.storage.private_files import hide_from_others


class ObjectStore(Protocol):
    """Bytes by key."""

    def put_object(self, key: str, body: bytes) -> None:
        """Store bytes under a key atomically."""
        ...

    def get_object(self, key: str) -> bytes:
        """Read the bytes of a key; raise RecordNotFoundError if there is none."""
        ...

    def open_object(self, key: str) -> pa.NativeFile:
        """Open the object of a key for reading in pieces; raise RecordNotFoundError if there is none."""
        ...

    def has_object(self, key: str) -> bool:
        """Return whether there is an object under a key."""
        ...

    def list_object_keys(self) -> Iterator[str]:
        """Iterate over all keys."""
        ...

    def delete_object(self, key: str) -> None:
        """Remove the object of a key; do nothing if there is none."""
        ...

    def read_signature(self, key: str) -> str:
        """Read what changes with every change of the object of a key; raise RecordNotFoundError if there is none."""
        ...

    def check_writable(self) -> None:
        """Raise StorageUnavailableError if no object can be stored now."""
        ...

    def remove_drafts(self, older_than_seconds: float) -> int:
        """Remove what crashes left half-written, and return how much."""
        ...


FULL_DISK_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT})
"""Error numbers of the system that say that a disk, or a share of it, is full."""

_PROBE_BYTES = 4096

MIN_FREE_BYTES = 64 * 1024 * 1024
"""Bytes that must be free on a disk for the service to be ready."""


def check_free_space(folder: Path, what: str) -> None:
    """Raise StorageUnavailableError if the disk of a folder is nearly full; `what` names what lies there."""
    free = shutil.disk_usage(folder).free
    if free < MIN_FREE_BYTES:
        raise StorageUnavailableError(f"The disk of the {what} is nearly full: {free // 2**20} MiB are free.")


@contextmanager
def _translate_object_errors(key: str | None = None) -> Iterator[None]:
    """Raise RecordNotFoundError where the object of a key is absent, StorageUnavailableError for other failures."""
    try:
        yield
    except FileNotFoundError as error:
        if key is None:
            raise StorageUnavailableError("The folder of the object store is gone.") from error
        raise RecordNotFoundError("object", key) from error
    except OSError as error:
        full = error.errno in FULL_DISK_ERRORS
        reason = "The disk of the object store is full." if full else "The object store cannot be read or written."
        raise StorageUnavailableError(reason) from error


class FolderObjectStore:
    """Objects as files of a folder."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, created with the first object."""
        self._folder = folder

    def put_object(self, key: str, body: bytes) -> None:
        """Write a draft, sync it, then rename it: a reader never sees half a file.

        StorageUnavailableError if the disk is full or fails; no draft is left then.
        """
        with _translate_object_errors():
            self._write_file(self._folder / key, body)

    def _write_file(self, path: Path, body: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        try:
            with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)

    def get_object(self, key: str) -> bytes:
        """Read the bytes of a key; raise RecordNotFoundError if there is none."""
        with _translate_object_errors(key):
            return (self._folder / key).read_bytes()

    def open_object(self, key: str) -> pa.NativeFile:
        """Open the file of a key; raise RecordNotFoundError if there is none."""
        with _translate_object_errors(key):
            return pa.OSFile(str(self._folder / key))

    def has_object(self, key: str) -> bool:
        """Return whether there is a file of a key."""
        return (self._folder / key).is_file()

    def list_object_keys(self) -> Iterator[str]:
        """Iterate over all keys, drafts excluded."""
        for path in self._folder.rglob("*.parquet"):
            yield path.relative_to(self._folder).as_posix()

    def delete_object(self, key: str) -> None:
        """Remove the file of a key."""
        with _translate_object_errors():
            (self._folder / key).unlink(missing_ok=True)

    def read_signature(self, key: str) -> str:
        """Read time, size and number of the file of a key."""
        with _translate_object_errors(key):
            found = (self._folder / key).stat()
        return f"{found.st_mtime_ns} {found.st_size} {found.st_ino}"

    def check_writable(self) -> None:
        """Raise StorageUnavailableError if the folder cannot be written, or its disk is nearly full."""
        with _translate_object_errors():
            self._folder.mkdir(parents=True, exist_ok=True)
            check_free_space(self._folder, "object store")
            with TemporaryFile(dir=self._folder) as probe:
                probe.write(bytes(_PROBE_BYTES))
                probe.flush()
                os.fsync(probe.fileno())

    def remove_drafts(self, older_than_seconds: float) -> int:
        """Remove drafts of processes that died while they wrote."""
        removed, limit = 0, time.time() - older_than_seconds
        with _translate_object_errors():
            for path in self._folder.rglob("*.parquet.*.*"):
                with suppress(FileNotFoundError):  # it was complete, and renamed, meanwhile
                    if path.stat().st_mtime < limit:
                        path.unlink()
                        removed += 1
        return removed


class BucketObjectStore:
    """Objects in a bucket (S3 or compatible), through obstore."""

    def __init__(self, url: str) -> None:
        """Open a bucket by address, with the credentials of the environment. Raises UnsuitableStoreError without obstore."""
        try:
            import obstore
            from obstore import store
        except ImportError as error:
            raise UnsuitableStoreError(
                "ALLOT_OBJECT_STORE_URL needs the extra: pip install 'allot[objects]'"
            ) from error
        self._obstore: Any = obstore
        self._store: Any = store.from_url(url)

    def put_object(self, key: str, body: bytes) -> None:
        """Store bytes under a key."""
        with self._translate():
            self._obstore.put(self._store, key, body)

    def get_object(self, key: str) -> bytes:
        """Read the bytes of a key; raise RecordNotFoundError if there is none."""
        with self._translate(key):
            return bytes(self._obstore.get(self._store, key).bytes())

    def open_object(self, key: str) -> pa.NativeFile:
        """Open the object of a key, read in ranges; raise RecordNotFoundError if there is none."""
        with self._translate(key):
            return pa.PythonFile(_RangeReader(self._obstore.open_reader(self._store, key)), mode="r")

    def has_object(self, key: str) -> bool:
        """Return whether there is an object of a key."""
        try:
            with self._translate(key):
                self._obstore.head(self._store, key)
        except RecordNotFoundError:
            return False
        return True

    def list_object_keys(self) -> Iterator[str]:
        """Iterate over all keys."""
        with self._translate():
            for batch in self._obstore.list(self._store, prefix="tables"):
                yield from (one["path"] for one in batch)

    def delete_object(self, key: str) -> None:
        """Remove the object of a key."""
        with self._translate():
            self._obstore.delete(self._store, key)

    def read_signature(self, key: str) -> str:
        """Read the entity tag and the size of the object of a key."""
        with self._translate(key):
            found = self._obstore.head(self._store, key)
        return f"{found['e_tag']} {found['size']}"

    def check_writable(self) -> None:
        """Raise StorageUnavailableError if the bucket takes no objects."""
        self.put_object("probe", b"")

    def remove_drafts(self, older_than_seconds: float) -> int:  # noqa: ARG002 - as the protocol says
        """Do nothing: a bucket has whole objects only."""
        return 0

    @contextmanager
    def _translate(self, key: str | None = None) -> Iterator[None]:
        """Translate the errors of obstore."""
        try:
            with _translate_object_errors(key):
                yield
        except self._obstore.exceptions.BaseError as error:
            raise StorageUnavailableError("The object store does not answer.") from error


class _RangeReader:
    """Adapter from an obstore reader to the file interface that Arrow expects."""

    closed = False

    def __init__(self, reader: Any) -> None:
        self._reader = reader

    def read(self, size: int = -1) -> bytes:
        return bytes(self._reader.read(None if size < 0 else size))

    def seek(self, place: int, whence: int = 0) -> int:
        return int(self._reader.seek(place, whence))

    def tell(self) -> int:
        return int(self._reader.tell())

    def close(self) -> None:
        self.closed = True


def open_object_store(url: str | None, folder: Path) -> ObjectStore:
    """Open the object store at an address (`file://` or any that obstore supports); the folder without an address."""
    if url is None:
        hide_from_others(folder)
        return FolderObjectStore(folder)
    if url.startswith("file://"):
        return FolderObjectStore(Path(url.removeprefix("file://")))
    return BucketObjectStore(url)
