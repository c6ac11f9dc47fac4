"""Borders of counties: sent after the workbook, drawn on the map with their source."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import expect

from models.examples import two_counties_raw
from tests.browser.conftest import OpenPage, Service, find_violations, take_screenshot

pytestmark = pytest.mark.browser


def build_square(west: float, south: float) -> list[list[float]]:
    """Return a ring of half a degree."""
    corners = [[west, south], [west + 0.5, south], [west + 0.5, south + 0.5], [west, south + 0.5]]
    return [*corners, corners[0]]


def test_borders_are_uploaded_beside_a_province_and_drawn(
    open_page: OpenPage, service: Service, tmp_path: Path
) -> None:
    problem = two_counties_raw()
    squares = {}
    for county, (west, south) in zip(problem["counties"], [(128.0, 41.2), (128.0, 40.7)], strict=True):
        county.update(longitude=west + 0.2, latitude=south + 0.3)
        squares[county["id"]] = build_square(west, south)
    features = [
        {"type": "Feature", "id": name, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for name, ring in squares.items()
    ]
    shapes = {"type": "FeatureCollection", "source": "Survey of 1998", "licence": "CC0", "features": features}
    files = tmp_path / "bordered.json", tmp_path / "borders.geojson"
    for file, content in zip(files, (problem, shapes), strict=True):
        file.write_text(json.dumps(content), encoding="utf-8")
    page = open_page("")
    page.get_by_text("Upload a province").click()
    page.locator(".upload-province input[type=file]").first.set_input_files(files[0])
    page.get_by_label("Borders of the counties").set_input_files(files[1])
    with page.expect_response("**/v1/provinces/bordered/borders") as stored:
        page.get_by_role("button", name="Upload", exact=True).click()
    assert stored.value.ok
    expect(page.locator("input[name=province][value=bordered]")).to_be_checked()
    assert service.json("/v1/provinces/bordered")["problem"]["borders"]["source"] == "Survey of 1998"
    plan = service.json("/v1/plans", {"province": "bordered"}, Prefer="wait=60")["id"]
    page = open_page(f"#/map?plan={plan}")
    expect(page.locator("main")).to_contain_text("Borders of counties: Survey of 1998. Licence: CC0.")
    for name in squares:
        drawn = page.locator(f"path[data-place='{name}']").get_attribute("d") or ""
        assert drawn.count("L") == 4, "the border has four corners, the disc 72"
    assert page.locator(".map-outline").count() == 0
    assert find_violations(page) == []
    take_screenshot(page, "map-borders")
