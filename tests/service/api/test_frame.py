"""What surrounds every answer: identifiers, safe headers, compression, figures, logs."""

import json
import logging

import pyarrow as pa
import pytest
from starlette.testclient import TestClient

from service.core.settings import Settings
from service.observability.logging import configure_logs


def test_a_sane_request_id_is_kept_and_another_is_replaced(client: TestClient) -> None:
    assert client.get("/health/live", headers={"X-Request-Id": "abc-1"}).headers["x-request-id"] == "abc-1"
    made = client.get("/health/live", headers={"X-Request-Id": "a b\t<c>"}).headers["x-request-id"]
    assert made
    assert made != "a b\t<c>"


@pytest.mark.parametrize("path", ["/health/live", "/v1/plans", "/nothing", "/docs", "/static/docs.js"])
def test_every_answer_has_safe_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert "cache-control" in headers


@pytest.mark.parametrize("encoding", ["zstd", "br", "gzip"])
def test_answers_are_compressed_as_requested(client: TestClient, encoding: str) -> None:
    with client.stream("GET", "/openapi.json", headers={"Accept-Encoding": encoding}) as answer:
        assert answer.headers["content-encoding"] == encoding
        packed = b"".join(answer.iter_raw())
    codec = {"zstd": "zstd", "br": "brotli", "gzip": "gzip"}[encoding]
    unpacked = pa.CompressedInputStream(pa.BufferReader(packed), codec).read()
    assert len(packed) < len(unpacked) / 3
    assert json.loads(unpacked)["info"]["title"] == "Allot"


def test_figures_count_requests_by_operation_not_by_name(client: TestClient) -> None:
    for name in ("one", "two"):
        client.get(f"/v1/plans/{name}")
    client.get("/no/such/path")
    figures = client.get("/metrics").text
    assert 'allot_http_requests_total{method="GET",route="/v1/plans/{plan}",status="404"}' in figures
    assert 'route="none",status="404"' in figures
    assert "/v1/plans/one" not in figures
    assert 'allot_plans{state="queued"}' in figures
    assert "allot_http_request_seconds_bucket" in figures


def test_logs_are_a_line_of_json_an_event(capsys: pytest.CaptureFixture[str], client: TestClient) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        configure_logs(Settings(log_format="json"))
        client.get("/v1/plans?limit=1", headers={"X-Request-Id": "told"})
        lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    told = next(line for line in lines if line.get("request_id") == "told")
    assert (told["event"], told["method"], told["path"], told["status"]) == ("request", "GET", "/v1/plans", 200)


def test_the_service_is_alive_and_ready(client: TestClient, plan: str) -> None:
    assert plan  # its solver has worked
    assert client.get("/health/live").json() == {"status": "ok"}
    assert client.get("/health/ready").json() == {"status": "ok"}
