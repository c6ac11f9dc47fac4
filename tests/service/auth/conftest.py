"""A service with keys, on each database, and callers with their keys."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from service.api.app import create_app
from service.auth.api_keys import issue_api_key
from service.auth.principals import Grant
from service.core.settings import Settings
from service.storage.store import Store
from tests.service.conftest import DATABASES, DATABASES_BY_LANE, empty_database, small_service

Caller = Mapping[str, str]
"""The headers of somebody who asks."""

CALLERS: dict[str, tuple[str, ...]] = {
    "admin": ("*:admin",),
    "bureau": ("north:bureau",),
    "centre": ("north:centre",),
    "factory": ("north:factory",),
    "daily": ("north:factory:hyesan-daily",),
    "reader": ("north:reader",),
    "watcher": ("*:reader",),
    "stranger": ("south:bureau",),
}
"""Callers and their grants."""


def bearer(key: str) -> Caller:
    return {"Authorization": f"Bearer {key}"}


def key_for(store: Store, caller: str, *grants: str, days: float | None = None) -> str:
    """A key of a caller with grants as `province:role`."""
    parsed = tuple(Grant.from_text(one) for one in grants)
    with store.write_transaction() as transaction:
        return issue_api_key(transaction, caller, parsed, days=days, created_by="local").key


ON_BOTH_DATABASES = pytest.mark.parametrize("guarded_settings", DATABASES, indirect=True)
"""For tests of what storage does: on both databases in the gate, too."""


@pytest.fixture(scope="module", params=DATABASES_BY_LANE)
def guarded_settings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    folder: Path = tmp_path_factory.mktemp("guarded")
    with empty_database(request.param, folder, request) as address:
        yield small_service(address, folder, authentication="keys", solver_workers=1)


@pytest.fixture(scope="module")
def guarded_store(guarded_settings: Settings) -> Iterator[Store]:
    opened = Store.open_store(guarded_settings)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def guarded(guarded_settings: Settings) -> Iterator[TestClient]:
    """A client of a service where everybody has to say who they are."""
    with TestClient(create_app(guarded_settings), raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture(scope="module")
def as_(guarded_store: Store) -> Callable[[str], Caller]:
    """The headers of a caller of CALLERS."""
    keys = {caller: key_for(guarded_store, caller, *grants) for caller, grants in CALLERS.items()}
    return lambda caller: bearer(keys[caller])
