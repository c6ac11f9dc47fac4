"""A terminal of one width, whoever loaded the command first, in which services of other tests do not write their logs."""

from collections.abc import Iterator

import pytest
from structlog.testing import capture_logs

from service.cli import problem_sources


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    for console in (problem_sources.output_console, problem_sources.error_console):
        monkeypatch.setattr(console, "_width", 140)
        monkeypatch.setattr(console, "_height", 50)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    with capture_logs():
        yield
