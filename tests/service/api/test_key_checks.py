"""Wrong keys are slowed, and right ones are not."""

from pathlib import Path

import anyio
import anyio.lowlevel
import pytest
from starlette.testclient import TestClient

from service.api import key_checks
from service.api.app import create_app
from service.api.key_checks import KeyChecks
from service.auth.authenticator import Authenticator
from service.core.errors import UnauthenticatedError
from service.core.settings import Settings
from service.storage.store import Store
from tests.service.api.answers import assert_problem
from tests.service.auth.conftest import bearer, key_for

WRONG = "Bearer allot_0123456789ab_wrong"


async def fail_often(checks: KeyChecks, address: str, times: int) -> None:
    for _ in range(times):
        with pytest.raises(UnauthenticatedError):
            await checks.authenticate(WRONG, address)


def test_who_tries_wrong_keys_waits_and_who_was_right_before_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_checks, "PAUSE_SECONDS", 3600.0)
    settings = Settings(data_dir=tmp_path, authentication="keys")
    store = Store.open_store(settings)
    right = f"Bearer {key_for(store, 'someone', 'north:reader')}"

    async def main() -> None:
        checks = KeyChecks(Authenticator(store, settings), lambda: 0.0)
        assert (await checks.authenticate(right, "here")).caller == "someone"
        await fail_often(checks, "here", key_checks.FREE_FAILURES)
        async with anyio.create_task_group() as group:
            for _ in range(4):
                group.start_soon(fail_often, checks, "here", 1)
            while checks._failures["here"][0] < key_checks.FREE_FAILURES + 4:  # all four are slowed
                await anyio.lowlevel.checkpoint()
            assert (await checks.authenticate(right, "here")).caller == "someone"
            await fail_often(checks, "elsewhere", 1)
            with anyio.move_on_after(0.05) as waiting:
                await checks.authenticate(WRONG, "here")
            assert waiting.cancelled_caught
            group.cancel_scope.cancel()

    anyio.run(main)
    store.close()


def test_a_revoked_key_that_was_right_before_is_refused(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, authentication="keys", solver_workers=0)
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        store = Store.open_store(settings)
        key = key_for(store, "someone", "north:reader")
        assert client.get("/v1/me", headers=bearer(key)).status_code == 200
        with store.write_transaction() as transaction:
            transaction.keys.revoke_key(key.split("_")[1])
        assert_problem(client.get("/v1/me", headers=bearer(key)), 401)
        store.close()
