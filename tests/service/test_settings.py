"""Settings: read from the environment, and rejected if out of range."""

from pathlib import Path

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


def test_secrets_come_from_files_that_their_folder_must_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "allot_database_url").write_text("postgresql://allot:hidden@db/allot\n")
    (tmp_path / "allot_queue_length").write_text("7")
    monkeypatch.setenv("ALLOT_SECRETS_DIR", str(tmp_path))
    monkeypatch.setenv("ALLOT_QUEUE_LENGTH", "8")
    settings = Settings()
    assert settings.resolve_database_url() == "postgresql+psycopg://allot:hidden@db/allot"
    assert settings.queue_length == 8
    assert "hidden" not in repr(settings)
    monkeypatch.setenv("ALLOT_SECRETS_DIR", str(tmp_path / "none"))
    with pytest.raises(ValidationError, match="ALLOT_SECRETS_DIR names no folder"):
        Settings()
