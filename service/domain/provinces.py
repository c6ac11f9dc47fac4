"""Provinces: built-in and stored ones, and as files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import orjson

from models import provinces as built_in
from models.changes.apply import apply_changes
from models.changes.change import Scenario
from models.problem.planning_problem import PlanningProblem
from models.provinces import Province
from models.sheets import SheetTable, build_sheet_tables
from models.validation.checks import check_problem
from models.validation.parsing import parse_problem, validate_model
from service.core.document_limits import reject_oversized_document
from service.core.errors import ConflictError, NotFoundError
from service.core.etags import matches_etag, quote_etag, require_current_etag
from service.core.json_documents import Document
from service.core.settings import Settings
from service.domain.problem_sources import FindingCollector, apply_scenario
from service.domain.province_borders import set_borders
from service.domain.schemas.provinces import (
    BordersBody,
    ProvinceEnvelope,
    ProvinceList,
    ProvinceListEntry,
    ScenarioListEntry,
)
from service.spreadsheets.file_kinds import SpreadsheetKind
from service.spreadsheets.province_workbook import ExtraSheets, build_province_zip, write_province_workbook
from service.spreadsheets.workbook import iterate_file_chunks
from service.storage.errors import RecordNotFoundError
from service.storage.records import ProvinceRecord
from service.storage.repositories.problems import StoredProblem
from service.storage.store import Store, Transaction


@dataclass(frozen=True, slots=True)
class ProvinceVersion:
    """A version of a province with its problem as bytes."""

    id: str
    """Identifier."""
    name: str
    """Name for people."""
    built_in: bool
    """Whether it is a built-in province."""
    version: int
    """Version."""
    created: datetime | None
    """When it was stored; None for a built-in province."""
    scenarios: tuple[Scenario, ...]
    """Its scenarios."""
    problem: StoredProblem
    """Its problem."""

    @property
    def etag(self) -> str:
        """Its entity tag."""
        return f"{self.version}-{self.problem.digest[:16]}"

    def to_json(self) -> bytes:
        """Format it as JSON of `ProvinceView`."""
        return orjson.dumps(
            {
                "id": self.id,
                "name": self.name,
                "built_in": self.built_in,
                "version": self.version,
                "created": self.created,
                "problem": orjson.Fragment(self.problem.decompress_json()),
                "scenarios": [one.model_dump(mode="json", exclude_defaults=True) for one in self.scenarios],
            }
        )


@lru_cache(maxsize=8)
def _load_built_in(name: str) -> tuple[Province, StoredProblem]:
    province = built_in.load_builtin_province(name)
    return province, StoredProblem.from_problem(province.problem)


class ProvinceService:
    """The provinces of one service."""

    def __init__(self, store: Store, settings: Settings) -> None:
        """Use a store; the limits on problems come from the settings."""
        self._store = store
        self._settings = settings

    def list_provinces(self) -> ProvinceList:
        """List all provinces without their problems."""
        with self._store.read_transaction() as transaction:
            stored = transaction.provinces.list_provinces()
        own = [_load_built_in(name)[0] for name in built_in.list_builtin_provinces()]
        entries = [build_list_entry(one) for one in own] + [build_list_entry(one) for one in stored]
        return ProvinceList(provinces=tuple(entries))

    def find_province(self, name: str, version: int | None = None) -> ProvinceVersion:
        """Find a version of a province (None: the newest); NotFoundError if there is none."""
        if name in built_in.list_builtin_provinces():
            if version not in {None, 1}:
                raise NotFoundError(f"{name} comes with Allot and has no version {version}.")
            province, problem = _load_built_in(name)
            return ProvinceVersion(
                id=name,
                name=province.name,
                built_in=True,
                version=1,
                created=None,
                scenarios=province.scenarios,
                problem=problem,
            )
        try:
            with self._store.read_transaction() as transaction:
                record = transaction.provinces.get_province(name, version)
                return _build_province_version(record, transaction.problems.get_stored_problem(record.problem_digest))
        except RecordNotFoundError as error:
            raise NotFoundError(f"{str(error).capitalize()}.") from error

    def look_up_province(self, name: str, version: int | None) -> tuple[Province, int]:
        """Look up a province as a model, with its version; NotFoundError if there is none."""
        if name in built_in.list_builtin_provinces() and version in {None, 1}:
            return _load_built_in(name)[0], 1
        found = self.find_province(name, version)
        province = Province(id=name, name=found.name, problem=found.problem.parse_problem(), scenarios=found.scenarios)
        return province, found.version

    def read_scenario_problem(self, name: str, version: int | None, scenario: str) -> StoredProblem:
        """Read the problem of a province in one of its scenarios; NotFoundError if either is unknown."""
        province, _ = self.look_up_province(name, version)
        if scenario not in {one.id for one in province.scenarios}:
            known = ", ".join(one.id for one in province.scenarios) or "none"
            raise NotFoundError(f"{name} has no scenario {scenario!r}; there are: {known}.")
        return StoredProblem.from_problem(apply_scenario(province, scenario, ""))

    def parse_province_problem(self, body: Document) -> PlanningProblem:
        """Parse the problem of a province; InvalidProblemError with all findings about it and its scenarios,
        ContentTooLargeError.
        """
        return self._parse_province_body(body)[1]

    def parse_province(self, body: Document) -> Province:
        """Parse a province that is not stored, with its scenarios; raises the same errors."""
        beside, problem = self._parse_province_body(body)
        return Province(id="sheets", name=beside.name, problem=problem, scenarios=beside.scenarios)

    def store_province(
        self, name: str, body: Document, caller: str, if_match: str | None, if_none_match: str | None
    ) -> ProvinceVersion:
        """Store a new version of a province.

        Raises ConflictError for a built-in province, InvalidProblemError, ContentTooLargeError, and
        PreconditionFailedError (or VersionConflictError) if the headers demand another version.
        """
        self._reject_built_in(name)
        beside, problem = self._parse_province_body(body)
        title = beside.name or problem.name or name
        return self._put_version(name, title, problem, beside.scenarios, caller, if_match, if_none_match)

    def store_borders(self, name: str, body: BordersBody, caller: str, if_match: str | None) -> ProvinceVersion:
        """Store a new version of a province with the borders of a GeoJSON file.

        Raises ConflictError for a built-in province, NotFoundError, InvalidProblemError and PreconditionFailedError.
        """
        self._reject_built_in(name)
        there = self.find_province(name)
        require_current_etag(_strip_format_suffixes(if_match), there.etag)
        problem = set_borders(there.problem.parse_problem(), body)
        return self._put_version(name, there.name, problem, there.scenarios, caller, quote_etag(there.etag), None)

    def _put_version(
        self,
        name: str,
        title: str,
        problem: PlanningProblem,
        scenarios: tuple[Scenario, ...],
        caller: str,
        if_match: str | None,
        if_none_match: str | None,
    ) -> ProvinceVersion:
        stored = StoredProblem.from_problem(problem)
        with self._store.write_transaction() as transaction:
            there = _find_existing(transaction, name)
            tag = _compute_etag(there) if there is not None else None
            require_current_etag(_strip_format_suffixes(if_match), tag)
            expected = there.version if there is not None and if_match is not None else None
            if tag is not None and matches_etag(if_none_match, tag):
                expected = 0
            record = transaction.provinces.put_province(
                name,
                title,
                stored,
                scenarios,
                caller=caller,
                expected_version=expected,
            )
            transaction.audit.append_entry(caller, "province stored", name, {"version": record.version}, province=name)
        return _build_province_version(record, stored)

    def delete_province(self, name: str, caller: str, if_match: str | None) -> None:
        """Delete a province; its versions stay readable by number.

        NotFoundError, ConflictError, PreconditionFailedError.
        """
        self._reject_built_in(name)
        with self._store.write_transaction() as transaction:
            there = transaction.provinces.get_province(name)
            require_current_etag(if_match, _compute_etag(there))
            transaction.provinces.delete_province(name, caller=caller, expected_version=there.version)
            transaction.audit.append_entry(caller, "province deleted", name, {"version": there.version}, province=name)

    def _parse_province_body(self, body: Document) -> tuple[ProvinceEnvelope, PlanningProblem]:
        reject_oversized_document(body.get("problem"), self._settings, "/problem")
        findings = FindingCollector()
        beside: ProvinceEnvelope | None = None
        problem: PlanningProblem | None = None
        with findings.collect_findings(""):
            beside = validate_model(ProvinceEnvelope, {key: part for key, part in body.items() if key != "problem"})
        if "problem" not in body:
            findings.add_finding("/problem", "missing", "The province has no problem.", "Write its problem out.")
        else:
            with findings.collect_findings("/problem"):
                problem = parse_problem(body["problem"])
        if problem is not None and beside is not None:
            _check_scenarios(findings, problem, beside.scenarios)
        findings.raise_if_invalid()
        if problem is None or beside is None:
            raise AssertionError("a province that was not refused was understood")
        return beside, problem

    def _reject_built_in(self, name: str) -> None:
        if name in built_in.list_builtin_provinces():
            raise ConflictError(f"{name} comes with Allot and stays as it is; store yours under another name.")


def _strip_format_suffixes(if_match: str | None) -> str | None:
    """Reduce `If-Match` with tags of workbooks and zips to the tags of their versions."""
    return None if if_match is None else re.sub(r'\.(xlsx|zip)"', '"', if_match)


def _find_existing(transaction: Transaction, name: str) -> ProvinceRecord | None:
    try:
        return transaction.provinces.get_province(name)
    except RecordNotFoundError:
        return None


def _check_scenarios(findings: FindingCollector, problem: PlanningProblem, scenarios: tuple[Scenario, ...]) -> None:
    """Check that scenarios have different names and can be applied."""
    seen: set[str] = set()
    for position, scenario in enumerate(scenarios):
        if scenario.id in seen:
            findings.add_finding(
                f"/scenarios/{position}/id", "duplicate_id", f"Two scenarios are called {scenario.id!r}.", "Rename one."
            )
        seen.add(scenario.id)
        with findings.collect_findings(f"/scenarios/{position}"):
            changed = apply_changes(problem, scenario.changes)
            for one in check_problem(changed):
                if one.severity == "error":
                    findings.add_finding(f"/scenarios/{position}", one.code, f"{one.path}: {one.message}", one.remedy)


def build_list_entry(found: Province | ProvinceRecord | ProvinceVersion) -> ProvinceListEntry:
    """Build the entry of a version in lists."""
    is_built_in = isinstance(found, Province) or (isinstance(found, ProvinceVersion) and found.built_in)
    return ProvinceListEntry(
        id=found.id,
        name=found.name,
        built_in=is_built_in,
        version=1 if isinstance(found, Province) else found.version,
        created=None if isinstance(found, Province) else found.created,
        scenarios=tuple(
            ScenarioListEntry(id=one.id, name=one.name, local_name=one.local_name, notes=one.notes)
            for one in found.scenarios
        ),
    )


def _build_province_version(record: ProvinceRecord, problem: StoredProblem) -> ProvinceVersion:
    return ProvinceVersion(
        id=record.id,
        name=record.name,
        built_in=False,
        version=record.version,
        created=record.created,
        scenarios=record.scenarios,
        problem=problem,
    )


def _compute_etag(record: ProvinceRecord) -> str:
    return f"{record.version}-{record.problem_digest[:16]}"


def build_province_tables(found: ProvinceVersion) -> tuple[tuple[SheetTable, ...], ExtraSheets]:
    """Build the tables of a province and its sheets for readers; a built-in province has its marks and sources."""
    problem: PlanningProblem = found.problem.parse_problem()
    if not found.built_in:
        return build_sheet_tables(problem, found.name, found.scenarios), {}
    notes, pages = built_in.load_province_notes(found.id)
    return build_sheet_tables(problem, found.name, found.scenarios, notes), pages


def stream_province_file(found: ProvinceVersion, kind: SpreadsheetKind) -> Iterator[bytes]:
    """Stream a province as a workbook or a zip."""
    tables, pages = build_province_tables(found)
    if kind == "zip":
        return iter((build_province_zip(tables, pages),))
    return iterate_file_chunks(write_province_workbook(found.name, tables, pages))
