"""A terminal of one width, whoever loaded the command first."""

import pytest

from service.cli import sources


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    for console in (sources.out, sources.err):
        monkeypatch.setattr(console, "_width", 140)
        monkeypatch.setattr(console, "_height", 50)
