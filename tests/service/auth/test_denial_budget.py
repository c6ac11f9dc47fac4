"""A caller cannot fill the audit log with refusals, and what is left out is counted."""

from starlette.testclient import TestClient

from service.auth.denial_budget import BURST, REFILL_SECONDS, DenialBudget
from service.storage.store import Store
from tests.service.auth.test_guarded import As


def test_refusals_are_kept_up_to_a_budget_and_the_rest_is_counted() -> None:
    moment = [0.0]
    budget = DenialBudget(lambda: moment[0])
    assert [budget.spend("a") for _ in range(BURST)] == [0] * BURST
    assert [budget.spend("a") for _ in range(7)] == [None] * 7
    assert budget.spend("b") == 0
    moment[0] += REFILL_SECONDS
    assert budget.spend("a") == 7
    assert budget.spend("a") is None
    moment[0] += 10_000 * REFILL_SECONDS
    assert [budget.spend("a") for _ in range(BURST + 1)] == [1, *[0] * (BURST - 1), None]


def test_a_caller_that_is_refused_all_the_time_fills_no_log(guarded: TestClient, guarded_store: Store, as_: As) -> None:
    for _ in range(2 * BURST):
        assert guarded.get("/v1/provinces/flooded", headers=as_("reader")).status_code == 404
    with guarded_store.read_transaction() as stored:
        lines = [one for one in stored.audit.list_entries("flooded", limit=10_000) if one.act == "refused"]
    assert 0 < len(lines) <= BURST + 5
