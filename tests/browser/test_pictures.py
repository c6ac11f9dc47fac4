"""The README's pictures are of the page as it is made: `--update-golden` takes them anew."""

from pathlib import Path

import pytest
from PIL import Image

from tests.browser.conftest import Open

pytestmark = pytest.mark.browser

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
PLACES = {"map": ("#/map?plan={plan}", ".map-county"), "year": ("#/year?plan={plan}&part=sources", ".figure canvas")}
MOST = 200_000


@pytest.mark.parametrize("name", PLACES)
def test_picture(open_page: Open, plan: str, name: str, pytestconfig: pytest.Config) -> None:
    place, ready = PLACES[name]
    path = IMAGES / f"{name}.png"
    if pytestconfig.getoption("--update-golden"):
        page = open_page(place.format(plan=plan), (1280, 860))
        page.wait_for_selector(ready)
        page.wait_for_timeout(800)  # ECharts draws in the next frames
        IMAGES.mkdir(exist_ok=True)
        page.screenshot(path=path)
        with Image.open(path) as taken:
            fewer = taken.convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        fewer.save(path, optimize=True)
    assert path.stat().st_size < MOST
    with Image.open(path) as image:
        assert image.size == (1280, 860)
