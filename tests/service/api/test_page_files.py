"""Files of the page: which modules a browser requests at once, and how files are compressed."""

import re
from pathlib import Path
from typing import get_args

import pyarrow as pa
import pytest
from fastapi.testclient import TestClient

from models.changes.change import ChangeName
from models.provinces import list_builtin_provinces, load_builtin_province
from service.web_ui.modules import list_preloads
from service.web_ui.routes import FIRST_STYLES, STATIC_FOLDER, build_static_url
from solvers.results.limits import RULE_NAMES

BROTLI = {"Accept-Encoding": "gzip, br"}


def test_preloads_follow_imports_and_leave_types_out(tmp_path: Path) -> None:
    modules = {
        "preload.js": 'import { b } from "./lib/b.js";\n',
        "app.js": 'import { a } from "./lib/a.js";\nconst load = () => import("./views/map.js");\n',
        "lib/a.js": 'export { b } from "./b.js";\n/** @type {import("./unused.js").Kind} */\n',
        "lib/b.js": 'const text = "from ./none.js";\n',
        "lib/unused.js": "",
        "views/map.js": 'import {\n  a,\n} from "../lib/a.js";\nimport { d } from "./map/d.js";\n',
        "views/map/d.js": 'import "../../lib/none.js";\n',
        "vendor/x.js": 'import { y } from "./y.js";\n',
    }
    for name, text in modules.items():
        tmp_path.joinpath(name).parent.mkdir(exist_ok=True, parents=True)
        tmp_path.joinpath(name).write_text(text, encoding="utf-8")
    assert list_preloads(tmp_path) == {
        "app.js": ["preload.js", "lib/b.js", "app.js", "lib/a.js"],
        "views/map.js": ["views/map.js", "views/map/d.js"],
    }


def test_every_module_has_imports_that_are_found() -> None:
    """A side-effect import, which the lists do not know, is not used."""
    for path in STATIC_FOLDER.rglob("*.js"):
        if "vendor" not in path.parts:
            assert not re.search(r'^import "', path.read_text(encoding="utf-8"), re.MULTILINE), path


def test_the_page_links_existing_modules(client: TestClient) -> None:
    page = client.get("/").text
    links = re.findall(r'<link rel="modulepreload" href="([^"]+)" />', page)
    assert build_static_url("app.js") in links
    assert all(client.get(link).status_code == 200 for link in links)
    assert "{" not in page.split('id="modules">')[0]


@pytest.mark.parametrize("name", ["app.js", "css/print.css", "icon.svg", "vendor/natural-earth/prk.topo.json"])
def test_files_are_compressed_once(client: TestClient, name: str) -> None:
    plain = client.get(build_static_url(name), headers={"Accept-Encoding": "identity"})
    with client.stream("GET", build_static_url(name), headers=BROTLI) as packed:
        body = b"".join(packed.iter_raw())
    assert packed.headers["Content-Encoding"] == "br"
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert packed.headers["Content-Type"] == plain.headers["Content-Type"]
    assert "immutable" in packed.headers["Cache-Control"]
    assert pa.decompress(body, len(plain.content), codec="brotli", asbytes=True) == plain.content


def test_styles_of_the_first_view_are_one_response(client: TestClient) -> None:
    joined = "".join(STATIC_FOLDER.joinpath("css", f"{name}.css").read_text(encoding="utf-8") for name in FIRST_STYLES)
    for headers in (BROTLI, {"Accept-Encoding": "identity"}):
        answer = client.get(build_static_url("css/first.css"), headers=headers)
        assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
        assert answer.text == joined


@pytest.mark.parametrize("name", ["css/../css/nothing.css", "css/./nothing.css", "..%2Froutes.py", "nothing.js"])
def test_other_names_are_not_found(client: TestClient, name: str) -> None:
    assert client.get(build_static_url(name), headers=BROTLI).status_code == 404


@pytest.mark.parametrize("language", ["en", "ko"])
def test_built_in_provinces_and_scenarios_have_names_in_both_languages(language: str) -> None:
    text = STATIC_FOLDER.joinpath("i18n", f"{language}.js").read_text(encoding="utf-8")
    for name in list_builtin_provinces():
        keys = [f"province.{name}", *(f"scenario.{one.id}" for one in load_builtin_province(name).scenarios)]
        assert [key for key in keys if f'"{key}":' not in text] == []


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_limit_and_change_has_words(language: str) -> None:
    keys = {
        file: set(
            re.findall(r'^ *"([^"]+)":', (STATIC_FOLDER / "i18n" / file).read_text(encoding="utf-8"), re.MULTILINE)
        )
        for file in (f"{language}.js", f"{language}-shared.js")
    }
    assert {f"rule.{rule}" for rule in RULE_NAMES} - keys[f"{language}.js"] == set()
    wanted = {f"limit.{rule}" for rule in RULE_NAMES} | {f"change.{name}" for name in get_args(ChangeName)}
    assert wanted - keys[f"{language}-shared.js"] == set()
