"""Worker processes load fast and reach neither the database nor HTTP: their modules import neither."""

import ast
import importlib.util
from pathlib import Path

ENTRY_POINTS = ("service.workers.fork_server", "service.workers.worker_main", "service.workers.sensitivity_queries")
FORBIDDEN = {"sqlalchemy", "alembic", "fastapi", "starlette"}


def find_imports(module: str) -> set[str]:
    """Names of all modules that a module imports; none for the name of something inside a module."""
    try:
        spec = importlib.util.find_spec(module)
    except ModuleNotFoundError:
        return set()
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return set()
    tree = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    found = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_worker_processes_import_neither_database_nor_http() -> None:
    pending, seen = list(ENTRY_POINTS), set()
    while pending:
        module = pending.pop()
        if module in seen:
            continue
        seen.add(module)
        imports = find_imports(module)
        assert not {name.partition(".")[0] for name in imports} & FORBIDDEN, module
        pending += [name for name in imports if name.startswith("service.")]
    assert len(seen) > len(ENTRY_POINTS)
