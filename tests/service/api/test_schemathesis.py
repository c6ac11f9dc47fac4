"""Requests made up from the OpenAPI document, good and bad: never a mistake of ours, never an answer that is not described.

`ALLOT_TEST_CALLS=100000 pytest tests/service/api/test_schemathesis.py` makes about so many requests, and tells how many.
The operations are walked by hand: the pytest plugin of schemathesis 4.32 does not run under pytest 9.2.
"""

import math
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, assume, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from models.examples import two_counties_raw
from service.api.app import create_app
from service.core.settings import Settings
from tests.service.api.conftest import WAIT, serving

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]

PATHS = create_app(Settings()).openapi()["paths"]

CALLS = int(os.environ.get("ALLOT_TEST_CALLS", "0"))


def is_tried(path: str) -> bool:
    """Whether requests are made up: not for streams, which have no end; by default for one table of analyses of many alike."""
    is_alike = "{analysis}/tables/" in path and not path.endswith("/runs")
    return not path.endswith("/events") and (CALLS > 0 or not is_alike)


OPERATIONS = sorted((method, path) for path, item in PATHS.items() if is_tried(path) for method in item)


VARIED = [(method, path) for method, path in OPERATIONS if {"parameters", "requestBody"} & PATHS[path][method].keys()]
"""Operations of which more than one request can be made up."""

EXAMPLES = max(4 if "ALLOT_TEST_ALL" in os.environ else 2, math.ceil(CALLS / (2 * len(VARIED))))
"""Requests for each operation, good ones and as many bad ones: few in the gate, since 100,000 were made in a trial."""

LONGEST_REQUEST = 60_000
"""Characters of the longest path with its query: the HTTP parser answers a request line of 64 KiB itself, by 400."""

STATUSES: Counter[int] = Counter()
"""How often each status was answered."""


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[tuple[Any, str]]:
    """The document of a service of its own, and a plan that has finished there."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("made-up"), solver_workers=1, queue_length=5)
    with serving(settings) as address:
        sent = {"problem": two_counties_raw()}
        plan = httpx2.post(f"{address}/v1/plans", json=sent, headers=WAIT, timeout=90).json()
        assert plan["status"] == "finished"
        yield schemathesis.openapi.from_url(f"{address}/openapi.json"), plan["id"]
    if CALLS:
        plugins: Any = request.config.pluginmanager
        with plugins.get_plugin("capturemanager").global_and_fixture_disabled():
            told = f"\n{STATUSES.total():,} requests, by status: {dict(sorted(STATUSES.items()))}"
            plugins.get_plugin("terminalreporter").write_line(told)


def answered_as_described(cases: Any, plan: str | None) -> None:
    """Send some of the cases, about a plan that is there if one is named, and check every answer."""

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def check(case: Any) -> None:
        if plan is not None:
            case.path_parameters["plan"] = plan
        assume(len(case.formatted_path) + len(urlencode(case.query or {}, doseq=True)) < LONGEST_REQUEST)
        answer = case.call(timeout=60)
        STATUSES[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    check()


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_good_requests_are_answered_as_described(described: tuple[Any, str], method: str, path: str) -> None:
    document, plan = described
    cases = document[path][method].as_strategy(generation_mode=GenerationMode.POSITIVE)
    answered_as_described(cases, plan if method == "get" and "{plan}" in path else None)


@pytest.mark.parametrize(("method", "path"), VARIED)
def test_bad_requests_are_answered_as_described(described: tuple[Any, str], method: str, path: str) -> None:
    cases = described[0][path][method].as_strategy(generation_mode=GenerationMode.NEGATIVE)
    answered_as_described(cases, None)
