"""What the tests of the interface say about answers."""

from collections.abc import Iterable
from typing import Any

from httpx2 import Response

PROBLEM_JSON = "application/problem+json"


def assert_problem(answer: Response, status: int, *codes: str) -> dict[str, Any]:
    """An answer is problem details of a status, complete, with errors of these codes; its body."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM_JSON
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["type"].startswith("urn:allot:")
    assert body["title"]
    assert body["detail"]
    assert body["request_id"] == answer.headers["x-request-id"]
    assert set(codes) <= {error["code"] for error in body["errors"]}
    return body


def paths(errors: Iterable[dict[str, Any]]) -> set[str]:
    return {error["path"] for error in errors}
