"""Durable jobs: accepted plans are finished, each once, whatever dies; see `JobRuntime` for the way in."""

from service.jobs.errors import IdempotencyConflictError, JobError, QueueFullError
from service.jobs.requests import IdempotencyKey, PlanRequest, Submission
from service.jobs.runtime import JobRuntime

__all__ = [
    "IdempotencyConflictError",
    "IdempotencyKey",
    "JobError",
    "JobRuntime",
    "PlanRequest",
    "QueueFullError",
    "Submission",
]
