"""Provinces: built in or stored, read and written."""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import orjson

from models import provinces as built_in
from models.apply import apply_changes
from models.changes import Scenario
from models.checks import check
from models.parsing import parse_problem, validate_model
from models.problem import PlanningProblem
from models.provinces import Province
from service.errors import Conflict, Missing
from service.provinces.schemas import ProvinceBeside, ProvinceHead, ProvinceList, ScenarioHead
from service.settings import Settings
from service.sources.service import Findings, in_scenario
from service.storage import NotFound, ProvinceRecord, Store, StoredProblem, Transaction
from service.web.bodies import Document
from service.web.etags import names, refuse_unless_current
from service.web.limits import refuse_if_too_big


@dataclass(frozen=True, slots=True)
class Found:
    """A version of a province, its problem still as bytes."""

    id: str
    """Identifier."""
    name: str
    """Name for people."""
    built_in: bool
    """Whether it comes with Allot."""
    version: int
    """Version."""
    created: datetime | None
    """When it was stored; None for what comes with Allot."""
    scenarios: tuple[Scenario, ...]
    """Its scenarios."""
    problem: StoredProblem
    """Its problem."""

    @property
    def tag(self) -> str:
        """Its entity tag."""
        return f"{self.version}-{self.problem.digest[:16]}"

    def json(self) -> bytes:
        """It as `ProvinceFull`."""
        return orjson.dumps(
            {
                "id": self.id,
                "name": self.name,
                "built_in": self.built_in,
                "version": self.version,
                "created": self.created,
                "problem": orjson.Fragment(self.problem.json()),
                "scenarios": [one.model_dump(mode="json", exclude_defaults=True) for one in self.scenarios],
            }
        )


@lru_cache(maxsize=8)
def _built_in(name: str) -> tuple[Province, StoredProblem]:
    province = built_in.load(name)
    return province, StoredProblem.of(province.problem)


class Provinces:
    """The provinces of one service."""

    def __init__(self, store: Store, settings: Settings) -> None:
        """Use a store; the limits on problems come from the settings."""
        self._store = store
        self._settings = settings

    def list(self) -> ProvinceList:
        """All provinces, without their problems."""
        with self._store.read() as transaction:
            stored = transaction.provinces.list()
        own = [_built_in(name)[0] for name in built_in.builtin()]
        return ProvinceList(
            provinces=(
                *(_head(one.id, one.name, one.scenarios, version=1, created=None) for one in own),
                *(_head(one.id, one.name, one.scenarios, version=one.version, created=one.created) for one in stored),
            )
        )

    def find(self, name: str, version: int | None = None) -> Found:
        """A version of a province, the newest if None; Missing if there is none."""
        if name in built_in.builtin():
            if version not in {None, 1}:
                raise Missing(f"{name} comes with Allot and has no version {version}.")
            province, problem = _built_in(name)
            return Found(
                id=name,
                name=province.name,
                built_in=True,
                version=1,
                created=None,
                scenarios=province.scenarios,
                problem=problem,
            )
        try:
            with self._store.read() as transaction:
                record = transaction.provinces.get(name, version)
                return _found(record, transaction.problems.stored(record.problem_digest))
        except NotFound as error:
            raise Missing(f"{str(error).capitalize()}.") from error

    def look_up(self, name: str, version: int | None) -> tuple[Province, int]:
        """A province as a model, with its version; Missing if there is none."""
        if name in built_in.builtin() and version in {None, 1}:
            return _built_in(name)[0], 1
        found = self.find(name, version)
        province = Province(id=name, name=found.name, problem=found.problem.problem(), scenarios=found.scenarios)
        return province, found.version

    def in_scenario(self, name: str, version: int | None, scenario: str) -> StoredProblem:
        """A province's problem in one of its scenarios; Missing if either is not there."""
        province, _ = self.look_up(name, version)
        if scenario not in {one.id for one in province.scenarios}:
            known = ", ".join(one.id for one in province.scenarios) or "none"
            raise Missing(f"{name} has no scenario {scenario!r}; there are: {known}.")
        return StoredProblem.of(in_scenario(province, scenario, ""))

    def understand(self, body: Document) -> PlanningProblem:
        """The problem of a province to be stored. InvalidProblem with everything wrong with it or its scenarios, TooLarge."""
        return self._understand(body)[1]

    def written_out(self, body: Document) -> Province:
        """A province that is not stored, with its scenarios; raises the same."""
        beside, problem = self._understand(body)
        return Province(id="sheets", name=beside.name, problem=problem, scenarios=beside.scenarios)

    def put(self, name: str, body: Document, caller: str, if_match: str | None, if_none_match: str | None) -> Found:
        """Store a new version of a province.

        Raises Conflict for what comes with Allot, InvalidProblem, TooLarge, Stale (or VersionConflict) if the headers say so.
        """
        self._refuse_built_in(name)
        beside, problem = self._understand(body)
        stored = StoredProblem.of(problem)
        with self._store.write() as transaction:
            there = _there(transaction, name)
            tag = _tag(there) if there is not None else None
            refuse_unless_current(_of_any_format(if_match), tag)
            expected = there.version if there is not None and if_match is not None else None
            if tag is not None and names(if_none_match, tag):
                expected = 0
            record = transaction.provinces.put(
                name, beside.name or problem.name or name, stored, beside.scenarios, caller=caller, expected=expected
            )
            transaction.audit.add(caller, "province stored", name, {"version": record.version}, province=name)
        return _found(record, stored)

    def delete(self, name: str, caller: str, if_match: str | None) -> None:
        """Delete a province; its older versions stay readable by number. Missing, Conflict, Stale."""
        self._refuse_built_in(name)
        with self._store.write() as transaction:
            there = transaction.provinces.get(name)
            refuse_unless_current(if_match, _tag(there))
            transaction.provinces.delete(name, caller=caller, expected=there.version)
            transaction.audit.add(caller, "province deleted", name, {"version": there.version}, province=name)

    def _understand(self, body: Document) -> tuple[ProvinceBeside, PlanningProblem]:
        refuse_if_too_big(body.get("problem"), self._settings, "/problem")
        findings = Findings()
        beside: ProvinceBeside | None = None
        problem: PlanningProblem | None = None
        with findings.of(""):
            beside = validate_model(ProvinceBeside, {key: part for key, part in body.items() if key != "problem"})
        if "problem" not in body:
            findings.add("/problem", "missing", "The province has no problem.", "Write its problem out.")
        else:
            with findings.of("/problem"):
                problem = parse_problem(body["problem"])
        if problem is not None and beside is not None:
            _check_scenarios(findings, problem, beside.scenarios)
        findings.refuse()
        if problem is None or beside is None:
            raise AssertionError("a province that was not refused was understood")
        return beside, problem

    def _refuse_built_in(self, name: str) -> None:
        if name in built_in.builtin():
            raise Conflict(f"{name} comes with Allot and stays as it is; store yours under another name.")


def _of_any_format(if_match: str | None) -> str | None:
    """`If-Match` with the tags of workbooks and zips as those of the versions that they hold."""
    return None if if_match is None else re.sub(r'\.(xlsx|zip)"', '"', if_match)


def _there(transaction: Transaction, name: str) -> ProvinceRecord | None:
    try:
        return transaction.provinces.get(name)
    except NotFound:
        return None


def _check_scenarios(findings: Findings, problem: PlanningProblem, scenarios: tuple[Scenario, ...]) -> None:
    """Every scenario has a name of its own and can be applied."""
    seen: set[str] = set()
    for position, scenario in enumerate(scenarios):
        if scenario.id in seen:
            findings.add(
                f"/scenarios/{position}/id", "duplicate_id", f"Two scenarios are called {scenario.id!r}.", "Rename one."
            )
        seen.add(scenario.id)
        with findings.of(f"/scenarios/{position}"):
            changed = apply_changes(problem, scenario.changes)
            for one in check(changed):
                if one.severity == "error":
                    findings.add(f"/scenarios/{position}", one.code, f"{one.path}: {one.message}", one.remedy)


def _head(
    name: str, title: str, scenarios: tuple[Scenario, ...], *, version: int, created: datetime | None
) -> ProvinceHead:
    return ProvinceHead(
        id=name,
        name=title,
        built_in=created is None,
        version=version,
        created=created,
        scenarios=tuple(
            ScenarioHead(id=one.id, name=one.name, local_name=one.local_name, notes=one.notes) for one in scenarios
        ),
    )


def _found(record: ProvinceRecord, problem: StoredProblem) -> Found:
    return Found(
        id=record.id,
        name=record.name,
        built_in=False,
        version=record.version,
        created=record.created,
        scenarios=record.scenarios,
        problem=problem,
    )


def _tag(record: ProvinceRecord) -> str:
    return f"{record.version}-{record.problem_digest[:16]}"
