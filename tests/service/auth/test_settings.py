"""A service without authentication stays on its machine, unless it is said that it shall not."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient
from typer.testing import CliRunner

from service.api.app import create_app
from service.cli import app
from service.core.settings import Settings
from tests.service.api.answers import assert_problem

OUTSIDE = ["0.0.0.0", "::", "192.168.1.5", "allot.example"]  # noqa: S104


@pytest.mark.parametrize("host", OUTSIDE)
def test_unauthenticated_access_must_be_requested(host: str) -> None:
    with pytest.raises(ValidationError, match="ALLOT_ALLOW_UNAUTHENTICATED_NETWORK"):
        Settings(host=host)
    assert (
        Settings(host=host, allow_unauthenticated_network=True).host
        == Settings(host=host, authentication="keys").host
        == host
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "127.8.8.8"])
def test_this_machine_needs_no_asking(host: str) -> None:
    assert Settings(host=host).authentication == "off"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "ALLOT_OIDC_ISSUER"),
        ({"oidc_issuer": "https://id.example"}, "ALLOT_OIDC_AUDIENCE"),
        ({"oidc_issuer": "http://id.example", "oidc_audience": "allot"}, "not https"),
        (
            {"oidc_issuer": "https://id.example", "oidc_audience": "a", "oidc_jwks_url": "http://id.example/k"},
            "not https",
        ),
    ],
)
def test_a_provider_is_named_whole_and_reached_safely(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Settings(authentication="oidc", **changes)


def test_serve_says_why_it_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = CliRunner().invoke(app, ["serve", "--host", "0.0.0.0"])  # noqa: S104
    assert refused.exit_code == 2
    assert "ALLOT_ALLOW_UNAUTHENTICATED_NETWORK=true" in refused.stderr
    assert refused.stderr.startswith("host 0.0.0.0 can be reached")
    monkeypatch.setenv("ALLOT_PORT", "99999")
    wrong = CliRunner().invoke(app, ["serve"])
    assert (wrong.exit_code, "ALLOT_PORT" in wrong.stderr) == (2, True)


@pytest.mark.parametrize(
    ("server", "is_open", "status"),
    [
        (("127.0.0.1", 80), False, 200),
        (("::1", 80), False, 200),
        (("::ffff:127.0.0.1", 80), False, 200),
        (("10.0.0.7", 80), False, 403),
        (("2001:db8::1", 80), False, 403),
        (("10.0.0.7", 80), True, 200),
    ],
)
def test_without_authentication_the_network_is_refused_however_the_service_was_started(
    tmp_path: Path, server: tuple[str, int], is_open: bool, status: int
) -> None:
    """`uvicorn --host 0.0.0.0` knows nothing of our settings; the address that a request came in at does not lie."""
    inner = create_app(Settings(data_dir=tmp_path, solver_workers=0, allow_unauthenticated_network=is_open))

    async def from_network(scope: Any, receive: Any, send: Any) -> None:
        await inner({**scope, "server": server} if scope["type"] == "http" else scope, receive, send)

    with TestClient(from_network, "http://localhost", raise_server_exceptions=False) as client:
        answer = client.get("/v1/me")
        assert answer.status_code == status, answer.text
        if status == 403:
            assert assert_problem(answer, 403)["type"] == "urn:allot:closed"
            assert_problem(client.get("/v1/plans/none"), 403)
        assert client.get("/health/live").status_code == 200
