"""The shape of the code, read from its source: which room may import what, and how long and how well described things are."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = ("models", "solvers", "service")
LONGEST_FILE = 300
LONGEST_FUNCTION = 50
WEB = {"fastapi", "starlette", "uvicorn", "sqlalchemy", "alembic"}
SOLVERS = {"pulp", "ortools", "highspy"}
BROAD_EXCEPT_ALLOWED = {"service/workers/worker_main.py"}
"""The one place where anything may go wrong in a way nobody foresaw: the child process that solves, which must say so."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources(*rooms: str) -> list[Path]:
    """Python files of some rooms."""
    return [path for room in rooms for path in sorted((ROOT / room).rglob("*.py"))]


def name_of(path: Path) -> str:
    """A file's path from the root."""
    return path.relative_to(ROOT).as_posix()


def imports(path: Path) -> set[str]:
    """Full dotted names of everything a file imports, wherever in it the import stands."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)} imports relatively"
            found |= {str(node.module)} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def offenders(paths: list[Path], *barred: str) -> dict[str, set[str]]:
    """Files that import a barred package or anything below it."""
    found = {name_of(path): {name for name in imports(path) if _under(name, barred)} for path in paths}
    return {path: names for path, names in found.items() if names}


def _under(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def test_models_know_no_numbers_solvers_or_service() -> None:
    assert (
        offenders(sources("models"), "solvers", "service", "numpy", "scipy", "pyarrow", "pandas", *SOLVERS, *WEB) == {}
    )


def test_solvers_know_no_service() -> None:
    assert offenders(sources("solvers"), "service", *WEB) == {}


def test_only_backends_and_the_second_opinion_know_a_solver() -> None:
    free = ("solvers/backends/", "solvers/reference_model/")
    paths = [path for path in sources(*ROOMS) if not name_of(path).startswith(free)]
    assert offenders(paths, *SOLVERS) == {}


def test_formulation_knows_no_backend() -> None:
    paths = [*sources("solvers/formulation"), *sources("solvers/indexing"), ROOT / "solvers/data/problem_arrays.py"]
    assert offenders(paths, "solvers.backends", "solvers.algorithms", "solvers.lp.certificate", *SOLVERS) == {}


def test_backends_know_no_factory() -> None:
    assert (
        offenders(
            sources("solvers/backends"), "models", "solvers.formulation", "solvers.data.problem_arrays", "solvers.data"
        )
        == {}
    )


def test_certificate_knows_neither_formulation_nor_backend() -> None:
    paths = [ROOT / "solvers/lp/certificate.py"]
    assert (
        offenders(
            paths, "solvers.formulation", "solvers.data.problem_arrays", "solvers.data", "solvers.backends", *SOLVERS
        )
        == {}
    )


def test_second_opinion_is_independent() -> None:
    known = {"solvers.reference_model", "models", "pulp"}
    for path in sources("solvers/second_opinion"):
        ours = {name for name in imports(path) if _under(name, ("solvers", "service"))}
        assert all(_under(name, tuple(known)) for name in ours), f"{name_of(path)} imports {ours}"


def test_laws_are_independent() -> None:
    paths = [ROOT / "tests" / name for name in ("laws.py", "laws_of_value.py", "reading.py")]
    assert offenders(paths, "solvers", "service") == {}


@pytest.mark.parametrize("room", [*ROOMS, "tests"])
def test_files_are_short(room: str) -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources(room)}
    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def functions(node: ast.AST) -> Iterator[Function]:
    """Every function below a node."""
    yield from (inner for inner in ast.walk(node) if isinstance(inner, Function))


@pytest.mark.parametrize("room", ROOMS)
def test_functions_are_short(room: str) -> None:
    long = {}
    for path in sources(room):
        for function in functions(ast.parse(path.read_text(encoding="utf-8"))):
            length = int(function.end_lineno or 0) - function.lineno + 1
            if length > LONGEST_FUNCTION:
                long[f"{name_of(path)}:{function.name}"] = length
    assert long == {}


def public(module: ast.Module) -> Iterator[Function | ast.ClassDef]:
    """Public functions and classes of a module, and the public methods of public classes."""
    for node in module.body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from (m for m in node.body if isinstance(m, Function) and not m.name.startswith("_"))


@pytest.mark.parametrize("room", ROOMS)
def test_public_names_are_documented(room: str) -> None:
    bare = []
    for path in sources(room):
        module = ast.parse(path.read_text(encoding="utf-8"))
        if not ast.get_docstring(module) and module.body:
            bare.append(name_of(path))
        bare += [f"{name_of(path)}:{node.name}" for node in public(module) if not ast.get_docstring(node)]
    assert bare == []


@pytest.mark.parametrize("room", ROOMS)
def test_every_function_says_what_it_returns(room: str) -> None:
    silent = [
        f"{name_of(path)}:{function.name}"
        for path in sources(room)
        for function in functions(ast.parse(path.read_text(encoding="utf-8")))
        if function.returns is None
    ]
    assert silent == []


def test_no_broad_except() -> None:
    broad = []
    for path in sources(*ROOMS):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ExceptHandler):
                caught = (
                    {"bare"} if node.type is None else {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)}
                )
                if caught & {"bare", "Exception", "BaseException"}:
                    broad.append(name_of(path))
    assert set(broad) <= BROAD_EXCEPT_ALLOWED


def test_nothing_is_mocked() -> None:
    assert offenders(sources("tests"), "unittest.mock", "mock", "pytest_mock") == {}


def test_reading_imports_sees_them(tmp_path: Path) -> None:
    """The reader itself can find an offender, also inside a function."""
    file = ROOT / "solvers" / "program.py"
    assert {"numpy", "scipy.sparse"} <= imports(file)
    hidden = tmp_path / "hidden.py"
    hidden.write_text("def f() -> None:\n    import highspy.cb\n", encoding="utf-8")
    assert {name for name in imports(hidden) if _under(name, ("highspy",))} == {"highspy.cb"}
