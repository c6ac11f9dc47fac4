"""Stored problems by digest."""

from dataclasses import dataclass

import pyarrow as pa
import structlog
from sqlalchemy import Connection, select, update

from models.problem.planning_problem import PlanningProblem
from service.core.codecs import compress, decompress
from service.storage.canonical import compute_digest, encode_canonical_json
from service.storage.engine import read_database_clock
from service.storage.errors import DamagedRecordError, RecordNotFoundError
from service.storage.schema import problems

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class StoredProblem:
    """A problem as it is stored and sent to workers."""

    digest: str
    """sha-256 of its canonical JSON."""
    size: int
    """Bytes of its canonical JSON."""
    body: bytes
    """Canonical JSON, compressed by zstd."""

    @classmethod
    def from_problem(cls, problem: PlanningProblem) -> "StoredProblem":
        """Encode a problem. It takes some 10 ms per MB, so do it outside a transaction."""
        body = encode_canonical_json(problem)
        return cls(compute_digest(body), len(body), compress(body))

    def decompress_json(self) -> bytes:
        """Return the canonical JSON."""
        return decompress(self.body, self.size)

    def verify_digest(self) -> None:
        """Raise DamagedRecordError unless the body has the digest."""
        try:
            digest = compute_digest(self.decompress_json())
        except (OSError, ValueError, pa.ArrowException) as error:
            raise DamagedRecordError("problem", self.digest, "its body cannot be unpacked") from error
        if digest != self.digest:
            raise DamagedRecordError("problem", self.digest, f"its body has the digest {digest}")

    def parse_problem(self) -> PlanningProblem:
        """Parse the problem."""
        return PlanningProblem.model_validate_json(self.decompress_json())


class ProblemRepository:
    """Problems by digest, each stored once."""

    def __init__(self, connection: Connection) -> None:
        """Work within the transaction of a connection."""
        self._connection = connection

    def put_problem(self, problem: PlanningProblem | StoredProblem) -> str:
        """Store a problem unless it is there, and return its digest. A damaged one is written again, except of a ratified plan."""
        stored = problem if isinstance(problem, StoredProblem) else StoredProblem.from_problem(problem)
        query = select((problems.c.body == stored.body).label("is_equal")).where(problems.c.digest == stored.digest)
        # lock the row, so that retention does not remove it before a plan refers to it
        row = self._connection.execute(query.with_for_update(read=True, key_share=True)).first()
        if row is not None and not row.is_equal:
            self._mend_problem(stored)
        if row is None:
            self._connection.execute(
                problems.insert().values(
                    digest=stored.digest,
                    size=stored.size,
                    body=stored.body,
                    created=read_database_clock(self._connection),
                )
            )
        return stored.digest

    def _mend_problem(self, stored: StoredProblem) -> None:
        """Write a problem again if what is stored is damaged; a body that was compressed in another way is not."""
        try:
            self.get_stored_problem(stored.digest)
        except DamagedRecordError as error:
            _log.warning("damaged problem written again", problem=stored.digest, reason=error.reason)
            values = {"size": stored.size, "body": stored.body}
            self._connection.execute(update(problems).where(problems.c.digest == stored.digest).values(values))

    def get_stored_problem(self, digest: str) -> StoredProblem:
        """Read a problem as stored; raise RecordNotFoundError if there is none, DamagedRecordError if its digest differs."""
        row = self._connection.execute(
            select(problems.c.size, problems.c.body).where(problems.c.digest == digest)
        ).first()
        if row is None:
            raise RecordNotFoundError("problem", digest)
        stored = StoredProblem(digest, row.size, bytes(row.body))
        stored.verify_digest()
        return stored

    def get_problem(self, digest: str) -> PlanningProblem:
        """Read and parse a problem; raise RecordNotFoundError if there is none."""
        return self.get_stored_problem(digest).parse_problem()
