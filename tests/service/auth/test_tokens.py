"""Tokens of an identity provider: a real one on this machine, which publishes keys that are made here."""

import json
import threading
import time
import warnings
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from starlette.testclient import TestClient

from models.examples import two_counties_raw
from service.api.app import create_app
from service.core.settings import Settings
from tests.service.api.answers import assert_problem
from tests.service.auth.conftest import bearer, key_for

AUDIENCE = "allot"


class Provider:
    """An identity provider with an RSA and an elliptic key."""

    def __init__(self) -> None:
        self.rsa = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
        self.ec = ec.generate_private_key(ec.SECP256R1())
        self.short = rsa.generate_private_key(public_exponent=65_537, key_size=1024)  # noqa: S505 - refused
        named = {"first": self.rsa, "curve": self.ec, "short": self.short}
        self.published: dict[str, Any] = {"keys": [self._jwk(key, name) for name, key in named.items()]}
        self.fetched = 0
        self.broken = False
        self.keys_elsewhere: str | None = None
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.fetched += 1
                described = {
                    "issuer": provider.issuer,
                    "jwks_uri": provider.keys_elsewhere or f"{provider.issuer}/keys",
                }
                body = json.dumps(provider.published if self.path == "/keys" else described)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(b"<html>" if provider.broken else body.encode())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever).start()

    @staticmethod
    def _jwk(key: Any, name: str) -> dict[str, Any]:
        algorithm = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
        return {**algorithm.to_jwk(key.public_key(), as_dict=True), "kid": name, "use": "sig"}

    def token(self, key: Any = None, algorithm: str = "RS256", kid: str = "first", **changes: Any) -> str:
        claims = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": "kim",
            "exp": time.time() + 60,
            "allot_grants": ["north:bureau", "not ours", "x:king", 7],
            **changes,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # one of the keys is too short on purpose
            return jwt.encode(kept, self.rsa if key is None else key, algorithm, headers={"kid": kid})


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    running = Provider()
    yield running
    running.server.shutdown()
    running.server.server_close()


@pytest.fixture
def client(provider: Provider, tmp_path: Path) -> Iterator[TestClient]:
    """A service that takes the provider's tokens."""
    settings = Settings(
        data_dir=tmp_path,
        solver_workers=0,
        authentication="oidc",
        oidc_issuer=provider.issuer,
        oidc_audience=AUDIENCE,
    )
    with TestClient(create_app(settings), raise_server_exceptions=False) as opened:
        yield opened


def test_a_token_says_who_asks_and_what_they_may(client: TestClient, provider: Provider) -> None:
    headers = bearer(provider.token())
    assert client.get("/v1/me", headers=headers).json() == {
        "caller": "oidc:kim",
        "authentication": "on",
        "grants": [{"province": "north", "role": "bureau", "factory": None}],
    }
    body = {"name": "North", "problem": two_counties_raw()}
    assert client.put("/v1/provinces/north", json=body, headers=headers).status_code == 201
    assert_problem(client.put("/v1/provinces/south", json=body, headers=headers), 403)
    assert_problem(client.get("/v1/keys", headers=headers), 403)
    curved = provider.token(provider.ec, "ES256", "curve", sub="pak", allot_grants="*:reader north:centre")
    me = client.get("/v1/me", headers=bearer(curved)).json()
    assert (me["caller"], len(me["grants"])) == ("oidc:pak", 2)


def test_the_keys_are_fetched_once_and_strange_ones_do_not_bring_more_fetching(
    client: TestClient, provider: Provider
) -> None:
    before = provider.fetched
    for _ in range(5):
        assert client.get("/v1/me", headers=bearer(provider.token())).status_code == 200
        assert_problem(client.get("/v1/me", headers=bearer(provider.token(kid="strange"))), 401)
    assert provider.fetched == before + 2  # what the provider says of itself, and its keys


def test_a_strange_key_shuts_nobody_out_while_the_provider_is_away(client: TestClient, provider: Provider) -> None:
    assert client.get("/v1/me", headers=bearer(provider.token())).status_code == 200
    address = provider.published
    provider.published, provider.broken = {"keys": []}, True
    try:
        for _ in range(3):
            assert client.get("/v1/me", headers=bearer(provider.token(kid="strange"))).status_code in {401, 503}
            assert client.get("/v1/me", headers=bearer(provider.token())).status_code == 200
    finally:
        provider.published, provider.broken = address, False


def wrong_tokens(provider: Provider) -> dict[str, str]:
    stranger = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    public = jwt.PyJWK(provider.published["keys"][0]).key.public_numbers().n.to_bytes(256)
    right = provider.token().split(".")
    raised = jwt.utils.base64url_encode(json.dumps({"allot_grants": ["*:admin"]}).encode()).decode()
    return {
        "signed by somebody else": provider.token(stranger),
        "signed with what is public": provider.token(public, "HS256"),
        "not signed": jwt.encode({"sub": "kim"}, "", "none", headers={"kid": "first"}),
        "changed": f"{right[0]}.{raised}.{right[2]}",
        "over": provider.token(exp=time.time() - 60),
        "not yet": provider.token(nbf=time.time() + 600),
        "without an end": provider.token(exp=None),
        "of another issuer": provider.token(iss="https://elsewhere"),
        "for another audience": provider.token(aud="other"),
        "for nobody": provider.token(aud=None),
        "of nobody": provider.token(sub=""),
        "of a name with a line break": provider.token(sub="a\nb"),
        "of a key of another kind": provider.token(provider.ec, "ES256", "first"),
        "without a key's name": provider.token(kid=""),
        "of a short key": provider.token(provider.short, kid="short"),
        "of another type": jwt.encode(
            jwt.decode(provider.token(), options={"verify_signature": False}),
            provider.rsa,
            "RS256",
            headers={"kid": "first", "typ": "logout+jwt"},
        ),
        "no token": "abc.def.ghi",
        "nothing at all": "x",
    }


def test_tokens_that_do_not_hold_are_401(client: TestClient, provider: Provider) -> None:
    for name, token in wrong_tokens(provider).items():
        answer = client.get("/v1/me", headers=bearer(token))
        assert answer.status_code == 401, (name, answer.text)
        assert_problem(answer, 401)
        assert "invalid_token" in answer.headers["www-authenticate"]


def test_a_token_without_grants_may_nothing(client: TestClient, provider: Provider) -> None:
    for grants in (None, [], {"north": "bureau"}, "bureau", ["north"]):
        headers = bearer(provider.token(allot_grants=grants))
        for path in ("/v1/me", "/v1/plans", "/v1/provinces", "/v1/audit"):
            assert_problem(client.get(path, headers=headers), 403)


def test_a_new_key_of_the_provider_is_found(client: TestClient, provider: Provider) -> None:
    fresh = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    provider.published["keys"].append(Provider._jwk(fresh, "second"))
    assert client.get("/v1/me", headers=bearer(provider.token(fresh, kid="second"))).status_code == 200


def test_keys_are_taken_beside_tokens(client: TestClient) -> None:
    key = key_for(client.app_state["services"].store, "office", "north:reader")
    assert client.get("/v1/me", headers=bearer(key)).json()["caller"] == "office"


def test_claims_lie_where_the_settings_say(provider: Provider, tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path,
        solver_workers=0,
        authentication="oidc",
        oidc_issuer=provider.issuer,
        oidc_audience=AUDIENCE,
        oidc_jwks_url=f"{provider.issuer}/keys",
        oidc_caller_claim="email",
        oidc_grants_claim="resource_access.allot.roles",
    )
    token = provider.token(email="kim@north", resource_access={"allot": {"roles": ["north:centre"]}})
    with TestClient(create_app(settings)) as client:
        me = client.get("/v1/me", headers=bearer(token)).json()
    assert (me["caller"], me["grants"]) == (
        "oidc:kim@north",
        [{"province": "north", "role": "centre", "factory": None}],
    )


def test_a_provider_that_fails_is_told_as_such_and_left_alone_for_a_while(
    client: TestClient, provider: Provider
) -> None:
    provider.broken = True
    before = provider.fetched
    try:
        for _ in range(3):
            assert_problem(client.get("/v1/me", headers=bearer(provider.token())), 503)
    finally:
        provider.broken = False
    assert provider.fetched == before + 1


def test_keys_that_lie_at_an_address_without_tls_are_not_fetched(client: TestClient, provider: Provider) -> None:
    provider.keys_elsewhere = "http://keys.example/keys"
    try:
        assert_problem(client.get("/v1/me", headers=bearer(provider.token())), 503)
    finally:
        provider.keys_elsewhere = None
