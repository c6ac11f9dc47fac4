"""The executor of analyses that the settings name."""

import importlib.util

from service.core.settings import Settings
from service.workers.analysis_executors import AnalysisExecutor, ProcessExecutor
from service.workers.worker_pool import WorkerPool


class UnsuitableExecutorError(Exception):
    """The executor of the settings cannot be used."""


def require_executor(settings: Settings) -> None:
    """Raise UnsuitableExecutorError if the settings name an executor that is not installed."""
    if settings.study_executor is not None and importlib.util.find_spec("ray") is None:
        raise UnsuitableExecutorError("ALLOT_STUDY_EXECUTOR needs the extra ray: pip install 'allot[ray]'")


def build_executor(settings: Settings, workers: WorkerPool) -> AnalysisExecutor:
    """Build the executor: a cluster, or the worker processes of a pool."""
    if settings.study_executor is None:
        return ProcessExecutor(workers, settings.max_time_limit_seconds + settings.kill_grace_seconds)
    from service.workers.ray_executor import RayExecutor  # with Ray, which is an extra

    return RayExecutor(settings.study_executor, settings.count_analysis_workers())
