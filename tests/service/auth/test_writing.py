"""Who may write: readers change nothing, and reports and new plans need their roles."""

from collections.abc import Callable

import pytest
from starlette.testclient import TestClient

from tests.service.api.answers import assert_problem
from tests.service.auth.conftest import Caller
from tests.service.auth.test_guarded import filled, north, routes

__all__ = ["north"]

As = Callable[[str], Caller]

QUESTIONS = ("compare", "what-if", "estimate", "curve", "grid", "infeasibility")
"""Last parts of paths to which readers may post: they change nothing."""


def test_a_reader_changes_nothing(guarded: TestClient, as_: As, north: str) -> None:
    """Whatever writes to a plan or a province is 403 for a reader, whatever is sent."""
    refused = set()
    for method, path, _ in routes(guarded.app):  # type: ignore[arg-type]
        named = "{plan}" in path or "{province}" in path
        if named and method in ("POST", "PUT", "DELETE") and path.rpartition("/")[2] not in QUESTIONS:
            assert_problem(guarded.request(method, filled(path, north), json={}, headers=as_("reader")), 403)
            refused.add(path.rpartition("/")[2])
    assert refused >= {
        "submit",
        "return",
        "ratify",
        "put-in-force",
        "close",
        "outputs",
        "replan",
        "{plan}",
        "{province}",
    }


@pytest.mark.parametrize(("path", "callers"), [("outputs", ("centre",)), ("replan", ("centre", "factory"))])
def test_reports_and_new_plans_need_their_roles(
    guarded: TestClient, as_: As, north: str, path: str, callers: tuple[str, ...]
) -> None:
    for caller in callers:
        assert_problem(guarded.post(f"{north}/{path}", json={}, headers=as_(caller)), 403)
    allowed = guarded.post(f"{north}/{path}", json={}, headers=as_("bureau"))
    assert allowed.status_code in (409, 422)
