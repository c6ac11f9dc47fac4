"""Durable jobs: accepted plans are finished, each once, whatever dies; see `JobRuntime` for the way in."""

from service.jobs.errors import IdempotencyConflict, JobError, QueueFull
from service.jobs.requests import IdempotencyKey, PlanRequest, Submission
from service.jobs.runtime import JobRuntime

__all__ = [
    "IdempotencyConflict",
    "IdempotencyKey",
    "JobError",
    "JobRuntime",
    "PlanRequest",
    "QueueFull",
    "Submission",
]
