"""Traces arrive at a real OTLP receiver on this machine: one trace from the request to the stages of the solve."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from pydantic import SecretStr
from starlette.testclient import TestClient

from models.examples import two_counties_raw
from service.api.app import create_app
from service.core.settings import Settings
from tests.service.api.conftest import WAIT

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.fixture
def collector() -> Iterator[tuple[str, list[Span]]]:
    """Address of a receiver, and the spans that came."""
    spans: list[Span] = []

    class Receive(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            body = self.rfile.read(int(self.headers["content-length"]))
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in resource.scope_spans:
                    spans.extend(scope.spans)
            self.send_response(200)
            self.end_headers()

        def log_request(self, code: object = "-", size: object = "-") -> None:
            """Keep still."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receive)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", spans
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_request_its_plan_and_the_stages_of_its_solve_are_one_trace(
    collector: tuple[str, list[Span]], settings: Settings
) -> None:
    address, spans = collector
    traced = settings.model_copy(update={"telemetry_url": SecretStr(address)})
    with TestClient(create_app(traced)) as client:
        headers = {**WAIT, "traceparent": f"00-{TRACE}-{PARENT}-01"}
        plan = client.post("/v1/plans", json={"problem": two_counties_raw()}, headers=headers).json()
        client.get("/health/live")
    found = {span.name: span for span in spans}
    assert found.keys() >= {"POST /v1/plans", "plan", "build", "certify", "report"}
    assert "GET /health/live" not in found
    ours = [span for span in spans if span.trace_id.hex() == TRACE]
    assert {span.name for span in ours} == found.keys()
    request, solved = found["POST /v1/plans"], found["plan"]
    assert request.parent_span_id.hex() == PARENT
    assert solved.parent_span_id == request.span_id
    told = {pair.key: pair.value.string_value for pair in solved.attributes}
    assert (told["allot.plan"], told["allot.outcome"]) == (plan["id"], "optimal")
    stages = sorted(
        (span for span in ours if span.parent_span_id == solved.span_id), key=lambda one: one.start_time_unix_nano
    )
    assert stages[0].name == "build"
    assert stages[-1].name == "report"
    for earlier, later in pairwise(stages):
        assert earlier.end_time_unix_nano == later.start_time_unix_nano
    assert solved.start_time_unix_nano <= stages[0].start_time_unix_nano
    assert stages[-1].end_time_unix_nano <= solved.end_time_unix_nano


def test_nothing_of_it_is_loaded_unless_requested() -> None:
    code = (
        "import sys; from service.api.app import create_app; from service.core.settings import Settings; create_app(Settings());"
        "print([name for name in sys.modules if name.startswith(('opentelemetry.sdk', 'opentelemetry.exporter'))])"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert loaded.stdout.strip() == "[]"
