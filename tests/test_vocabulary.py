"""The vocabulary: private words of the past stay out of names, docstrings, messages, documentation, page and OpenAPI.

docs/glossary.md lists the words to use. `docs/decisions`, `docs/research` and CHANGELOG.md may quote old words.
"""

import ast
import functools
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("models", "solvers", "service", "tests", "benchmarks")

OLD_WORDS = (
    "nursery",
    "courier",
    "errand",
    "yardstick",
    "kinks",
    "restand",
    "foretold",
    "foretell",
    "evenness",
    "unburied",
    "losable",
    "barred",
    "biting",
    "joined places",
    "mender",
    "oddities",
)
"""Words that stand nowhere."""

OLD_NAMES = (*OLD_WORDS, "standing", "seats", "resting", "asked", "desk", "nothingtoask", "stopof")
"""Words that are no part of a name; some of them are ordinary English in a sentence."""

QUOTED_IN = ("CHANGELOG.md", "docs/decisions/", "docs/research/", "docs/glossary.md", "tests/test_vocabulary.py")


def tracked(*patterns: str) -> list[Path]:
    """Files of the repository."""
    command = ["git", "ls-files", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout  # noqa: S603
    paths = [path for path in listed.splitlines() if not path.startswith(QUOTED_IN) and "vendor/" not in path]
    return [ROOT / path for path in paths]


def names_in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every name that a file defines or uses."""
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield line, node.name
        elif isinstance(node, ast.Name):
            yield line, node.id
        elif isinstance(node, ast.Attribute):
            yield line, node.attr
        elif isinstance(node, ast.arg):
            yield line, node.arg


def words_of(name: str) -> str:
    """A name as words: `findBestPlan` and `find_best_plan` are `find best plan`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).replace("_", " ").lower()


@functools.cache
def compile_words(words: tuple[str, ...]) -> re.Pattern[str]:
    """A pattern for any of some words."""
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


def find_words(text: str, words: tuple[str, ...]) -> list[str]:
    """Old words in a text."""
    return sorted({word.lower() for word in compile_words(words).findall(text)})


@functools.cache
def has_old_word(name: str) -> bool:
    """Whether an old word is part of a name; most names stand in many places."""
    return bool(find_words(words_of(name), OLD_NAMES))


@pytest.mark.parametrize("package", PACKAGES)
def test_no_name_holds_an_old_word(package: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in tracked(f"{package}/*.py")
        for line, name in names_in(ast.parse(path.read_text(encoding="utf-8")))
        if has_old_word(name)
    ]
    found += [str(path) for path in tracked(f"{package}/*.py") if has_old_word(path.stem)]
    assert found == []


@pytest.mark.parametrize(
    "pattern", ["*.py", "*.md", "service/*.js", "service/*.html", "*.toml", "*.yaml", "docs/openapi.json"]
)
def test_no_text_holds_an_old_word(pattern: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {words}"
        for path in tracked(pattern)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (words := find_words(line, OLD_WORDS))
    ]
    assert found == []


def test_every_exception_ends_in_error() -> None:
    wrong = []
    for path in tracked("models/*.py", "solvers/*.py", "service/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
                if any(base == "Exception" or base.endswith("Error") for base in bases) and not node.name.endswith(
                    "Error"
                ):
                    wrong.append(f"{path.relative_to(ROOT)}: {node.name}")
    assert wrong == []


def test_operation_ids_are_short_verb_phrases() -> None:
    document = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    names = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    assert len(names) == len(set(names))
    assert [name for name in names if "v1" in name or len(name) > 32 or "_" not in name] == []


def test_an_old_word_is_found() -> None:
    assert find_words(words_of("restandPlan"), OLD_NAMES) == ["restand"]
    assert find_words(words_of("best_foretold"), OLD_NAMES) == ["foretold"]
    assert find_words("the joined places", OLD_WORDS) == ["joined places"]
