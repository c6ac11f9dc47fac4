"""Settings: read from the environment, and rejected if out of range."""

import pytest
from pydantic import ValidationError

from service.core.settings import Settings


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALLOT_QUEUE_LENGTH", "7")
    monkeypatch.setenv("ALLOT_DATA_DIR", "/somewhere")
    settings = Settings()
    assert settings.queue_length == 7
    assert settings.resolve_database_url() == "sqlite:////somewhere/allot.db"
    assert settings.solver_workers >= 1


@pytest.mark.parametrize(
    ("name", "value"), [("QUEUE_LENGTH", "0"), ("LEASE_SECONDS", "-1"), ("PORT", "70000"), ("LOG_LEVEL", "x")]
)
def test_settings_out_of_range_are_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"ALLOT_{name}", value)
    with pytest.raises(ValidationError, match=name.lower()):
        Settings()
