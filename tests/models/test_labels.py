"""Labels that look alike are one label, and those that nearly do are reported."""

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import assume, given, settings, strategies as st

from models.examples import two_counties_raw
from models.labels import fold_label, normalise_label, show_invisible
from models.validation.checks import check_problem
from models.validation.checks.context import quote_name, suggest_similar_names
from models.validation.finding import InvalidProblemError
from models.validation.parsing import parse_problem
from models.validation.similar_labels import find_similar_pairs
from tests.models.problems import Raw, list_codes

SPACES = " \t\n\u00a0\u1680\u2000\u2003\u2007\u2009\u202f\u205f\u3000\u3164\uffa0\u2800"
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u202a\u2066\u0001\ufe0f"
WORDS = ["school", "학용품", "여학생", "éducation", "학교 물건", "cuisine d’été", "a"]


@st.composite
def disturbed_words(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a label, and the same label as another keyboard, program or copy would write it."""
    word = draw(st.sampled_from(WORDS))
    written = unicodedata.normalize(draw(st.sampled_from(["NFC", "NFD"])), word)
    hidden = st.text(INVISIBLE, max_size=2)
    spread = "".join(
        (draw(st.text(SPACES, min_size=1, max_size=2)) if character == " " else character) + draw(hidden)
        for character in written
    )
    around = st.text(SPACES + INVISIBLE, max_size=3)
    return word, draw(around) + spread + draw(around)


@given(disturbed_words())
def test_any_disturbance_of_a_label_leaves_the_label(pair: tuple[str, str]) -> None:
    word, written = pair
    assert normalise_label(written) == word


@given(st.text())
def test_the_form_of_a_label_is_its_own_form(text: str) -> None:
    kept = normalise_label(text)
    assert normalise_label(kept) is kept
    assert fold_label(kept) == fold_label(text)


@given(st.text(st.characters(exclude_categories=["Cs"])) | st.text("a" + SPACES + INVISIBLE))
def test_what_is_shown_can_be_seen(text: str) -> None:
    assume(text)
    shown = show_invisible(text)
    assert shown.isprintable()
    assert shown == shown.strip()
    assert set(SPACES + INVISIBLE).intersection(shown) <= {" "}


PLACES: dict[str, list[tuple[Any, ...]]] = {
    "category": [("items", 1, "category"), ("supply_shares", "by_category")],
    "group": [("items", 1, "norms"), ("counties", 0, "population"), ("counties", 1, "population")],
    "calendar": [("items", 1, "calendar"), ("calendars",)],
    "machine group": [("factories", 0, "machines"), ("factories", 0, "lines", 1, "hours_per_unit")],
    "item": [("items", 1, "id"), ("factories", 0, "lines", 1, "item")],
    "county": [("counties", 1, "id"), ("factories", 1, "place"), ("links", 1, "to")],
    "local name": [("items", 1, "local_name")],
    "name": [("items", 1, "name")],
}
"""Where the example problem states a label of each kind."""

OLD = {"category": "school", "group": "students", "calendar": "school", "machine group": "press", "item": "notebook",
       "county": "kapsan", "local name": "학습장", "name": "Notebook"}  # fmt: skip


def relabel(raw: Raw, path: tuple[Any, ...], old: str, new: str) -> None:
    """Replace a label, which is the value at a path or a key of the object there."""
    *owner, last = path
    target: Any = raw
    for part in owner:
        target = target[part]
    if isinstance(target[last], dict):
        target[last] = {new if key == old else key: value for key, value in target[last].items()}
    else:
        assert target[last] == old
        target[last] = new


@pytest.mark.parametrize("kind", PLACES)
@settings(max_examples=20)
@given(data=st.data())
def test_one_label_written_in_many_ways_is_one_label(kind: str, data: st.DataObject) -> None:
    """Every use of a label is disturbed in a way of its own; the problem is the one with the plain label."""
    plain, disturbed = two_counties_raw(), two_counties_raw()
    word = OLD[kind] if kind in ("item", "county") else "학용품"
    for path in PLACES[kind]:
        relabel(plain, path, OLD[kind], word)
        hidden = st.text(SPACES + INVISIBLE, max_size=2)
        form = unicodedata.normalize(data.draw(st.sampled_from(["NFC", "NFD"])), word)
        middle = data.draw(st.text(INVISIBLE, max_size=1))
        written = data.draw(hidden) + form[:1] + middle + form[1:] + data.draw(hidden)
        relabel(disturbed, path, OLD[kind], written)
    assert parse_problem(json.dumps(disturbed)) == parse_problem(json.dumps(plain))


def test_two_keys_that_are_one_label_are_refused() -> None:
    raw = two_counties_raw()
    raw["items"][1]["norms"] = {"students": 30, "students\u200b": 1}
    with pytest.raises(InvalidProblemError) as refused:
        parse_problem(raw)
    (finding,) = refused.value.findings
    assert (finding.path, finding.code) == ("/items/1/norms", "repeated_key")
    assert "students\\u200b" in finding.message


TWINS = [
    ("school", "School"),
    ("school", "ｓｃｈｏｏｌ"),
    ("school", "sсhool"),
    ("school year", "school-year"),
    ("학생", "학셍"),
    ("학생", "학생들"),
    ("학용품", "학용풍"),
    ("학용품", "학품용"),
    ("프레스", "프래스"),
    ("hygiene", "hygeine"),
    ("student", "students"),
    ("notebook", "notbook"),
]
DIFFERENT = [
    ("남자", "여자"),
    ("남학생", "여학생"),
    ("소학생", "중학생"),
    ("group-a", "group-b"),
    ("pressA", "pressB"),
    ("1급", "2급"),
    ("가반", "나반"),
    ("age 1-2", "age 12"),
    ("boiler 1", "boiler 2"),
    ("비누", "비닐"),
    ("soap", "soup"),
]


@pytest.mark.parametrize("pair", TWINS, ids=str)
def test_a_pair_that_looks_alike_is_found_in_either_order(pair: tuple[str, str]) -> None:
    assert len(list(find_similar_pairs(pair))) == 1
    assert len(list(find_similar_pairs(reversed(pair)))) == 1


@pytest.mark.parametrize("pair", DIFFERENT, ids=str)
def test_a_pair_that_differs_on_purpose_is_not_reported(pair: tuple[str, str]) -> None:
    assert not list(find_similar_pairs(pair))


@pytest.mark.parametrize(
    ("path", "first", "second"),
    [
        (("items", 1, "category"), "hygiene", "Hygiene"),
        (("items", 1, "category"), "hygiene", "hygeine"),
        (("calendars",), "school", "ｓｃｈｏｏｌ"),
        (("factories", 0, "machines"), "kettle", "Kettle"),
    ],
)
def test_labels_that_look_alike_are_reported_where_the_second_is(
    path: tuple[Any, ...], first: str, second: str
) -> None:
    raw = two_counties_raw()
    if isinstance(path[-1], str) and path[-1] == "category":
        raw["items"][1]["category"] = second
        raw["supply_shares"]["by_category"] = {}
    else:
        target: Any = raw
        for part in path:
            target = target[part]
        target[second] = target[first]
        path = (*path, second)
    (finding,) = [one for one in check_problem(parse_problem(raw)) if one.code == "similar_label"]
    assert finding.path == "/" + "/".join(map(str, path))
    assert first in finding.message
    assert second in finding.message


def test_groups_one_syllable_apart_are_reported() -> None:
    raw = two_counties_raw()
    for k, group in enumerate(("학생", "학셍")):
        population = raw["counties"][k]["population"]
        population[group] = population.pop("students")
    raw["items"][1]["norms"] = {"학생": 30}
    assert ("/counties/1/population/학셍", "misspelt_group") in list_codes(raw)


def test_items_of_one_name_are_reported_whatever_the_other_name() -> None:
    raw = two_counties_raw()
    raw["items"][1]["name"] = "LAUNDRY SOAP 250 g"
    assert ("/items/1/name", "same_name") in list_codes(raw)


def test_a_remedy_shows_what_cannot_be_seen() -> None:
    assert quote_name("school\u00a0") == "“school\\xa0”"
    assert quote_name("scho\u200bol ") == "“scho\\u200bol\\x20”"
    assert quote_name("sсhool") == "“s\\u0441hool”"
    assert quote_name("학용품") == "“학용품”"
    assert suggest_similar_names("ｓｃｈｏｏｌ", ["school", "food"]) == "Did you mean “school”?"
    assert suggest_similar_names("학셍", ["학생", "주민"]) == "Did you mean “학생”?"


@pytest.mark.parametrize("flag", ["no", "on", "1", 1, 0, 1.0, "true"])
def test_a_flag_is_true_or_false_alone(flag: object) -> None:
    raw = two_counties_raw()
    raw["items"][0]["whole_units"] = flag
    assert list_codes(raw) == [("/items/0/whole_units", "wrong_type")]


@pytest.mark.parametrize(("name", "value", "code"), [
    ("latitude", "41.4", "wrong_type"), ("latitude", 91, "out_of_range"), ("longitude", -180.5, "out_of_range"),
    ("longitude", True, "wrong_type"), ("latitude", 1e999, "not_finite"),
])  # fmt: skip
def test_a_coordinate_is_a_number_on_the_globe(name: str, value: object, code: str) -> None:
    raw = two_counties_raw()
    raw["counties"][0][name] = value
    assert list_codes(raw) == [(f"/counties/0/{name}", code)]


def test_a_whole_number_may_be_written_with_a_fraction_of_zero() -> None:
    raw = two_counties_raw()
    raw["items"][0]["priority"] = 2.0
    raw["policy"]["fairness"] = {"alpha": 1, "pieces": 5.0}
    raw["policy"]["shortage_bands"] = None
    problem = parse_problem(raw)
    assert (problem.items[0].priority, problem.policy.fairness.pieces) == (2, 5)
    raw["items"][0]["priority"] = 1.5
    assert list_codes(raw) == [("/items/0/priority", "wrong_type")]
