"""The structure of the code, read from its source: imports between layers, lengths, and documentation."""

import ast
import functools
import graphlib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("models", "solvers", "service")
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
WEB = {"fastapi", "starlette", "uvicorn", "sqlalchemy", "alembic"}
SOLVERS = {"pulp", "ortools", "highspy"}
BROAD_EXCEPT_ALLOWED = {
    "service/api/middleware.py",  # drops errors that are logged and answered
    "service/storage/repositories/jobs.py",  # ends a plan that cannot be read, whatever is wrong with it
    "service/workers/analysis_supervisor.py",
    "service/workers/background.py",  # background threads survive one bad row, and report it
    "service/workers/ray_actor.py",  # reports every unexpected error
    "service/workers/supervisor.py",
    "service/workers/attempt_signals.py",  # tries again to store a result, whatever failed
    "service/workers/webhook_dispatcher.py",
    "service/workers/worker_main.py",  # reports every unexpected error before it ends
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def sources(*packages: str) -> list[Path]:
    """Python files of some packages."""
    return [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]


def name_of(path: Path) -> str:
    """A file's path from the root."""
    return path.relative_to(ROOT).as_posix()


@functools.cache
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


@functools.cache
def imports_at_load(path: Path) -> set[str]:
    """Full dotted names of what a file imports when it is loaded: not in functions, not for type checking alone."""
    found: set[str] = set()
    pending: list[ast.stmt] = list(ast.parse(path.read_text(encoding="utf-8")).body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.If) and "TYPE_CHECKING" not in ast.unparse(node.test):
            pending += node.body + node.orelse
        elif isinstance(node, ast.Try):
            pending += node.body + [one for handler in node.handlers for one in handler.body]
    return found


def module_of(path: Path) -> str:
    """The dotted name of a file."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def offenders(paths: list[Path], *forbidden: str) -> dict[str, set[str]]:
    """Files that import a forbidden package or anything below it."""
    found = {name_of(path): {name for name in imports(path) if _under(name, forbidden)} for path in paths}
    return {path: names for path, names in found.items() if names}


def _under(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def test_models_import_no_numerics_solvers_or_service() -> None:
    assert (
        offenders(sources("models"), "solvers", "service", "numpy", "scipy", "pyarrow", "pandas", *SOLVERS, *WEB) == {}
    )


def test_solvers_import_no_service() -> None:
    assert offenders(sources("solvers"), "service", *WEB) == {}


def test_only_backends_and_the_reference_model_import_a_solver() -> None:
    free = ("solvers/backends/", "solvers/reference_model/")
    paths = [path for path in sources(*PACKAGES) if not name_of(path).startswith(free)]
    assert offenders(paths, *SOLVERS) == {}


LAYERS = {
    "solvers": (
        ("analyses",),
        ("algorithms", "sensitivity", "infeasibility", "results", "replanning"),
        ("formulation", "backends"),
        ("data", "lp"),
    ),
    "service": (
        ("cli",),
        ("api", "web_ui"),
        ("domain",),
        ("observability",),
        ("auth", "workers", "spreadsheets"),
        ("storage",),
        ("core",),
    ),
}
"""Packages from the highest layer to the lowest: a package imports only packages of its own layer and below."""


@pytest.mark.parametrize("package", LAYERS)
def test_layers_import_downwards_only(package: str) -> None:
    rank = {name: depth for depth, layer in enumerate(LAYERS[package]) for name in layer}
    assert {path.parent.name for path in (ROOT / package).glob("*/__init__.py")} <= {*rank, "reference_model"}
    upwards = {
        (name_of(path), imported)
        for path in sources(package)
        for imported in imports(path)
        if (inner := path.relative_to(ROOT).parts[1]) in rank
        and (target := imported.removeprefix(f"{package}.").partition(".")[0]) in rank
        and imported.startswith(f"{package}.")
        and rank[target] < rank[inner]
    }
    assert upwards == set()


def test_lp_imports_nothing_of_the_formulation() -> None:
    assert offenders(sources("solvers/lp"), "solvers.formulation", "solvers.data", "solvers.backends") == {}


def test_formulation_imports_no_backend() -> None:
    paths = [*sources("solvers/formulation"), *sources("solvers/data")]
    assert offenders(paths, "solvers.backends", "solvers.algorithms", "solvers.lp.certificate", *SOLVERS) == {}


def test_backends_import_no_model_of_the_province() -> None:
    assert offenders(sources("solvers/backends"), "models", "solvers.formulation", "solvers.data") == {}


def test_the_certificate_imports_neither_formulation_nor_backend() -> None:
    paths = [ROOT / "solvers/lp/certificate.py"]
    assert offenders(paths, "solvers.formulation", "solvers.data", "solvers.backends", *SOLVERS) == {}


def test_the_reference_model_is_independent() -> None:
    known = {"solvers.reference_model", "models", "pulp"}
    for path in sources("solvers/reference_model"):
        ours = {name for name in imports(path) if _under(name, ("solvers", "service"))}
        assert all(_under(name, tuple(known)) for name in ours), f"{name_of(path)} imports {ours}"


def test_invariants_are_independent() -> None:
    paths = [ROOT / "tests" / name for name in ("invariants.py", "plan_reading.py")]
    assert offenders(paths, "solvers", "service") == {}


def test_sql_stands_in_storage_only() -> None:
    paths = [path for path in sources("service") if path.relative_to(ROOT).parts[1] != "storage"]
    assert offenders(paths, "sqlalchemy", "alembic") == {}


def test_use_cases_know_no_http() -> None:
    assert offenders(sources("service/domain"), "fastapi", "starlette") == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_modules_import_each_other_without_circles(package: str) -> None:
    modules = {module_of(path): path for path in sources(package)}
    graph: dict[str, set[str]] = {module: set() for module in modules}
    for module, path in modules.items():
        for name in imports_at_load(path):
            target = name if name in modules else name.rpartition(".")[0]
            if target in modules and target != module:
                graph[module].add(target)
    graphlib.TopologicalSorter(graph).prepare()  # raises CycleError with the circle


@pytest.mark.parametrize("package", [*PACKAGES, "tests"])
def test_files_are_short(package: str) -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources(package)}
    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def functions(node: ast.AST) -> Iterator[Function]:
    """Every function below a node."""
    yield from (inner for inner in ast.walk(node) if isinstance(inner, Function))


@pytest.mark.parametrize("package", PACKAGES)
def test_functions_are_short(package: str) -> None:
    long = {}
    for path in sources(package):
        for function in functions(ast.parse(path.read_text(encoding="utf-8"))):
            docstring = function.body[0] if ast.get_docstring(function) is not None else None
            length = int(function.end_lineno or 0) - function.lineno + 1
            if docstring is not None:
                length -= int(docstring.end_lineno or 0) - docstring.lineno + 1
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


@pytest.mark.parametrize("package", PACKAGES)
def test_public_names_are_documented(package: str) -> None:
    bare = []
    for path in sources(package):
        module = ast.parse(path.read_text(encoding="utf-8"))
        if not ast.get_docstring(module) and module.body:
            bare.append(name_of(path))
        bare += [f"{name_of(path)}:{node.name}" for node in public(module) if not ast.get_docstring(node)]
    assert bare == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_function_says_what_it_returns(package: str) -> None:
    silent = [
        f"{name_of(path)}:{function.name}"
        for path in sources(package)
        for function in functions(ast.parse(path.read_text(encoding="utf-8")))
        if function.returns is None
    ]
    assert silent == []


def test_no_broad_except() -> None:
    broad = []
    for path in sources(*PACKAGES):
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
    file = ROOT / "solvers" / "lp" / "linear_program.py"
    assert {"numpy", "scipy.sparse"} <= imports(file)
    hidden = tmp_path / "hidden.py"
    hidden.write_text("def f() -> None:\n    import highspy.cb\n", encoding="utf-8")
    assert {name for name in imports(hidden) if _under(name, ("highspy",))} == {"highspy.cb"}
