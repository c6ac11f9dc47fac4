"""The page at /docs works offline, under its own strict policy; what it is made of is what we noted."""

import hashlib
import re
from importlib import resources

import pytest
from playwright.sync_api import Route, sync_playwright
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


@pytest.mark.browser
def test_the_page_shows_every_operation_and_asks_nobody_else(server: str) -> None:
    complaints: list[str] = []
    outside: list[str] = []

    def only_here(route: Route) -> None:
        if route.request.url.startswith((server, "data:")):
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page()
        page.route("**/*", only_here)
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{server}/docs")
        page.wait_for_selector(".opblock", timeout=60_000)
        assert page.locator(".opblock").count() >= 20
        page.locator(".opblock-summary-control", has_text="/v1/validate").click()
        page.wait_for_selector(".opblock-body textarea", timeout=30_000)
        page.get_by_role("button", name="Execute").click()
        page.wait_for_selector(".live-responses-table", timeout=30_000)
        assert '"valid": true' in page.locator(".live-responses-table").inner_text()
        browser.close()
    assert outside == []
    assert complaints == []
