"""The table of OWASP ASVS: each requirement stands once, each named test exists, and what it says of releases is so."""

import ast
import importlib
import re
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reference/security-verification.md").read_text(encoding="utf-8")
APPLIES, _, REST = PAGE.partition("## Does not apply")
ROWS = [line[2:-2].split(" | ") for line in APPLIES.splitlines() if re.match(r"\| \d+\.\d+\.\d+ \|", line)]
LEFT_OUT = re.findall(r"\d+\.\d+\.\d+", REST.partition("## Inventory")[0])
REQUIREMENTS = 253
"""Requirements of levels 1 and 2 in version 5.0.0."""


def test_every_requirement_stands_once() -> None:
    numbers = Counter([row[0] for row in ROWS] + LEFT_OUT)
    assert max(numbers.values()) == 1
    assert len(numbers) == REQUIREMENTS
    stated = {state: int(count) for state, count in re.findall(r"^\| ([\w* ]+) \| .* \| (\d+) \|$", PAGE, re.MULTILINE)}
    assert stated == {**Counter(row[3] for row in ROWS), "does not apply": len(LEFT_OUT)}
    assert all(len(row) == 5 and row[4] for row in ROWS)


def test_every_named_test_exists() -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE))
    assert len(named) > 100
    defined = {
        (path, node.name)
        for path in {path for path, _ in named}
        for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert named - defined == set()
    assert all("`tests/" in row[4] for row in ROWS if row[3] == "met")


def test_named_pages_exist() -> None:
    assert [path for path in re.findall(r"`(docs/[\w/-]+\.md|[A-Z]+\.md)`", PAGE) if not (ROOT / path).is_file()] == []


def test_releases_are_audited() -> None:
    yaml: Any = importlib.import_module("yaml")  # comes with schemathesis, without types
    jobs = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text(encoding="utf-8"))["jobs"]
    assert "scripts/audit" in [step.get("run") for step in jobs["audit"]["steps"]]
    assert jobs["build"]["needs"] == "audit"
    actions = [step["uses"] for job in jobs.values() for step in job["steps"] if "uses" in step]
    assert actions
    assert all(re.search(r"@[0-9a-f]{40}$", action) for action in actions)
    script = (ROOT / "scripts/audit").read_text(encoding="utf-8")
    assert "requirements.lock" in script
    assert "--strict" in script
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    packages = re.split(r"\n(?=[\w-]+==)", lock)
    assert all("--hash=sha256:" in package for package in packages)
