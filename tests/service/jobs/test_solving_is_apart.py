"""The room of the children stays free of the database and of HTTP, so that it loads fast and can touch neither."""

import ast
from pathlib import Path

from service import solving


def test_children_import_neither_database_nor_http() -> None:
    allowed = {"models", "solvers", "service.solving"}
    for path in Path(str(solving.__file__)).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                ours = node.module.split(".")[0] in {"models", "solvers", "service"}
                assert not ours or any(f"{node.module}.".startswith(f"{name}.") for name in allowed), node.module
                assert node.module.split(".")[0] not in {"sqlalchemy", "alembic", "fastapi"}
