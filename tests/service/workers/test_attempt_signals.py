"""Retries of a write that ends an attempt."""

import pytest
import structlog

from service.storage.errors import StorageUnavailableError
from service.workers import attempt_signals
from service.workers.attempt_signals import STORE_ATTEMPTS, AttemptInterruptedError, AttemptSignals, store_with_retries


class FailingWrite:
    """Writes that fail some times, then succeed."""

    def __init__(self, times: int, error: type[Exception]) -> None:
        self.left, self.error, self.count = times, error, 0

    def __call__(self) -> bool:
        self.count += 1
        self.left -= 1
        if self.left >= 0:
            raise self.error("not now")
        return True


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempt_signals, "STORE_RETRY_SECONDS", 0.001)


@pytest.mark.parametrize(
    ("times", "error"), [(STORE_ATTEMPTS - 1, ValueError), (3 * STORE_ATTEMPTS, StorageUnavailableError)]
)
def test_a_write_is_retried_until_it_succeeds(times: int, error: type[Exception]) -> None:
    write = FailingWrite(times, error)
    assert store_with_retries(write, AttemptSignals(), structlog.get_logger())
    assert write.count == times + 1


def test_an_error_that_stays_is_raised() -> None:
    write = FailingWrite(STORE_ATTEMPTS, ValueError)
    with pytest.raises(ValueError, match="not now"):
        store_with_retries(write, AttemptSignals(), structlog.get_logger())
    assert write.count == STORE_ATTEMPTS


@pytest.mark.parametrize("signal", ["lease_lost", "release_requested"])
def test_a_signal_ends_the_retries(signal: str) -> None:
    signals, write = AttemptSignals(), FailingWrite(1, StorageUnavailableError)
    getattr(signals, signal).set()
    with pytest.raises(AttemptInterruptedError):
        store_with_retries(write, signals, structlog.get_logger())
    assert write.count == 1
