"""A service process without HTTP, for tests to kill: `python -m tests.service.workers.serving`, set by ALLOT_ variables."""

import os
import select
import subprocess
import sys
from pathlib import Path

from service.core.settings import Settings
from service.storage.store import Store
from service.workers.analysis_executors import ProcessExecutor
from service.workers.analysis_runtime import AnalysisRuntime
from service.workers.job_runtime import JobRuntime
from tests.service.workers.termination import listen_for_termination


def main() -> None:
    """Serve until SIGTERM; a line is printed when the solvers are loaded."""
    settings = Settings()
    store = Store.open_store(settings)
    runtime = JobRuntime(store, settings)
    stop = listen_for_termination()
    analyses = AnalysisRuntime(
        store, settings, ProcessExecutor(runtime.workers, silence_seconds=60.0), runtime.failures
    )
    runtime.start()
    analyses.start()
    while not runtime.is_ready and not select.select([stop], [], [], 0.02)[0]:
        pass
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    os.read(stop, 1)
    analyses.stop()
    runtime.stop()
    store.close()


def write_environment(settings: Settings) -> dict[str, str]:
    """Settings as environment variables, secrets included."""
    values = settings.model_dump(mode="json", exclude_none=True) | {"database_url": settings.resolve_database_url()}
    return {f"ALLOT_{name.upper()}": str(value) for name, value in values.items()}


def start(settings: Settings) -> "subprocess.Popen[str]":
    """Start such a process with the given settings; it may take seconds to be ready."""
    environment = {**os.environ, **write_environment(settings)}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.service.workers.serving"],
        cwd=Path(__file__).parents[3],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def wait_ready(process: "subprocess.Popen[str]") -> None:
    """Wait until a process that was started can solve."""
    assert process.stdout is not None
    for line in process.stdout:
        if line == "ready\n":
            return
    raise AssertionError("the process ended")


if __name__ == "__main__":
    main()
