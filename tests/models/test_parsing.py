"""Parsing returns all findings at once, for any request."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from models.changes.change import Change
from models.examples import two_counties, two_counties_raw, two_counties_text
from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from models.validation.checks import Finding, InvalidProblemError
from models.validation.finding_codes import FINDING_CODES, STRUCTURE_CODES
from models.validation.parsing import MAX_FINDINGS, parse_problem, validate_model
from tests.models.problems import Raw, list_codes, list_findings, modified_problem


def test_example_is_parsed_unchanged() -> None:
    text = two_counties_text()
    assert parse_problem(text) == parse_problem(text.encode()) == parse_problem(json.loads(text)) == two_counties()


def _fifteen(raw: Raw) -> None:
    raw["bogus"] = 1
    raw["periods"][1] = "2002 02"
    raw["items"][0]["value"] = -1
    raw["items"][1]["importance"] = [1, "two"]
    raw["items"][2]["kind"] = "goods"
    raw["items"][3]["calendar"] = "scool"
    del raw["counties"][1]["power_area"]
    raw["counties"][0]["stocks"]["sope"] = {"opening": 1}
    raw["factories"][0]["machines"]["press"] = [300, 280, 260]
    raw["factories"][1]["condition"] = 1.5
    raw["factories"][1]["lines"][0]["hours_per_unit"] = {"mil": 0.001}
    raw["links"][0]["to"] = "hyesam"
    raw["links"][1]["kwh_per_tonne_km"] = 0.1
    raw["partners"][0]["rate"] = float("inf")
    raw["supply_shares"]["gateways"] = ["kilju", "kilju"]
    raw["policy"]["goals"] = ["cost", {"goal": "shortage", "over": "town"}]


def test_structural_and_semantic_findings_are_reported_together() -> None:
    assert set(list_codes(modified_problem(_fifteen))) == {
        ("/bogus", "unknown_field"),
        ("/periods/1", "bad_id"),
        ("/items/0/value", "negative"),
        ("/items/1/importance/1", "wrong_type"),
        ("/items/2/kind", "unknown_choice"),
        ("/items/3/calendar", "unknown_calendar"),
        ("/counties/1/power_area", "missing"),
        ("/counties/0/stocks/sope", "unknown_item"),
        ("/factories/0/machines/press", "wrong_length"),
        ("/factories/1/condition", "out_of_range"),
        ("/factories/1/lines/0/hours_per_unit/mil", "unknown_machine_group"),
        ("/links/0/to", "unknown_place"),
        ("/links/1/power_area", "electric_link_without_area"),
        ("/partners/0/rate", "not_finite"),
        ("/supply_shares/gateways/1", "duplicate_gateway"),
        ("/policy/goals/1/over", "unknown_choice"),
    }


def test_omitted_parts_cause_no_further_findings() -> None:
    def modify(raw: Raw) -> None:
        raw["items"][0]["id"] = "la undry"  # Omitted: the item and every reference to it,
        raw["counties"][0]["power_area"] = None  # the county,
        raw["power_areas"][0]["id"] = 5  # the power area,
        raw["calendars"]["school"] = [1, "x"]  # the calendar,
        raw["factories"][0]["machines"] = 3  # the machines,
        raw["stations"][0]["name"] = 3  # and only the name of the station.

    assert list_codes(modified_problem(modify)) == [
        ("/calendars/school/1", "wrong_type"),
        ("/items/0/id", "bad_id"),
        ("/counties/0/power_area", "wrong_type"),
        ("/stations/0/name", "wrong_type"),
        ("/factories/0/machines", "wrong_type"),
        ("/power_areas/0/id", "wrong_type"),
    ]


def test_paths_refer_to_the_request() -> None:
    def modify(raw: Raw) -> None:
        raw["links"].insert(0, {"id": "broken"})
        raw["links"].insert(2, 7)
        raw["links"][3]["to"] = "kapsam"
        raw["factories"].insert(0, [])
        raw["factories"][2]["lines"].insert(0, {})
        raw["factories"][2]["lines"][1]["item"] = "starsh"

    assert set(list_codes(modified_problem(modify))) == {
        ("/links/0/from", "missing"),
        ("/links/0/to", "missing"),
        ("/links/2", "wrong_type"),
        ("/links/3/to", "unknown_place"),
        ("/factories/0", "wrong_type"),
        ("/factories/2/lines/0/item", "missing"),
        ("/factories/2/lines/1/item", "unknown_item"),
    }


@pytest.mark.parametrize("part", ["periods", "items", "counties"])
@pytest.mark.parametrize("value", [None, 3, [], [None], "absent"])
def test_remaining_parts_are_checked_without_a_required_part(part: str, value: Any) -> None:
    def modify(raw: Raw) -> None:
        raw[part] = value
        if value == "absent":
            del raw[part]
        raw["supply_shares"]["gateways"] = ["kilju", "kilju"]

    found = list_codes(modified_problem(modify))
    assert found[0][0].startswith(f"/{part}")
    assert found[1] == ("/supply_shares/gateways/1", "duplicate_gateway")
    assert len(found) == 2 or (part == "periods" and {code for _, code in found[2:]} == {"wrong_length"})


TEXTS = [
    (b"", "", "bad_json"),
    (b"{", "", "bad_json"),
    (b"\xff\xfe\xfa", "", "bad_json"),
    (b"[1]", "", "wrong_type"),
    (b"null", "", "wrong_type"),
    (b"[" * 100_000, "", "too_deep"),
    (b'{"a":' * 100_000, "", "too_deep"),
]


@pytest.mark.parametrize(("text", "path", "code"), TEXTS, ids=[repr(text[:10]) for text, _, _ in TEXTS])
def test_invalid_texts(text: bytes, path: str, code: str) -> None:
    assert list_codes(text) == [(path, code)]


NUMBERS = ["NaN", "Infinity", "-Infinity", "1e400", "-1e400", "9" * 400, "9" * 5000, "-" + "9" * 5000]


@pytest.mark.parametrize("number", NUMBERS, ids=[number[:12] for number in NUMBERS])
def test_numbers_that_are_not_finite(number: str) -> None:
    text = two_counties_text().replace('"years": 0.1616', f'"years": {number}')
    assert list_codes(text) == [("/years", "not_finite")]


def test_repeated_keys_are_rejected() -> None:
    text = two_counties_text().replace('"people": 166087', '"people": 1, "people": 166087')
    assert list_codes(text) == [("/counties/0/population/people", "repeated_key")]


def test_unpaired_surrogates_are_rejected() -> None:
    text = two_counties_text().replace("Laundry soap", r"Laundry \ud800soap").replace('"kettle": 330', r'"\udcff": 330')
    found = list_findings(text)
    assert ("/items/0/name", "bad_text") in [(finding.path, finding.code) for finding in found]
    json.dumps([finding.model_dump() for finding in found], ensure_ascii=False).encode()


STRUCTURAL: list[tuple[str, Raw]] = [
    ("missing", {}),
    ("unknown_field", {"id": "a", "lable": 1}),
    ("wrong_type", {"id": "a", "name": 1}),
    ("negative", {"id": "a", "value": -0.5}),
    ("not_finite", {"id": "a", "value": float("nan")}),
    ("out_of_range", {"id": "a", "value": 1e16}),
    ("bad_id", {"id": "혜산"}),
    ("unknown_choice", {"id": "a", "kind": "service"}),
    ("too_short", {"id": "a", "unit": ""}),
    ("too_long", {"id": "a", "unit": "x" * 101}),
]


@pytest.mark.parametrize(("code", "item"), STRUCTURAL)
def test_structural_codes(code: str, item: Raw) -> None:
    assert [found for _, found in list_codes(modified_problem(lambda raw: raw["items"].append(item)))] == [code]


def test_every_structural_code_is_tested() -> None:
    elsewhere = {"bad_json", "too_deep", "repeated_key", "bad_text", "invalid", "more_findings"}
    assert {code for code, _ in STRUCTURAL} | elsewhere == STRUCTURE_CODES.keys()


def test_number_of_findings_is_limited() -> None:
    found = list_findings(modified_problem(lambda raw: raw.update(links=[{}] * 2000)))
    assert len(found) == MAX_FINDINGS + 1
    assert found[-1].code == "more_findings"


def test_a_hundred_thousand_mistakes_are_counted_and_a_thousand_told() -> None:
    found = list_findings(
        modified_problem(lambda raw: raw["items"][0].update({f"unknown {k}": k for k in range(100_000)}))
    )
    assert len(found) == MAX_FINDINGS + 1
    assert found[-1].message == "99000 more findings are not listed."


def test_other_models_are_validated_alike() -> None:
    assert validate_model(PlanOptions, b'{"tolerance": 1e-5}').tolerance == 1e-5
    with pytest.raises(InvalidProblemError) as refused:
        validate_model(Change, {"what": "norm", "where": 5, "factor": 1, "value": {"number": 3}})
    assert [(finding.path, finding.code) for finding in refused.value.findings] == [
        ("/what", "unknown_choice"),
        ("/where", "wrong_type"),
        ("/value", "wrong_type"),
    ]
    assert refused.value.findings[0].remedy == "Did you mean “norms”?"
    with pytest.raises(InvalidProblemError) as refused:
        validate_model(Change, {"what": "norms"})
    assert [(finding.path, finding.code) for finding in refused.value.findings] == [("", "invalid")]


def test_keys_equal_to_union_tags_stay_in_the_path() -> None:
    def modify(raw: Raw) -> None:
        raw["items"][0]["norms"] = {"list": -1, "number": "x", "goal/~": -2}
        raw["policy"]["goals"] = [{"goal": "name"}]

    assert [path for path, _ in list_codes(modified_problem(modify))] == [
        "/items/0/norms/list",
        "/items/0/norms/number",
        "/items/0/norms/goal~1~0",
        "/policy/goals/0/goal",
    ]


def _places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the paths of all elements of a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [place for key, one in inner for place in _places(one, (*path, key))]


PLACES = _places(two_counties_raw())
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["soap", "kapsan", "even"])
)
VALUES = SCALARS | st.lists(SCALARS, max_size=3) | st.dictionaries(st.text(max_size=5), SCALARS, max_size=3)
MUTATIONS = st.lists(
    st.tuples(st.sampled_from(PLACES), st.sampled_from(["set", "delete", "add", "twice"]), VALUES), max_size=6
)


def _mutate(raw: Any, path: tuple[str | int, ...], how: str, value: Any) -> None:
    """Change the element at a path, if it still exists."""
    owner, last = _owner(raw, path), path[-1]
    if not _has(owner, last):
        return
    if how == "delete":
        del owner[last]
    elif how == "twice" and isinstance(owner, list):
        owner.append(copy.deepcopy(owner[int(last)]))
    elif how == "add" and isinstance(owner[last], dict):
        owner[last]["x"] = value
    else:
        owner[last] = value


def _owner(raw: Any, path: tuple[str | int, ...]) -> Any:
    for part in path[:-1]:
        raw = raw[part] if _has(raw, part) else None
    return raw


def _has(raw: Any, part: str | int) -> bool:
    if isinstance(raw, list):
        return isinstance(part, int) and part < len(raw)
    return isinstance(raw, dict) and part in raw


@settings(max_examples=300, deadline=None)
@given(MUTATIONS)
def test_any_request_gives_a_problem_or_findings(mutations: list[tuple[tuple[str | int, ...], str, Any]]) -> None:
    raw = two_counties_raw()
    for path, how, value in mutations:
        _mutate(raw, path, how, value)
    for body in (raw, json.dumps(raw).encode()):
        result = _problem_or_findings(body)
        if isinstance(result, PlanningProblem):
            continue
        assert any(finding.severity == "error" for finding in result)
        assert len({(finding.path, finding.code, finding.message) for finding in result}) == len(result)
        for finding in result:
            assert finding.code in FINDING_CODES
            assert finding.message
            assert finding.remedy
            assert (finding.path + finding.message + finding.remedy).encode()


def _problem_or_findings(body: Any) -> PlanningProblem | tuple[Finding, ...]:
    try:
        return parse_problem(body)
    except InvalidProblemError as invalid:
        return invalid.findings


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=40) | st.text(max_size=40))
def test_any_text_gives_findings(text: bytes | str) -> None:
    with pytest.raises(InvalidProblemError):
        parse_problem(text)
