"""The settings, and their page: `python -m tests.service.test_settings > docs/settings.md` writes it again."""

import sys
from pathlib import Path

import pytest
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from service.core.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def default_of(field: FieldInfo) -> str:
    if field.default_factory is not None:
        return "number of cores"
    return "" if field.default is None else f"`{field.default}`"


def page() -> str:
    lines = [
        "# Settings",
        "",
        "Everything is set by environment variables. The defaults suit one machine and one planner; how they work together is",
        "described in [operations](operations.md).",
        "",
        "| variable | default | meaning |",
        "| --- | --- | --- |",
    ]
    for name, field in Settings.model_fields.items():
        assert field.description, name
        lines.append(f"| `ALLOT_{name.upper()}` | {default_of(field)} | {field.description} |")
    return "\n".join(lines) + "\n"


def test_the_page_lists_every_setting_with_its_default_and_meaning() -> None:
    assert PAGE.read_text(encoding="utf-8") == page()


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


if __name__ == "__main__":
    sys.stdout.write(page())
