"""The object store of large tables: a folder, or a bucket (extra `objects`).

Objects are named by the digest of their content, so writing one twice is harmless and none ever changes.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa

from service.storage.errors import RecordNotFoundError, UnsuitableStoreError


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


class FolderObjectStore:
    """Objects as files of a folder."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, created with the first object."""
        self._folder = folder

    def put_object(self, key: str, body: bytes) -> None:
        """Write a draft, sync it, then rename it: neither a reader nor a crash leaves half a file."""
        path = self._folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        with draft.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)

    def get_object(self, key: str) -> bytes:
        """Read the bytes of a key; raise RecordNotFoundError if there is none."""
        try:
            return (self._folder / key).read_bytes()
        except FileNotFoundError as error:
            raise RecordNotFoundError("object", key) from error

    def open_object(self, key: str) -> pa.NativeFile:
        """Open the file of a key; raise RecordNotFoundError if there is none."""
        try:
            return pa.OSFile(str(self._folder / key))
        except FileNotFoundError as error:
            raise RecordNotFoundError("object", key) from error

    def has_object(self, key: str) -> bool:
        """Return whether there is a file of a key."""
        return (self._folder / key).is_file()

    def list_object_keys(self) -> Iterator[str]:
        """Iterate over all keys, drafts excluded."""
        for path in self._folder.rglob("*.parquet"):
            yield path.relative_to(self._folder).as_posix()

    def delete_object(self, key: str) -> None:
        """Remove the file of a key."""
        (self._folder / key).unlink(missing_ok=True)


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
        self._obstore.put(self._store, key, body)

    def get_object(self, key: str) -> bytes:
        """Read the bytes of a key; raise RecordNotFoundError if there is none."""
        try:
            return bytes(self._obstore.get(self._store, key).bytes())
        except FileNotFoundError as error:
            raise RecordNotFoundError("object", key) from error

    def open_object(self, key: str) -> pa.NativeFile:
        """Open the object of a key, read in ranges; raise RecordNotFoundError if there is none."""
        try:
            return pa.PythonFile(_RangeReader(self._obstore.open_reader(self._store, key)), mode="r")
        except FileNotFoundError as error:
            raise RecordNotFoundError("object", key) from error

    def has_object(self, key: str) -> bool:
        """Return whether there is an object of a key."""
        try:
            self._obstore.head(self._store, key)
        except FileNotFoundError:
            return False
        return True

    def list_object_keys(self) -> Iterator[str]:
        """Iterate over all keys."""
        for batch in self._obstore.list(self._store, prefix="tables"):
            yield from (one["path"] for one in batch)

    def delete_object(self, key: str) -> None:
        """Remove the object of a key."""
        self._obstore.delete(self._store, key)


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
        return FolderObjectStore(folder)
    if url.startswith("file://"):
        return FolderObjectStore(Path(url.removeprefix("file://")))
    return BucketObjectStore(url)
