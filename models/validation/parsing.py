"""Parse a request body into a problem, and report all findings at once.

Structural findings (an unknown field, a negative number) and findings of the checks (a link to an unknown place) come in
one response. `PartialDocument` removes the invalid parts, and the checks run on the remaining document. Findings that the
removed parts alone may have caused are dropped.
"""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from models.labels import normalise_label
from models.problem.planning_problem import PlanningProblem
from models.rule_mistakes import RuledModel
from models.validation.checks import Finding, InvalidProblemError, check_partial_problem, check_problem, raise_on_errors
from models.validation.checks.context import Omissions
from models.validation.finding import JsonPath, format_json_pointer, split_json_pointer
from models.validation.finding_codes import make_finding
from models.validation.json_text import decode_json
from models.validation.structure_findings import StructuralMistake, find_structural_mistakes

Model = TypeVar("Model", bound=BaseModel)

MAX_FINDINGS = 1000
"""Largest number of findings in one response."""

MAX_ROUNDS = 12
"""Largest number of removal rounds. Removing a required part makes its parent invalid, which the next round removes."""

_KINDS_OF_PART = {
    "periods": ("period",),
    "items": ("item", "category"),
    "counties": ("county", "place"),
    "stations": ("place",),
    "power_areas": ("power area",),
    "calendars": ("calendar",),
    "partners": ("partner",),
}
"""Kinds of identifiers that each part of a problem defines."""

_REQUIRED_PLACEHOLDERS: dict[str, list[Any]] = {
    "periods": ["_"],
    "items": [{"id": "_"}],
    "counties": [{"id": "_", "power_area": "_"}],
}
"""Placeholders for required parts of which no entry is valid."""


def parse_problem(raw: bytes | str | dict[str, Any]) -> PlanningProblem:
    """Parse a problem from JSON text or from decoded JSON.

    Raises InvalidProblemError with all findings if any of them is an error. Warnings alone do not reject a problem;
    `check_problem` returns them.
    """
    value, findings = _decode_body(raw)
    try:
        problem = PlanningProblem.model_validate(value)
    except ValidationError as error:
        mistakes = find_structural_mistakes(error, value, PlanningProblem)
        findings += tuple(mistake.finding for mistake in mistakes)
        if isinstance(value, dict) and len(mistakes) <= MAX_FINDINGS:
            findings += _check_readable_part(value, mistakes)
        raise InvalidProblemError(_cap_findings(findings, error.error_count() - len(mistakes))) from None
    raise_on_errors(_cap_findings(findings + check_problem(problem)))
    return problem


def validate_model(model_type: type[Model], raw: bytes | str | dict[str, Any]) -> Model:
    """Parse a model such as options or a scenario from JSON text or from decoded JSON.

    Raises InvalidProblemError with all structural findings.
    """
    value, findings = _decode_body(raw)
    try:
        model = model_type.model_validate(value)
    except ValidationError as error:
        found = [mistake.finding for mistake in find_structural_mistakes(error, value, model_type)]
        if issubclass(model_type, RuledModel) and isinstance(value, dict):
            found += [
                make_finding(code, path, message, remedy)
                for path, code, message, remedy in model_type.find_mistakes(value)
            ]
        once = {(finding.path, finding.code): finding for finding in reversed(found)}
        raise InvalidProblemError(_cap_findings((*findings, *reversed(once.values())))) from None
    raise_on_errors(findings)
    return model


def _decode_body(raw: bytes | str | dict[str, Any]) -> tuple[Any, tuple[Finding, ...]]:
    """Return the decoded body and findings about its text; raise InvalidProblemError if decoding fails."""
    if not isinstance(raw, bytes | str):
        return raw, ()
    value, findings = decode_json(raw)
    if value is None and findings:
        raise InvalidProblemError(findings)
    return value, findings


def _check_readable_part(raw: dict[str, Any], mistakes: list[StructuralMistake]) -> tuple[Finding, ...]:
    """Return the errors of the checks on `raw` without its invalid parts."""
    partial = PartialDocument(raw)
    for _ in range(MAX_ROUNDS):
        if not partial.remove_unreadable(mistakes):
            break
        rest = partial.build_readable_part()
        try:
            problem = PlanningProblem.model_validate(rest)
        except ValidationError as error:
            mistakes = find_structural_mistakes(error, rest, PlanningProblem)
        else:
            return _relocate_findings(check_partial_problem(problem, partial.collect_omissions()), partial)
    return ()


def _cap_findings(findings: tuple[Finding, ...], unread: int = 0) -> tuple[Finding, ...]:
    """Keep at most `MAX_FINDINGS` findings, errors before warnings, and add one that states the number of others.

    `unread` is the number of mistakes that were not put into words, where there are too many of them.
    """
    if len(findings) <= MAX_FINDINGS:
        return findings
    errors_first = sorted(findings, key=lambda finding: finding.severity == "warning")
    message = f"{len(findings) - MAX_FINDINGS + max(0, unread)} more findings are not listed."
    return (
        *errors_first[:MAX_FINDINGS],
        make_finding("more_findings", (), message, "Correct the listed findings first."),
    )


class PartialDocument:
    """A document without its invalid parts. Paths refer to the original document unless stated otherwise."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self._raw = raw
        self._removed_paths: set[JsonPath] = set()
        self._changed_paths: set[JsonPath] = set()
        self._placeholders: dict[str, list[Any]] = {}
        self._position_cache: dict[JsonPath, list[int]] = {}

    def remove_unreadable(self, mistakes: Iterable[StructuralMistake]) -> bool:
        """Remove the parts with mistakes, whose paths refer to `build_readable_part()`. Return whether anything was removed."""
        before = len(self._removed_paths) + len(self._placeholders)
        paths = [self.find_original_path(_find_path_to_remove(mistake)) for mistake in mistakes]
        for path in paths:
            self._remove_path(path)
        self._position_cache.clear()
        remaining = self._copy_readable(self._raw, ())
        for part, placeholder in _REQUIRED_PLACEHOLDERS.items():
            if not remaining.get(part):
                self._placeholders.setdefault(part, placeholder)
        return len(self._removed_paths) + len(self._placeholders) > before

    def build_readable_part(self) -> dict[str, Any]:
        """Return the remaining document. Unchanged parts are shared with the original."""
        remaining: dict[str, Any] = self._copy_readable(self._raw, ())
        return remaining | self._placeholders

    def find_original_path(self, parts: Iterable[str | int]) -> JsonPath:
        """Map a path in `build_readable_part()` to the original document; positions may be strings of digits."""
        path: JsonPath = ()
        value: Any = self._raw
        steps = tuple(parts)
        if steps[:1] and steps[0] in self._placeholders:
            return steps
        for part in steps:
            key: str | int = part
            if isinstance(value, list | tuple):
                key = (
                    self._find_remaining_positions(path, len(value))[int(part)]
                    if path in self._changed_paths
                    else int(part)
                )
            path = (*path, key)
            value = _get_value_at(value, key)
        return path

    def _find_remaining_positions(self, path: JsonPath, length: int) -> list[int]:
        """Return the original positions of the remaining entries of a list."""
        if path not in self._position_cache:
            self._position_cache[path] = [k for k in range(length) if (*path, k) not in self._removed_paths]
        return self._position_cache[path]

    def is_omitted_path(self, path: JsonPath) -> bool:
        """Whether the path leads to a removed part or to a placeholder, or into one."""
        if path[:1] and path[0] in self._placeholders:
            return True
        return any(path[:length] in self._removed_paths for length in range(1, len(path) + 1))

    def collect_omissions(self) -> Omissions:
        """Describe the removed parts for the checks."""
        kinds = {
            kind for part in self._placeholders for kind in _KINDS_OF_PART[part] if not self._has_same_length(part)
        }
        names: set[str] = set()
        for path in self._removed_paths:
            kinds.update(_find_removed_kinds(self._raw, path))
            names.update(_find_removed_names(self._raw, path))
        return Omissions(names=frozenset(names), kinds=frozenset(kinds))

    def _has_same_length(self, part: str) -> bool:
        """Whether the placeholders keep the number of periods, so that list lengths can still be checked."""
        return (
            part == "periods"
            and len(self._placeholders[part]) > 0
            and ("periods",) not in self._removed_paths
            and part in self._raw
        )

    def _remove_path(self, path: JsonPath) -> None:
        if len(path) == 2 and path[0] == "periods":
            periods = self._placeholders.setdefault("periods", list(self._raw["periods"]))
            periods[int(path[1])] = f"_{path[1]}"
        elif path:
            self._removed_paths.add(path)
            self._changed_paths.update(path[:length] for length in range(len(path)))

    def _copy_readable(self, value: Any, path: JsonPath) -> Any:
        if path not in self._changed_paths:
            return value
        if isinstance(value, dict):
            return {
                key: self._copy_readable(element, (*path, key))
                for key, element in value.items()
                if (*path, key) not in self._removed_paths
            }
        return [
            self._copy_readable(element, (*path, k))
            for k, element in enumerate(value)
            if (*path, k) not in self._removed_paths
        ]


def _find_path_to_remove(mistake: StructuralMistake) -> JsonPath:
    """Return the path to remove: the object without the required field, or the list with the invalid number."""
    return mistake.path[:-1] if mistake.is_missing_field or mistake.is_in_number_list else mistake.path


def _find_removed_kinds(raw: dict[str, Any], path: JsonPath) -> Iterator[str]:
    """Yield the kinds of identifiers that the part at `path` may have defined."""
    part, identifier = path[0], _read_text_at(raw, (*path[:2], "id"))
    if len(path) == 1 or path[2:] == ("id",) or (len(path) == 2 and not identifier and part != "calendars"):
        yield from _KINDS_OF_PART.get(str(part), ())
    if part == "items" and (len(path) == 2 or path[2:] == ("category",)):
        yield "category"
    if part == "items" and path[2:] == ("kind",):
        yield f"kind of {identifier}"
    if part == "borders":
        yield "border"
    if part == "factories" and path[2:] == ("machines",):
        yield f"machines of {identifier}"
    if part == "factories" and "materials" in path[4:5]:
        yield f"materials of {identifier}/{_read_text_at(raw, (*path[:4], 'item'))}"


def _find_removed_names(raw: dict[str, Any], path: JsonPath) -> Iterator[str]:
    """Yield the identifiers that the part at `path` defined."""
    if len(path) == 2:
        yield normalise_label(str(path[1])) if path[0] == "calendars" else _read_text_at(raw, (*path, "id"))
    if path[0] == "factories" and path[2:3] == ("machines",):
        yield normalise_label(str(path[-1]))


def _read_text_at(raw: Any, path: JsonPath) -> str:
    for part in path:
        raw = _get_value_at(raw, part)
    return normalise_label(raw) if isinstance(raw, str) else ""


def _get_value_at(value: Any, part: str | int) -> Any:
    """Return the element of `value` at one part of a path; None if it does not exist."""
    if isinstance(value, dict):
        return value.get(part)
    if isinstance(value, list | tuple) and isinstance(part, int) and part < len(value):
        return value[part]
    return None


def _relocate_findings(findings: tuple[Finding, ...], partial: PartialDocument) -> tuple[Finding, ...]:
    """Return the findings with paths in the original document, without those inside omitted parts."""
    located = []
    for finding in findings:
        path = partial.find_original_path(split_json_pointer(finding.path))
        if not partial.is_omitted_path(path):
            located.append(finding.model_copy(update={"path": format_json_pointer(*path)}))
    return tuple(located)
