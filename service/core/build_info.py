"""The build that runs: Allot's version, its commit, a digest of the code that computes plans, and the solvers' versions."""

import hashlib
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PROJECT_ROOT = Path(__file__).parents[2]
_PLANNING_PACKAGES = ("models", "solvers")
_NUMERICAL_LIBRARIES = {"HiGHS": "highspy", "OR-Tools": "ortools", "PuLP": "pulp", "NumPy": "numpy"}
_GIT_TIMEOUT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class BuildInfo:
    """What identifies a build."""

    version: str
    """Version of the package; `0` where Allot runs from its folder and is not installed."""
    source_digest: str
    """sha-256 of every Python file of `models` and `solvers`, in hexadecimal."""
    commit: str | None
    """Commit of the checkout, or `ALLOT_COMMIT` where an image was built from one; None if unknown."""
    solver_versions: Mapping[str, str]
    """Version by library, for the libraries that decide the numbers of a plan."""


@cache
def read_build_info() -> BuildInfo:
    """Read the build once per process; it takes some milliseconds."""
    return BuildInfo(
        version=_read_package_version("allot") or "0",
        source_digest=compute_source_digest(_PROJECT_ROOT),
        commit=os.environ.get("ALLOT_COMMIT") or _read_git_commit(),
        solver_versions={
            name: found for name, package in _NUMERICAL_LIBRARIES.items() if (found := _read_package_version(package))
        },
    )


def compute_source_digest(root: Path) -> str:
    """Digest the paths and contents of the Python files of `models` and `solvers` below a folder.

    The data files of built-in provinces are left out: a plan's problem, which has a digest of its own, contains them.
    """
    digest = hashlib.sha256()
    for package in _PLANNING_PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode())
            digest.update(content)
    return digest.hexdigest()


def _read_package_version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _read_git_commit() -> str | None:
    if not (_PROJECT_ROOT / ".git").exists():
        return None
    command = ["git", "-C", str(_PROJECT_ROOT), "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_GIT_TIMEOUT_SECONDS, check=True)  # noqa: S603 - fixed arguments
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
