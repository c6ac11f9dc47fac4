"""Places by caller: a share for each, the caller with fewest first, and nothing lost when somebody goes."""

from collections.abc import Callable

import anyio
import pytest

from service.api.caller_limits import CallerLimiter
from service.core.errors import TooManyRequestsError

Enter = Callable[[str], None]


async def serve(limiter: CallerLimiter, callers: str) -> str:
    """Who is served in which order, if all come at once and stay until nobody else can enter."""
    served: list[str] = []

    async def stay(caller: str, leave: anyio.Event) -> None:
        async with limiter.hold_slot(caller):
            served.append(caller)
            await leave.wait()

    async with anyio.create_task_group() as group:
        leaving = [anyio.Event() for _ in callers]
        for caller, leave in zip(callers, leaving, strict=True):
            group.start_soon(stay, caller, leave)
            await anyio.wait_all_tasks_blocked()
        for leave in leaving:
            leave.set()
            await anyio.wait_all_tasks_blocked()
    assert limiter.held_count == limiter.waiting_count == 0
    return "".join(served)


@pytest.mark.parametrize(
    ("total", "share", "callers", "order"),
    [
        (2, 1, "aaaab", "abaaa"),
        (2, 2, "aaaab", "aabaa"),
        (1, 1, "aaabbc", "aabcab"),
        (3, 2, "aaabb", "aabab"),
    ],
)
def test_the_caller_with_fewest_slots_is_next(total: int, share: int, callers: str, order: str) -> None:
    assert anyio.run(serve, CallerLimiter(total, share), callers) == order


def test_everybody_has_all_slots_where_nobody_is_known() -> None:
    async def main() -> None:
        limiter = CallerLimiter(total=3, per_caller=1)
        assert [limiter.try_acquire_slot(None) for _ in range(4)] == [True, True, True, False]

    anyio.run(main)


def test_more_than_may_wait_are_refused() -> None:
    async def main() -> None:
        limiter = CallerLimiter(total=2, per_caller=1, max_waiting=1)
        async with limiter.hold_slot("a"), anyio.create_task_group() as group:
            group.start_soon(limiter.acquire_slot, "a")
            await anyio.wait_all_tasks_blocked()
            with pytest.raises(TooManyRequestsError) as refused:
                await limiter.acquire_slot("a")
            assert refused.value.headers == {"Retry-After": "5"}
            async with limiter.hold_slot("b"):
                pass
            group.cancel_scope.cancel()

    anyio.run(main)


def test_who_goes_while_waiting_leaves_the_line_and_gives_back_what_came_too_late() -> None:
    async def main() -> None:
        limiter = CallerLimiter(total=1, per_caller=1)

        async def stay() -> None:
            async with limiter.hold_slot("b"):
                await anyio.sleep_forever()

        await limiter.acquire_slot("a")
        async with anyio.create_task_group() as group:
            group.start_soon(stay)
            await anyio.wait_all_tasks_blocked()
            group.cancel_scope.cancel()
        assert limiter.waiting_count == 0
        async with anyio.create_task_group() as group:
            group.start_soon(stay)
            await anyio.wait_all_tasks_blocked()
            limiter.release_slot("a")  # to the one that is cancelled in the same step
            group.cancel_scope.cancel()
        assert limiter.held_count == 0

    anyio.run(main)
