"""Every `http` block of the how-to guides is requested again, and the answer contains what the guide shows."""

import json
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.test_readme import assert_within

GUIDES = sorted((Path(__file__).parents[3] / "docs" / "how-to").glob("*.md"))
BLOCKS = re.compile(r"```http\n(GET|POST) /v1/plans/\{plan\}(\S+)\n(.*?)```\n+```json\n(.*?)```", re.DOTALL)
SHOWN = [shown for guide in GUIDES for shown in BLOCKS.findall(guide.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(
    ("method", "question", "body", "shown"), SHOWN, ids=[row[1].partition("?")[0] for row in SHOWN]
)
def test_questions_are_answered_as_shown(
    client: TestClient, plan: str, method: str, question: str, body: str, shown: str
) -> None:
    content = json.loads(body) if body.strip() else None
    answer = client.request(method, f"{plan}{question}", json=content)
    assert answer.status_code == 200, answer.text
    assert_within(json.loads(shown), answer.json(), "")


def test_the_page_shows_questions() -> None:
    assert len(SHOWN) >= 3
