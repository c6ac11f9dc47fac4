"""Problems damaged at random: every answer is a plan's check or a refusal with places, never an error of ours.

`ALLOT_TEST_MUTATIONS=10000 pytest tests/service/api/test_mutated_problems.py` tries as many as you like.
"""

import json
import os
import random
import resource
from copy import deepcopy
from typing import Any

from starlette.testclient import TestClient

from models.examples import two_counties_raw

COUNT = int(os.environ.get("ALLOT_TEST_MUTATIONS", "300"))
GROWTH_MIB = 150
"""What the process may grow by over all of them."""

JUNK: tuple[Any, ...] = (
    *(None, True, -1, 0, 1e308, -1e308, 10**400, 0.1, "", " ", "../../etc/passwd", "=1+1", "\u0000", "가" * 300),
    *("x" * 5000, [], {}, [[]], [{}], {"": {}}, [1e9] * 50, {"a": {"b": {"c": [None]}}}, float("inf"), float("nan")),
)


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every part of a JSON value but itself."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for key, part in inner for path in ((*at, key), *places(part, (*at, key)))]


def damaged(chance: random.Random) -> Any:
    """Two counties with one to four parts replaced by junk, taken away, doubled, or put where they do not belong."""
    problem: Any = json.loads(json.dumps(two_counties_raw()))
    for _ in range(chance.randint(1, 4)):
        paths = places(problem)
        *way, last = chance.choice(paths)
        holder = problem
        for key in way:
            holder = holder[key]
        match chance.randrange(5):
            case 0:
                del holder[last]
            case 1 if isinstance(holder, list):
                holder.append(deepcopy(holder[last]))
            case 2 if isinstance(holder, dict):
                holder[chance.choice(["name", "unknown", "", "id", "가"])] = deepcopy(holder[last])
            case 3:
                holder[last] = two_counties_raw()
            case _:
                holder[last] = deepcopy(chance.choice(JUNK))
        if not places(problem):
            break
    return problem


def test_damaged_problems_are_checked_or_refused(client: TestClient) -> None:
    chance = random.Random(20021224)  # noqa: S311 - for repeatable damage, not for secrets
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seen: set[Any] = set()
    for k in range(COUNT):
        body = json.dumps({"problem": damaged(chance)})
        answer = client.post("/v1/validate", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (200, 400, 413, 422), (k, answer.status_code, body[:2000])
        if answer.status_code == 422:
            assert answer.json()["errors"], body[:2000]
        seen.add(answer.json().get("valid"))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown < GROWTH_MIB
    assert seen == {True, False, None}  # sound after all; checked and found wrong; refused before the checks
