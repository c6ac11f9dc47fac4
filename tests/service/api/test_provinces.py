"""Provinces: read, stored, changed, deleted."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.service.api.answers import assert_problem, paths


def body(problem: dict[str, Any], **rest: Any) -> dict[str, Any]:
    dry = {"id": "dry", "name": "Dry", "changes": [{"what": "power_limit", "factor": 0.5}]}
    return {"name": "North", "problem": problem, "scenarios": [dry], **rest}


def test_ryanggang_comes_with_allot(client: TestClient) -> None:
    listed = client.get("/v1/provinces").json()["provinces"]
    ryanggang = next(one for one in listed if one["id"] == "ryanggang")
    assert ryanggang["built_in"]
    assert {"normal", "decline", "crisis", "interview-2002", "census-2008", "recovery"} <= {
        one["id"] for one in ryanggang["scenarios"]
    }
    read = client.get("/v1/provinces/ryanggang")
    assert len(read.json()["problem"]["counties"]) == 12


def test_what_comes_with_allot_stays_as_it_is(client: TestClient, problem: dict[str, Any]) -> None:
    assert_problem(client.put("/v1/provinces/ryanggang", json=body(problem)), 409)
    assert_problem(client.delete("/v1/provinces/ryanggang"), 409)
    assert_problem(client.get("/v1/provinces/ryanggang?version=2"), 404)


def test_a_scenario_is_the_problem_with_its_changes(client: TestClient) -> None:
    normal = client.get("/v1/provinces/ryanggang").json()["problem"]
    crisis = client.get("/v1/provinces/ryanggang/scenarios/crisis")
    assert crisis.status_code == 200
    assert crisis.json()["power_areas"] != normal["power_areas"]
    assert_problem(client.get("/v1/provinces/ryanggang/scenarios/carnival"), 404)


def test_every_change_is_a_version_and_old_ones_stay(client: TestClient, problem: dict[str, Any]) -> None:
    first = client.put("/v1/provinces/versions", json=body(problem))
    assert first.status_code == 201
    assert first.headers["location"] == "/v1/provinces/versions"
    second = client.put("/v1/provinces/versions", json=body({**problem, "years": 0.2}))
    assert second.status_code == 200
    assert (first.json()["version"], second.json()["version"]) == (1, 2)
    assert client.get("/v1/provinces/versions").json()["problem"]["years"] == 0.2
    assert client.get("/v1/provinces/versions?version=1").json()["problem"]["years"] == 0.1616
    assert client.delete("/v1/provinces/versions").status_code == 204
    assert_problem(client.get("/v1/provinces/versions"), 404)
    assert client.get("/v1/provinces/versions?version=2").status_code == 200


def test_two_writers_cannot_both_win(client: TestClient, problem: dict[str, Any]) -> None:
    seen = client.put("/v1/provinces/writers", json=body(problem)).headers["etag"]
    won = client.put("/v1/provinces/writers", json=body({**problem, "years": 0.3}), headers={"If-Match": seen})
    assert won.status_code == 200
    lost = client.put("/v1/provinces/writers", json=body({**problem, "years": 0.4}), headers={"If-Match": seen})
    assert_problem(lost, 412)
    assert_problem(client.delete("/v1/provinces/writers", headers={"If-Match": seen}), 412)
    only_new = {"If-None-Match": "*"}
    assert_problem(client.put("/v1/provinces/writers", json=body(problem), headers=only_new), 412)
    assert client.put("/v1/provinces/another", json=body(problem), headers=only_new).status_code == 201
    assert client.delete("/v1/provinces/writers", headers={"If-Match": won.headers["etag"]}).status_code == 204
    assert_problem(client.put("/v1/provinces/none", json=body(problem), headers={"If-Match": "*"}), 412)


def test_who_has_a_version_is_not_sent_it_again(client: TestClient) -> None:
    tag = client.get("/v1/provinces/ryanggang").headers["etag"]
    again = client.get("/v1/provinces/ryanggang", headers={"If-None-Match": f'"other", {tag}'})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"problem": {}}, "/problem/periods"),
        (
            {
                "scenarios": [
                    {"id": "x", "name": "X", "changes": [{"what": "power_limit", "where": "mars", "factor": 2}]}
                ]
            },
            "/scenarios/0/changes/0/where",
        ),
        ({"scenarios": [{"id": "x", "name": "X"}, {"id": "x", "name": "Y"}]}, "/scenarios/1/id"),
        ({"colour": "red"}, "/colour"),
    ],
    ids=["a problem that is none", "a scenario that selects nothing", "two scenarios of one name", "an unknown field"],
)
def test_a_province_that_cannot_be_planned_is_refused(
    client: TestClient, problem: dict[str, Any], change: dict[str, Any], path: str
) -> None:
    refused = assert_problem(client.put("/v1/provinces/refused", json=body(problem) | change), 422)
    assert path in paths(refused["errors"])
    assert_problem(client.get("/v1/provinces/refused"), 404)


def test_a_name_that_is_none_is_refused(client: TestClient, problem: dict[str, Any]) -> None:
    refused = assert_problem(client.put("/v1/provinces/a%20b", json=body(problem)), 422)
    assert paths(refused["errors"]) == {"path/province"}


def test_a_stored_province_can_be_planned_in_its_scenario(client: TestClient, problem: dict[str, Any]) -> None:
    client.put("/v1/provinces/planned", json=body(problem))
    answer = client.post("/v1/plans", json={"province": "planned", "scenario": "dry"}, headers={"Prefer": "wait=60"})
    assert answer.status_code == 201
    source = {name: value for name, value in answer.json()["source"].items() if value is not None}
    assert source == {"province": "planned", "version": 1, "scenario": "dry", "name": "North", "changes": []}
    planned = client.get(answer.headers["location"] + "/problem").json()
    assert planned["power_areas"][0]["limit_kwh"] == [7500.0, 6000.0]


SQUARE = [[128.0, 41.2], [128.4, 41.2], [128.4, 41.6], [128.0, 41.6], [128.0, 41.2]]


def feature(name: str | None, ring: list[list[float]] | None = None, **properties: Any) -> dict[str, Any]:
    stated = {} if name is None else {"id": name}
    geometry = {"type": "Polygon", "coordinates": [ring or SQUARE], "bbox": [128, 41, 129, 42]}
    return {"type": "Feature", "properties": properties, "geometry": geometry, **stated}


def collection(*features: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "source": "survey", "licence": "CC0", "features": features, "crs": {}, **more}


def test_borders_are_a_version_of_their_own_and_leave_the_rest(client: TestClient, problem: dict[str, Any]) -> None:
    first = client.put("/v1/provinces/bordered", json=body(problem))
    shapes = collection(feature("hyesan"), feature(None, county="kapsan"))
    tag = first.headers["etag"]
    second = client.put("/v1/provinces/bordered/borders", json=shapes, headers={"If-Match": tag})
    assert second.status_code == 200
    assert second.json()["version"] == 2
    read = client.get("/v1/provinces/bordered")
    assert second.headers["etag"] == read.headers["etag"]
    borders = read.json()["problem"].pop("borders")
    assert (borders["source"], borders["licence"]) == ("survey", "CC0")
    assert borders["counties"]["kapsan"] == {"type": "Polygon", "coordinates": [SQUARE]}
    assert client.get("/v1/provinces/bordered?version=1").json()["problem"].get("borders") is None
    assert read.json()["scenarios"][0]["id"] == "dry"
    assert_problem(client.put("/v1/provinces/bordered/borders", json=shapes, headers={"If-Match": tag}), 412)
    assert_problem(client.put("/v1/provinces/ryanggang/borders", json=shapes), 409)
    assert_problem(client.put("/v1/provinces/nowhere/borders", json=shapes), 404)
    report = client.post("/v1/validate", json={"problem": problem | {"borders": borders}}).json()
    assert report["borders"] == borders


def test_every_mistake_of_borders_is_told_by_its_feature(client: TestClient, problem: dict[str, Any]) -> None:
    client.put("/v1/provinces/wrong-borders", json=body(problem))
    shapes = collection(
        feature("hyesan"),
        feature("hyesan"),
        feature(None),
        feature("kapsam"),
        feature("kapsan", SQUARE[:4]),
        feature(""),
        feature(")Ç \x08"),
        feature(" hyesan "),
    )
    answer = client.put("/v1/provinces/wrong-borders/borders", json=shapes)
    found = {one["path"]: one["code"] for one in assert_problem(answer, 422)["errors"]}
    assert found == {
        "/features/1/id": "duplicate_id",
        "/features/2/id": "missing",
        "/features/3/id": "unknown_county",
        "/features/4/geometry/coordinates/0": "open_ring",
        "/features/5/id": "unknown_county",
        "/features/6/id": "unknown_county",
        "/features/7/id": "duplicate_id",
    }
    unlicensed = collection(feature("hyesan"), licence="")
    answer = client.put("/v1/provinces/wrong-borders/borders", json=unlicensed)
    assert "/licence" in paths(assert_problem(answer, 422)["errors"])
