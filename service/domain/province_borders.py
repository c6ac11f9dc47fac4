"""Borders of the counties of a stored province, as GeoJSON."""

from pydantic import TypeAdapter, ValidationError

from models.base import Id
from models.problem.borders import Borders
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import check_problem, format_json_pointer
from models.validation.finding import split_json_pointer
from service.domain.problem_sources import FindingCollector
from service.domain.schemas.provinces import BordersBody

_IDENTIFIER: TypeAdapter[str] = TypeAdapter(Id)


def set_borders(problem: PlanningProblem, body: BordersBody) -> PlanningProblem:
    """Return the problem with the borders of a GeoJSON file; InvalidProblemError with all findings about them."""
    findings = FindingCollector()
    features = _index_features(body, findings)
    counties = {county: body.features[k].geometry for county, k in features.items()}
    borders = Borders(source=body.source, licence=body.licence, counties=counties)
    changed = problem.model_copy(update={"borders": borders})
    for finding in check_problem(changed):
        part, *rest = split_json_pointer(finding.path)
        if part == "borders":
            county, inner = rest[1], ("geometry", *rest[2:]) if rest[2:] else ("id",)
            path = format_json_pointer("features", features[county], *inner)
            findings.findings.append(finding.model_copy(update={"path": path}))
    findings.raise_if_invalid()
    return changed


def _index_features(body: BordersBody, findings: FindingCollector) -> dict[str, int]:
    """Return the position of the feature of each county, with findings about features of none or of the same county."""
    features: dict[str, int] = {}
    for k, feature in enumerate(body.features):
        path, county = f"/features/{k}/id", None if feature.county is None else _read_identifier(feature.county)
        if feature.county is None:
            message = "The feature names no county."
            findings.add_finding(path, "missing", message, "State the identifier of the county as `id`.")
        elif county is None:
            message = f"No county can have the identifier {feature.county[:100]!r}."
            findings.add_finding(path, "unknown_county", message, "State the identifier of a county of the province.")
        elif county in features:
            message = f"Two features are of the county {county[:100]!r}."
            findings.add_finding(path, "duplicate_id", message, "Keep one; a MultiPolygon has several areas.")
        else:
            features[county] = k
    return features


def _read_identifier(text: str) -> str | None:
    """Return an identifier in the form in which it is kept; None for a text that none can be."""
    try:
        return _IDENTIFIER.validate_python(text)
    except ValidationError:
        return None
