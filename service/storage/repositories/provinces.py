"""Stored provinces and their versions. (Built-in ones are files of `models.provinces`, not rows.)"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select

from models.changes.change import Scenario
from service.storage.engine import acquire_lock, read_database_clock
from service.storage.errors import RecordNotFoundError, VersionConflictError
from service.storage.records import ProvinceRecord, to_utc_datetime
from service.storage.repositories.problems import ProblemRepository, StoredProblem
from service.storage.schema import provinces


class ProvinceRepository:
    """Provinces by identifier. Every change adds a version."""

    def __init__(self, connection: Connection) -> None:
        """Work within the transaction of a connection."""
        self._connection = connection
        self._problems = ProblemRepository(connection)

    def list_provinces(self) -> tuple[ProvinceRecord, ...]:
        """List the newest version of every province that is not deleted, by identifier."""
        newest = (
            select(provinces.c.id, func.max(provinces.c.version).label("version")).group_by(provinces.c.id).subquery()
        )
        query = (
            select(provinces)
            .join(newest, (provinces.c.id == newest.c.id) & (provinces.c.version == newest.c.version))
            .where(provinces.c.deleted.is_(False))
            .order_by(provinces.c.id)
        )
        return tuple(_to_province_record(row) for row in self._connection.execute(query))

    def get_province(self, province: str, version: int | None = None) -> ProvinceRecord:
        """Read a version of a province, by default the newest; raise RecordNotFoundError if it is unknown or deleted."""
        query = select(provinces).where(provinces.c.id == province).order_by(provinces.c.version.desc()).limit(1)
        if version is not None:
            query = query.where(provinces.c.version == version)
        row = self._connection.execute(query).first()
        if row is None or row.deleted:
            raise RecordNotFoundError("province", province if version is None else f"{province} version {version}")
        return _to_province_record(row)

    def put_province(
        self,
        province: str,
        name: str,
        problem: StoredProblem,
        scenarios: Sequence[Scenario],
        *,
        caller: str,
        expected_version: int | None = None,
    ) -> ProvinceRecord:
        """Store a new version.

        `expected_version` is the version that the caller read (0: none). Raises VersionConflictError if it is not the newest.
        """
        return self._insert_version(
            province,
            expected_version,
            {
                "name": name,
                "problem_digest": self._problems.put_problem(problem),
                "scenarios": [scenario.model_dump(mode="json") for scenario in scenarios],
                "deleted": False,
                "caller": caller,
            },
        )

    def delete_province(self, province: str, *, caller: str, expected_version: int | None = None) -> None:
        """Delete a province; its versions stay readable by number. Raises RecordNotFoundError, VersionConflictError."""
        last = self.get_province(province)
        self._insert_version(
            province,
            expected_version,
            {"name": last.name, "problem_digest": None, "scenarios": [], "deleted": True, "caller": caller},
        )

    def _insert_version(self, province: str, expected_version: int | None, values: dict[str, Any]) -> ProvinceRecord:
        acquire_lock(self._connection, f"province {province}")
        query = select(provinces.c.version, provinces.c.deleted).where(provinces.c.id == province)
        row = self._connection.execute(query.order_by(provinces.c.version.desc()).limit(1)).first()
        newest = row.version if row is not None else 0
        seen = newest if row is not None and not row.deleted else 0
        if expected_version is not None and expected_version != seen:
            raise VersionConflictError(province, expected_version, seen)
        added = {"id": province, "version": newest + 1, "created": read_database_clock(self._connection), **values}
        return _to_province_record(
            self._connection.execute(provinces.insert().values(added).returning(provinces)).one()
        )


def _to_province_record(row: Row[Any]) -> ProvinceRecord:
    return ProvinceRecord(
        id=row.id,
        version=row.version,
        name=row.name,
        problem_digest=row.problem_digest or "",
        scenarios=tuple(Scenario.model_validate(scenario) for scenario in row.scenarios),
        created=to_utc_datetime(row.created),
        caller=row.caller,
    )
