"""Authentication by API key: the page keeps the key for the tab."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import ROOT, run_service
from tests.browser.contexts import PageMonitor, wait_until_settled

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_sign_in_and_out(browser: Browser, tmp_path: Path) -> None:
    settings = {"ALLOT_AUTHENTICATION": "keys", "ALLOT_DATA_DIR": str(tmp_path / "data")}
    add = [sys.executable, "-m", "service.cli", "keys", "add", "anna", "--grant", "*:admin"]
    made = subprocess.run(add, cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, check=True)  # noqa: S603
    key = next(word for word in made.stdout.split() if len(word) > 30)
    with run_service(tmp_path, ALLOT_AUTHENTICATION="keys") as service:
        monitor = PageMonitor(service.address, expected=["401 (Unauthorized)"])
        context = browser.new_context(base_url=service.address, locale="en-GB")
        monitor.attach(context)
        page = context.new_page()
        page.goto("/")
        wait_until_settled(page)
        expect(page.get_by_role("alert")).to_contain_text("Sign in first")
        page.locator("summary", has_text="Sign in").click()
        page.get_by_label("API key or token").fill("wrong")
        page.locator(".pop").get_by_role("button", name="Sign in").click()
        expect(page.locator(".key-message")).to_contain_text("does not know this key")
        assert page.evaluate("() => sessionStorage.length") == 0
        page.get_by_label("API key or token").fill(key)
        page.locator(".pop").get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Make a plan")
        page.reload()
        expect(page.locator("summary", has_text="anna")).to_be_visible()
        assert key not in str(page.evaluate("() => JSON.stringify(localStorage)"))
        page.locator("summary", has_text="anna").click()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("alert")).to_contain_text("Sign in first")
        context.close()
        monitor.assert_clean()
