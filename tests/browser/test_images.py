"""The images of the README; `--update-golden` takes them again."""

from pathlib import Path

import pytest
from PIL import Image

from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.browser

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
VIEWS = {"map": ("#/map?plan={plan}", ".map-county"), "year": ("#/year?plan={plan}&part=sources", ".figure canvas")}
MAX_BYTES = 200_000


@pytest.mark.parametrize("name", VIEWS)
def test_image(open_page: OpenPage, plan: str, name: str, pytestconfig: pytest.Config) -> None:
    path_of_view, ready = VIEWS[name]
    path = IMAGES / f"{name}.png"
    if pytestconfig.getoption("--update-golden"):
        page = open_page(path_of_view.format(plan=plan), (1280, 860))
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
