"""How a child's last word becomes an answer, and what becomes of questions that nobody waits for."""

from models.validation.checks import Finding, InvalidProblemError
from service.core.errors import ApiError, ConflictError, NotFoundError, ServiceUnavailableError
from service.workers.channel import Message


class ClientDisconnectedError(Exception):
    """Whoever asked does not wait for the answer any more."""


def extract_answer(message: Message) -> bytes:
    """The JSON that a child answered with; raises the refusal that it told, Unavailable where it could not go on."""
    if message.kind == "answer":
        return message.bodies[0]
    if message.kind == "refused":
        raise _build_api_error(message)
    if message.head["limit"] == "memory":
        raise ServiceUnavailableError(
            "The question needs more memory than one may take. Ask for less of it at a time, or raise ALLOT_WORKER_MEMORY_LIMIT_BYTES."
        )
    raise ServiceUnavailableError(
        "The question could not be answered; what happened is in the log of the service. The next question starts afresh.",
        headers={"Retry-After": "1"},
    )


def _build_api_error(message: Message) -> ApiError | InvalidProblemError:
    head = message.head
    if head["why"] == "invalid":
        return InvalidProblemError(tuple(Finding.model_validate(raw) for raw in head["findings"]))
    return {"conflict": ConflictError, "missing": NotFoundError}[head["why"]](head["detail"])
