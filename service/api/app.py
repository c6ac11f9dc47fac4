"""The application: creates all services and starts and stops them in order.

uvicorn --factory service.api.app:create_app_from_environment
"""

import gc
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

import numpy as np
import pyarrow as pa
from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.telemetry import TelemetryConfig
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_compress import CompressMiddleware

from service.api import error_handlers
from service.api.dependencies import LifespanState
from service.api.head_requests import HeadMiddleware
from service.api.key_checks import KeyChecks
from service.api.local_access import LocalAccessMiddleware
from service.api.middleware import BodyLimitMiddleware, RequestContextMiddleware
from service.api.openapi import install_openapi
from service.api.request_bodies import BodyReader
from service.api.routes.analyses import ROUTERS as ANALYSIS_ROUTERS
from service.api.routes.analysis_requests import ROUTERS as ANALYSIS_REQUEST_ROUTERS
from service.api.routes.approval import router as life
from service.api.routes.audit import router as auditing
from service.api.routes.briefing import router as briefing
from service.api.routes.demand import router as demand
from service.api.routes.docs import mount_static_files, router as docs_page
from service.api.routes.fulfilment import router as execution
from service.api.routes.health import router as health
from service.api.routes.keys import router as access
from service.api.routes.map_figures import router as map_figures
from service.api.routes.plan_titles import router as titles
from service.api.routes.plans import router as plans
from service.api.routes.population import router as population
from service.api.routes.provinces import router as provinces
from service.api.routes.sensitivity import router as answers
from service.api.routes.tables import router as tables
from service.api.routes.validation import router as validation
from service.api.routes.webhooks import router as webhooks
from service.api.routes.workbooks import router as sheets
from service.auth.authenticator import Authenticator
from service.core.settings import Settings
from service.domain.container import Services
from service.domain.readiness import ReadinessChecker
from service.domain.startup import StartFailedError, open_store_at_start
from service.observability.logging import configure_logs
from service.observability.metrics import Metrics, measure_resident_memory
from service.observability.tracing import TRACING_OFF, open_tracing
from service.storage.errors import UnsuitableStoreError
from service.storage.repositories.deliveries import count_undelivered
from service.storage.store import Store
from service.web_ui.routes import router as page
from service.workers.analysis_runtime import AnalysisRuntime
from service.workers.executor_choice import UnsuitableExecutorError, build_executor, require_executor
from service.workers.job_attempt import AttemptResult, OnAttemptFinished
from service.workers.job_runtime import JobRuntime
from service.workers.retention_job import RetentionJob
from service.workers.sensitivity_pool import SensitivityPool
from service.workers.webhook_dispatcher import WebhookDispatcher

ROUTERS = (
    access,
    auditing,
    provinces,
    validation,
    demand,
    population,
    plans,
    briefing,
    map_figures,
    titles,
    life,
    answers,
    *ANALYSIS_REQUEST_ROUTERS,
    *ANALYSIS_ROUTERS,
    execution,
    tables,
    sheets,
    webhooks,
    health,
    docs_page,
    page,
)
"""The routers of the API, one a resource."""

THREAD_SWITCH_SECONDS = 0.0005
"""Longest time that a thread keeps the interpreter while another waits; Python's default of 5 ms adds up over a
request.
"""


class AllotApplication(FastAPI):
    """FastAPI inside the middleware of Allot, which also covers unexpected errors."""

    def __init__(
        self,
        metrics: Metrics,
        telemetry: TelemetryConfig,
        lifespan: Callable[[FastAPI], AbstractAsyncContextManager[LifespanState]],
    ) -> None:
        """Count requests in `metrics`, trace them as `telemetry` says; `lifespan` starts and stops the services."""
        self._metrics = metrics
        self.start_failure: str | None = None
        """Why the service could not start, in one line."""
        self.is_stop_requested = threading.Event()
        """Ends the wait for a database that is still starting."""
        super().__init__(
            title="Allot",
            lifespan=lifespan,
            telemetry=telemetry,
            openapi_url=None,
            docs_url=None,
            redoc_url=None,
            redirect_slashes=False,
            generate_unique_id_function=lambda route: route.name,
        )

    def build_middleware_stack(self) -> ASGIApp:
        """Build the middleware of the framework inside that of Allot."""
        return RequestContextMiddleware(super().build_middleware_stack(), self._metrics)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or start and stop; tell the server why a start failed in one line, in place of a traceback."""

        async def send_reason(message: Message) -> None:
            if message["type"] == "lifespan.startup.failed" and self.start_failure is not None:
                message = {**message, "message": f"Allot cannot start: {self.start_failure}"}
            await send(message)

        await super().__call__(scope, receive, send_reason if scope["type"] == "lifespan" else send)


def create_app(settings: Settings) -> AllotApplication:
    """Create the ASGI application; its lifespan opens the database and starts the solver processes."""
    metrics, tracing = Metrics(), open_tracing(settings)

    def record_attempt(result: AttemptResult) -> None:
        metrics.record_attempt(result)
        if tracing is not None:
            tracing.export_spans(result)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[LifespanState]:
        store, authenticator = await _open_storage(app, settings)
        services = _build_services(settings, store, metrics, authenticator, record_attempt)
        _register_gauges(metrics, services)
        app.state.release_waiters = partial(_release_waiters, services)
        await run_in_threadpool(services.jobs.start)
        await run_in_threadpool(services.analyses.start)
        await run_in_threadpool(_preload_pyarrow)
        webhook_dispatcher, retention_job = (
            WebhookDispatcher(store, settings, services.jobs.failures),
            RetentionJob(store, settings, services.jobs.failures),
        )
        try:
            yield {
                "services": services,
                "body_reader": BodyReader(settings),
                "key_checks": KeyChecks(authenticator),
            }
        finally:
            await run_in_threadpool(services.sensitivity_pool.close)
            await run_in_threadpool(services.analyses.stop)
            await run_in_threadpool(services.jobs.stop)
            await run_in_threadpool(webhook_dispatcher.stop)
            await run_in_threadpool(retention_job.stop)
            metrics.unregister_gauges()
            await run_in_threadpool(store.close)
            if tracing is not None:
                await run_in_threadpool(tracing.close)

    app = AllotApplication(metrics, TRACING_OFF if tracing is None else tracing.make_telemetry_config(), lifespan)
    _add_middleware(app, settings)
    error_handlers.install_error_handlers(app)
    error_handlers.install_denial_handlers(app)
    for router in ROUTERS:
        app.include_router(router)
    mount_static_files(app)
    install_openapi(app)
    return app


def _build_services(
    settings: Settings,
    store: Store,
    metrics: Metrics,
    authenticator: Authenticator,
    on_attempt_finished: OnAttemptFinished,
) -> Services:
    """Build the services on a store; nothing runs yet."""
    jobs = JobRuntime(store, settings, on_attempt_finished)
    return Services(
        settings,
        store,
        jobs,
        AnalysisRuntime(store, settings, build_executor(settings, jobs.workers), jobs.failures),
        metrics,
        authenticator,
        SensitivityPool(jobs.workers, settings),
        ReadinessChecker(store, jobs),
    )


async def _open_storage(app: AllotApplication, settings: Settings) -> tuple[Store, Authenticator]:
    """Open the store, and what reads credentials from it; the application keeps the reason if that fails."""
    try:
        require_executor(settings)
        store = await run_in_threadpool(open_store_at_start, settings, app.is_stop_requested)
        return store, Authenticator(store, settings)
    except (StartFailedError, UnsuitableStoreError, UnsuitableExecutorError) as error:
        app.start_failure = str(error)
        raise


def _add_middleware(app: FastAPI, settings: Settings) -> None:
    """Add middleware; the last one added is the outermost."""
    app.add_middleware(BodyLimitMiddleware, max_bytes=settings.max_body_bytes)
    app.add_middleware(CompressMiddleware)
    app.add_middleware(HeadMiddleware)
    if settings.authentication == "off":
        app.add_middleware(LocalAccessMiddleware, settings=settings)


def _release_waiters(services: Services) -> None:
    """Answer now everybody who waits for a plan or an analysis."""
    services.jobs.release_waiters()
    services.analyses.release_waiters()


def _register_gauges(metrics: Metrics, services: Services) -> None:
    """Register the gauges of waiting and running work."""
    jobs, analyses, sensitivity_pool = services.jobs, services.analyses, services.sensitivity_pool
    metrics.register_gauge(
        "allot_plans", "Plans that wait and run, over all service processes.", "state", jobs.queue.count_by_state
    )
    metrics.register_gauge(
        "allot_analyses",
        "Analyses that wait and run, over all service processes.",
        "state",
        analyses.queue.count_by_state,
    )
    metrics.register_gauge(
        "allot_solver_workers",
        "Solves that run in this process: how many, and the bytes of memory that they have in use.",
        "what",
        lambda: measure_resident_memory(jobs.list_worker_pids()),
    )
    metrics.register_gauge(
        "allot_background_failures",
        "Failures in background threads that went on, by thread, since the start of this process.",
        "thread",
        jobs.failures.count_failures,
    )
    words = "Questions answered and waiting now, and plans kept open for the next."
    metrics.register_gauge("allot_sensitivity_queries", words, "state", sensitivity_pool.count_by_state)
    metrics.register_gauge(
        "allot_webhook_deliveries",
        "Messages to webhooks that wait, or were given up, over all service processes.",
        "state",
        lambda: count_undelivered(services.store),
    )


def _preload_pyarrow() -> None:
    """Load pyarrow's dependencies now rather than in the first request for a table."""
    pa.array(np.zeros(1))


def _reduce_event_loop_latency() -> None:
    """Reduce latency of the event loop: shorter thread switches, and no garbage collection of loaded modules."""
    sys.setswitchinterval(THREAD_SWITCH_SECONDS)
    gc.collect()
    gc.freeze()  # what was loaded stays; a full collection need not walk through all of it each time


def create_app_from_environment() -> AllotApplication:
    """Create the application from the environment with its logs configured; for uvicorn's `--factory`."""
    return create_app_from_settings(Settings())


def create_app_from_settings(settings: Settings) -> AllotApplication:
    """Create the application with its logs configured, in a process of its own."""
    configure_logs(settings)
    _reduce_event_loop_latency()
    return create_app(settings)
