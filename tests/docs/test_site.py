"""The documentation: generated pages, decision records, the glossary, and the strict build with its links."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from models.analyses.tables import STUDY_TABLES
from models.outputs import OUTPUT_CODES
from models.sheets import SHEET_CODES, SHEET_LAYOUTS
from models.tables import TABLE_SCHEMAS
from models.validation.finding_codes import FINDING_CODES
from service.core.settings import Settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
RECORDS = sorted((DOCS / "decisions").glob("0*.md"))
TEMPLATE = re.compile(
    r"# (\d{4}): .+\n\n- Status: (?:Proposed|Accepted|Superseded).*\n- Date: \d{4}-\d\d-\d\d\n\n"
    r"## Context\n\n.+?\n## Decision\n\n.+?\n## Consequences\n\n.+",
    re.DOTALL,
)
SOURCES = [path for folder in ("models", "solvers", "service") for path in (ROOT / folder).rglob("*.py")]


@pytest.fixture(scope="module")
def hooks() -> ModuleType:
    pytest.importorskip("mkdocs", reason="the dependency group `docs` is not installed")
    spec = importlib.util.spec_from_file_location("documentation_hooks", DOCS / "hooks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pages_list_everything(hooks: ModuleType) -> None:
    settings, errors, tables = hooks.build_settings_page(), hooks.build_errors_page(), hooks.build_tables_page()
    assert all(field.description for field in Settings.model_fields.values())
    assert all(f"| `ALLOT_{name.upper()}` |" in settings for name in Settings.model_fields)
    assert all(f"| `{code}` |" in errors for code in (*FINDING_CODES, *SHEET_CODES, *OUTPUT_CODES))
    assert all(f"| {status} |" in errors for status in (400, 401, 403, 404, 409, 412, 413, 422, 429, 503))
    assert all(f"\n## {name}\n" in tables for name in TABLE_SCHEMAS)
    assert all(f"\n### studies: {name}\n" in tables for name in STUDY_TABLES)
    assert all(f"\n### Sheet {layout.name}\n" in tables for layout in SHEET_LAYOUTS)
    commands = hooks.build_command_line_page()
    assert all(
        f"allot {name}\n" in commands
        for name in ("plan", "bottlenecks", "shadow-prices", "keys add", "province export")
    )
    assert "`GET /v1/plans/{plan}/shadow-prices` (`read_shadow_prices`)" in hooks.build_api_page()


@pytest.mark.slow
@pytest.mark.slow_lane  # continuous integration builds the documentation after the tests: scripts/docs
def test_the_strict_build_passes(tmp_path: Path) -> None:
    pytest.importorskip("material", reason="the dependency group `docs` is not installed")
    ran = subprocess.run(  # noqa: S603 - our own documentation
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path / "site")],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "site" / "reference" / "settings.html").is_file()


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem)
def test_records_follow_the_template(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    match = TEMPLATE.fullmatch(text)
    assert match is not None
    assert match[1] == record.name[:4]
    assert len(text.splitlines()) <= 60
    assert f"[{match[1]}]({record.name})" in (DOCS / "decisions" / "index.md").read_text(encoding="utf-8")


def test_class_names_of_the_glossary_exist() -> None:
    glossary = (DOCS / "glossary.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([A-Z][a-z]+[A-Z]\w*|[A-Z][a-z]{3,}\b)", glossary))
    defined = {name for path in SOURCES for name in re.findall(r"^class (\w+)", path.read_text("utf-8"), re.MULTILINE)}
    assert named - defined == set()


def test_paths_of_the_glossary_exist() -> None:
    glossary = (DOCS / "glossary.md").read_text(encoding="utf-8")
    paths = re.findall(r"`((?:models|solvers|service)/[\w/.]+)`", glossary)
    assert len(paths) > 5
    assert [path for path in paths if not (ROOT / path).exists()] == []
