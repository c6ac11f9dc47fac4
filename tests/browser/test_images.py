"""The images of the README; `--update-golden` takes them again."""

from pathlib import Path

import pytest
from PIL import Image

from tests.browser.conftest import OpenPage, Service
from tests.browser.test_study import FACTORS, wait_until_finished

pytestmark = pytest.mark.browser

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
VIEWS = {
    "map": ("#/map?plan={plan}", ".map-county"),
    "year": ("#/year?plan={plan}&part=sources", ".figure canvas"),
    "study": ("#/study?plan={plan}&study={study}", ".study-map .map-county"),
}
MAX_BYTES = 200_000


def run_study(service: Service, plan: str) -> str:
    """Run a study of electricity and deliveries by year, which takes half a minute."""
    body = {
        "base": {"plan": plan},
        "factors": FACTORS,
        "design": {"kind": "sobol", "size": 64, "seed": 1},
        "fidelity": "year",
        "outcomes": [{"outcome": "served_share", "of": {"priority": [1]}}],
        "thresholds": [{"outcome": "served_share", "least": 0.95}],
        "keep": "tables",
    }
    study = str(service.json("/v1/studies", body)["id"])
    wait_until_finished(service, f"/v1/studies/{study}")
    return study


@pytest.mark.parametrize("name", VIEWS)
def test_image(open_page: OpenPage, service: Service, plan: str, name: str, pytestconfig: pytest.Config) -> None:
    path_of_view, ready = VIEWS[name]
    path = IMAGES / f"{name}.png"
    if pytestconfig.getoption("--update-golden"):
        study = run_study(service, plan) if name == "study" else ""
        page = open_page(path_of_view.format(plan=plan, study=study), (1280, 860))
        page.wait_for_selector(ready)
        page.wait_for_timeout(800)  # ECharts draws in the next frames
        IMAGES.mkdir(exist_ok=True)
        page.screenshot(path=path)
        with Image.open(path) as screenshot:
            reduced = screenshot.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        reduced.save(path, optimize=True)
    assert path.stat().st_size < MAX_BYTES
    with Image.open(path) as image:
        assert image.size == (1280, 860)
