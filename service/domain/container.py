"""The container of services: made when the application starts, given to every use case."""

from dataclasses import dataclass, field

from service.auth.authenticator import Authenticator
from service.auth.denial_budget import DenialBudget
from service.core.settings import Settings
from service.domain.readiness import ReadinessChecker
from service.observability.metrics import Metrics
from service.storage.store import Store
from service.workers.analysis_runtime import AnalysisRuntime
from service.workers.job_runtime import JobRuntime
from service.workers.sensitivity_pool import SensitivityPool


@dataclass(frozen=True, slots=True)
class Services:
    """The services of a running application."""

    settings: Settings
    """Settings of the application."""
    store: Store
    """Plans, provinces and problems."""
    jobs: JobRuntime
    """The queue of plans and their solves."""
    analyses: AnalysisRuntime
    """The queue of analyses and their work."""
    metrics: Metrics
    """Metrics for Prometheus."""
    authenticator: Authenticator
    """Authenticates requests."""
    sensitivity_pool: SensitivityPool
    """Answers sensitivity queries."""
    readiness: ReadinessChecker
    """Checks whether this process can serve."""
    denials: DenialBudget = field(default_factory=DenialBudget)
    """Limits the refusals of one caller in the audit log."""
