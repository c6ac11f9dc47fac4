"""Problem sources: from a request body to the resolved problem, with all findings at once."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from models.base import Frozen
from models.changes.apply import apply_changes
from models.problem.planning_problem import PlanningProblem
from models.provinces import Province
from models.validation.checks import Finding, InvalidProblemError, check_problem
from models.validation.parsing import parse_problem, validate_model
from service.core.document_limits import reject_oversized_document, reject_oversized_problem
from service.core.errors import NotFoundError
from service.core.json_documents import Document, decode_json_object
from service.core.settings import Settings
from service.domain.schemas.problems import SourceEnvelope
from service.spreadsheets.file_kinds import SpreadsheetKind
from service.spreadsheets.reader import read_sheets

ProvinceLookup = Callable[[str, int | None], tuple[Province, int]]
"""Returns a province by name and version (None: the newest), with its version; raises what means 404."""

EnvelopeType = TypeVar("EnvelopeType", bound=SourceEnvelope)

SOURCE_KEYS = frozenset({"problem", "province", "version", "scenario", "changes"})
"""Keys of a body that state the source of its problem."""


@dataclass(frozen=True, slots=True)
class ResolvedProblem:
    """The problem that a request describes."""

    problem: PlanningProblem
    """The problem, in its scenario and with its changes."""
    source: dict[str, Any]
    """Its source: province, version, scenario and changes, as far as they were stated."""
    findings: tuple[Finding, ...] = ()
    """All findings about it; warnings only."""


class FindingCollector:
    """Collects findings about several parts of a body before it is rejected."""

    def __init__(self) -> None:
        """Start without findings."""
        self.findings: list[Finding] = []

    @contextmanager
    def collect_findings(self, prefix: str) -> Iterator[None]:
        """Collect the findings of InvalidProblemError in the block, with their paths below `prefix`."""
        try:
            yield
        except InvalidProblemError as error:
            self.findings += [one.model_copy(update={"path": prefix + one.path}) for one in error.findings]

    def add_finding(self, path: str, code: str, message: str, remedy: str) -> None:
        """Add one finding."""
        self.findings.append(Finding(path=path, code=code, message=message, remedy=remedy))

    def raise_if_invalid(self) -> None:
        """Raise InvalidProblemError if there are findings."""
        if any(one.severity == "error" for one in self.findings):
            raise InvalidProblemError(tuple(self.findings))


def resolve_problem(
    document: Document,
    envelope: type[EnvelopeType],
    settings: Settings,
    lookup: ProvinceLookup,
    base: ResolvedProblem | None = None,
) -> tuple[EnvelopeType, ResolvedProblem]:
    """Resolve the problem of a body and its other fields; `base` is the problem of a body without problem and
    province.

    Raises InvalidProblemError with all findings, ContentTooLargeError beyond the limits.
    """
    beside = {key: value for key, value in document.items() if key != "problem"}
    written = document.get("problem")
    reject_oversized_document(written, settings, "/problem")
    findings = FindingCollector()
    origin: EnvelopeType | None = None
    with findings.collect_findings(""):
        origin = validate_model(envelope, beside)
    problem: PlanningProblem | None = None
    if written is not None:
        with findings.collect_findings("/problem"):
            problem = parse_problem(written)
    if origin is not None:
        _check_source(findings, origin, written is not None, based=base is not None)
    findings.raise_if_invalid()
    if origin is None:
        raise InvalidProblemError(tuple(findings.findings))
    if base is not None and problem is None and origin.province is None:
        changed = _resolve_changes(base.problem, origin, "/base_plan")
        return origin, replace(changed, source=_extend_source(base.source, origin))
    if problem is None:
        return origin, _resolve_province(origin, settings, lookup)
    return origin, replace(
        _resolve_changes(problem, origin, "/problem"), source=_describe_source(origin, None, problem.name)
    )


def resolve_bare_problem(document: Document, settings: Settings, lookup: ProvinceLookup) -> ResolvedProblem:
    """Resolve the problem of a body that may also be a problem by itself."""
    if document and not SOURCE_KEYS & document.keys():
        reject_oversized_document(document, settings, "")
        problem = parse_problem(document)
        return ResolvedProblem(problem, {}, check_problem(problem))
    return resolve_problem(document, SourceEnvelope, settings, lookup)[1]


def _check_source(findings: FindingCollector, origin: SourceEnvelope, written: bool, *, based: bool) -> None:
    """Check that a body has a problem, a province or a base plan, and a province with a version or a scenario."""
    named = origin.province is not None
    if written == named and (written or not based):
        findings.add_finding(
            "",
            "problem_or_province",
            "Both a problem and a province are given." if written else "Neither a problem nor a province is given.",
            "Give `problem` (written out) or `province` (by name).",
        )
    elif not named:
        for name in ("version", "scenario"):
            if getattr(origin, name) is not None:
                findings.add_finding(
                    f"/{name}",
                    "needs_province",
                    f"A {name} belongs to a province.",
                    "Name the province, or leave it out.",
                )


def _resolve_province(origin: SourceEnvelope, settings: Settings, lookup: ProvinceLookup) -> ResolvedProblem:
    findings = FindingCollector()
    try:
        province, version = lookup(origin.province or "", origin.version)
    except NotFoundError as error:
        where = "/province" if origin.version is None else "/version"
        findings.add_finding(where, "unknown_province", error.detail, "GET /v1/provinces lists those that are there.")
        raise InvalidProblemError(tuple(findings.findings)) from error
    reject_oversized_problem(province.problem, settings)
    problem = apply_scenario(province, origin.scenario, "/scenario") if origin.scenario else province.problem
    source = _describe_source(origin, version, province.name or problem.name)
    return replace(_resolve_changes(problem, origin, "/province"), source=source)


def apply_scenario(province: Province, scenario_id: str, path: str) -> PlanningProblem:
    """Apply a scenario of a province; InvalidProblemError at `path` if there is none of that name."""
    findings = FindingCollector()
    scenario = next((one for one in province.scenarios if one.id == scenario_id), None)
    if scenario is None:
        known = ", ".join(one.id for one in province.scenarios) or "none"
        findings.add_finding(
            path, "unknown_scenario", f"{province.id} has no scenario {scenario_id!r}.", f"There are: {known}."
        )
        raise InvalidProblemError(tuple(findings.findings))
    try:
        return apply_changes(province.problem, scenario.changes)
    except InvalidProblemError as error:
        raise InvalidProblemError(tuple(one.model_copy(update={"path": path}) for one in error.findings)) from error


def _resolve_changes(problem: PlanningProblem, origin: SourceEnvelope, prefix: str) -> ResolvedProblem:
    """Apply the changes of a request and check the result again."""
    changed = apply_changes(problem, origin.changes) if origin.changes else problem
    found = tuple(one.model_copy(update={"path": prefix + one.path}) for one in check_problem(changed))
    if any(one.severity == "error" for one in found):
        raise InvalidProblemError(found)
    return ResolvedProblem(changed, {}, found)


def _extend_source(source: Mapping[str, Any], origin: SourceEnvelope) -> dict[str, Any]:
    """Describe the source of a variant: the source of its base plan with the changes added."""
    changes = [change.model_dump(mode="json", exclude_none=True) for change in origin.changes]
    return {**source, "changes": [*source.get("changes", ()), *changes]} if changes else dict(source)


def _describe_source(origin: SourceEnvelope, version: int | None, name: str) -> dict[str, Any]:
    """Describe the source that a plan records."""
    stated: Frozen = SourceEnvelope(
        province=origin.province, version=version, scenario=origin.scenario, changes=origin.changes
    )
    source: dict[str, Any] = stated.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    return source | ({"name": name} if name else {})


Result = TypeVar("Result")


def process_document(
    raw: bytes, kind: SpreadsheetKind | None, settings: Settings, work: Callable[[Document], Result]
) -> Result:
    """Process the document in a body: JSON, or a province in a spreadsheet.

    Raises InvalidProblemError with all findings about the sheets before `work` begins, or about the problem in them,
    ContentTooLargeError and BadRequestError.
    """
    if kind is None:
        return work(decode_json_object(raw))
    reading = read_sheets(raw, kind, settings)
    reject_oversized_document(reading.problem, settings, "/problem")
    reading.raise_on_errors()
    with reading.locate_errors():
        return work(reading.content)
