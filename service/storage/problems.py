"""Stored problems, found by their digest."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from models.problem import PlanningProblem
from service.solving.encoding import compress, decompress
from service.storage.canonical import canonical, digest
from service.storage.engine import now
from service.storage.errors import NotFound
from service.storage.tables import problems


@dataclass(frozen=True, slots=True)
class StoredProblem:
    """A problem as it lies in the database and travels to a child."""

    digest: str
    """sha-256 of its canonical JSON."""
    size: int
    """Bytes of its canonical JSON."""
    body: bytes
    """Canonical JSON, compressed by zstd."""

    @classmethod
    def of(cls, problem: PlanningProblem) -> "StoredProblem":
        """Make a problem ready to be stored; costs some 10 ms a MB, so do it outside a transaction."""
        body = canonical(problem)
        return cls(digest(body), len(body), compress(body))

    def json(self) -> bytes:
        """Its canonical JSON."""
        return decompress(self.body, self.size)

    def problem(self) -> PlanningProblem:
        """The problem itself."""
        return PlanningProblem.model_validate_json(self.json())


class ProblemRepository:
    """Problems, each stored once, however often it is planned."""

    def __init__(self, connection: Connection) -> None:
        """Work within the transaction of a connection."""
        self._connection = connection

    def put(self, problem: PlanningProblem | StoredProblem) -> str:
        """Store a problem unless it is there, and return its digest."""
        stored = problem if isinstance(problem, StoredProblem) else StoredProblem.of(problem)
        query = select(problems.c.digest).where(problems.c.digest == stored.digest)
        # held, where rows can be, so that it is not removed before what comes next names it
        if self._connection.execute(query.with_for_update(read=True, key_share=True)).first() is None:
            self._connection.execute(
                problems.insert().values(
                    digest=stored.digest, size=stored.size, body=stored.body, created=now(self._connection)
                )
            )
        return stored.digest

    def stored(self, digest: str) -> StoredProblem:
        """A problem by its digest, as stored; NotFound if there is none."""
        row = self._connection.execute(
            select(problems.c.size, problems.c.body).where(problems.c.digest == digest)
        ).first()
        if row is None:
            raise NotFound("problem", digest)
        return StoredProblem(digest, row.size, row.body)

    def get(self, digest: str) -> PlanningProblem:
        """A problem by its digest; NotFound if there is none."""
        return self.stored(digest).problem()
