"""Digests of objects, compared once for each state of an object: hashing a large table takes a second."""

import hashlib
import threading

from service.storage.errors import DamagedRecordError, RecordNotFoundError
from service.storage.object_store import ObjectStore

_CHUNK_BYTES = 1024 * 1024
_MAX_REMEMBERED = 10_000


class ObjectVerifier:
    """Compares objects with their digests, and remembers those that were sound."""

    def __init__(self, objects: ObjectStore) -> None:
        """Verify the objects of a store."""
        self._objects = objects
        self._lock = threading.Lock()
        self._sound: dict[str, str] = {}

    def verify_object(self, key: str, digest: str, name: str) -> None:
        """Raise DamagedRecordError unless the object of a key has a digest; `name` names what it holds."""
        try:
            signature = f"{digest} {self._objects.read_signature(key)}"
            if self._sound.get(key) == signature:
                return
            found = self._compute_digest(key)
        except RecordNotFoundError as error:
            raise DamagedRecordError("table", name, "its object is gone") from error
        if found != digest:
            raise DamagedRecordError("table", name, f"its object has the digest {found}")
        with self._lock:
            if len(self._sound) >= _MAX_REMEMBERED:
                self._sound.clear()
            self._sound[key] = signature

    def _compute_digest(self, key: str) -> str:
        computed = hashlib.sha256()
        with self._objects.open_object(key) as file:
            while piece := file.read(_CHUNK_BYTES):
                computed.update(piece)
        return computed.hexdigest()
