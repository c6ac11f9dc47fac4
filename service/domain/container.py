"""The container of services: made when the application starts, given to every use case."""

from dataclasses import dataclass

from service.auth.authenticator import Authenticator
from service.core.settings import Settings
from service.observability.metrics import Metrics
from service.storage.store import Store
from service.workers.job_runtime import JobRuntime
from service.workers.sensitivity_pool import SensitivityPool


@dataclass(frozen=True, slots=True)
class Services:
    """The services of a running application."""

    settings: Settings
    """Its settings."""
    store: Store
    """Plans, provinces, problems."""
    jobs: JobRuntime
    """The queue of plans and their solving."""
    metrics: Metrics
    """Figures for Prometheus."""
    authenticator: Authenticator
    """Tells who asks."""
    sensitivity_pool: SensitivityPool
    """Answers questions to plans."""
