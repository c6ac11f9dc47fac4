"""Checks of credentials: those that were right before are checked at once, others wait for those of their address.

So whoever tries wrong keys is slowed, and no caller whose key is right notices it.
"""

import hashlib
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import partial

import anyio
from fastapi.concurrency import run_in_threadpool

from service.api.caller_limits import CallerLimiter
from service.auth.authenticator import Authenticator
from service.auth.principals import Principal
from service.core.errors import UnauthenticatedError

FREE_FAILURES = 20
"""Wrong credentials of one address that are answered at once; one more each second."""

PAUSE_SECONDS = 0.5
"""How long a further wrong one keeps its slot among the checks of its address."""

_MAX_ADDRESSES = 10_000
_MAX_KNOWN = 10_000


class KeyChecks:
    """Authenticates the requests of one event loop."""

    def __init__(self, authenticator: Authenticator, clock: Callable[[], float] = time.monotonic) -> None:
        """Check with an authenticator."""
        self._authenticator = authenticator
        self._clock = clock
        self._checks = CallerLimiter(total=256, per_caller=4)
        self._pepper = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, None] = OrderedDict()
        self._failures: dict[str, tuple[float, float]] = {}

    async def authenticate(self, authorization: str | None, address: str) -> Principal:
        """Authenticate the header `Authorization` of a request from an address.

        Raises UnauthenticatedError, ServiceUnavailableError, and TooManyRequestsError if too many of the address wait.
        """
        digest = hashlib.blake2b((authorization or "").encode(), key=self._pepper, digest_size=16).digest()
        if digest in self._known or authorization is None:
            return await self._check(authorization, digest)
        async with self._checks.hold_slot(address):
            try:
                return await self._check(authorization, digest)
            except UnauthenticatedError:
                if self._count_failure(address) > FREE_FAILURES:
                    await anyio.sleep(PAUSE_SECONDS)
                raise

    async def _check(self, authorization: str | None, digest: bytes) -> Principal:
        try:
            principal = await run_in_threadpool(partial(self._authenticator.authenticate_header, authorization))
        except UnauthenticatedError:
            self._known.pop(digest, None)
            raise
        self._known[digest] = None
        self._known.move_to_end(digest)
        if len(self._known) > _MAX_KNOWN:
            self._known.popitem(last=False)
        return principal

    def _count_failure(self, address: str) -> float:
        """Count a failure of an address; return how many there were lately."""
        if len(self._failures) >= _MAX_ADDRESSES:
            self._failures.clear()
        now = self._clock()
        count, at = self._failures.get(address, (0.0, now))
        recent = max(0.0, count - (now - at)) + 1
        self._failures[address] = (recent, now)
        return recent
