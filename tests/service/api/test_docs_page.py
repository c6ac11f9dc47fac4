"""Files of others at /docs are what we noted; `tests/browser/test_docs_page.py` opens the page."""

import hashlib
import re
from importlib import resources

from starlette.testclient import TestClient

VENDOR = resources.files("service").joinpath("api", "swagger", "vendor")
ROW = re.compile(r"\| (\S+) \| (\S+) \| (\d[\d.]*) \| (\S[^|]*) \| ([0-9a-f]{64}) \|")


def test_files_of_others_are_those_we_noted() -> None:
    noted = {row[1]: row[5] for row in ROW.finditer(VENDOR.joinpath("README.md").read_text(encoding="utf-8"))}
    there = {
        f"{folder.name}/{file.name}": hashlib.sha256(file.read_bytes()).hexdigest()
        for folder in VENDOR.iterdir()
        if folder.is_dir()
        for file in folder.iterdir()
    }
    assert noted == there
    assert len(there) >= 4


def test_files_are_kept_by_browsers_and_revalidated_by_tag(client: TestClient) -> None:
    answer = client.get("/static/vendor/swagger-ui/swagger-ui.css")
    assert answer.headers["cache-control"].startswith("public")
    again = client.get("/static/vendor/swagger-ui/swagger-ui.css", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    assert client.get("/static/../app.py").status_code == 404
