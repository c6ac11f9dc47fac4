"""Clients that repeat each request until it is answered, and probes that measure outages."""

import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.service.faults.processes import Service

RETRY_SECONDS = 0.1
PROBE_SECONDS = 0.05
VARIANTS = 10
"""Different problems; a plan's number chooses one."""
OPEN_PLANS = 25
"""Plans that are accepted and have not ended, at most: so plans are accepted as long as the trial lasts."""


@dataclass
class Answers:
    """What all clients were told."""

    plans: dict[str, set[str]] = field(default_factory=dict)
    """Identifiers that were answered for each Idempotency-Key."""
    refused: Counter[str] = field(default_factory=Counter)
    """Answers and failures that made a client repeat its request."""
    unexpected: list[str] = field(default_factory=list)
    """Answers that no outage explains."""
    ended: int = 0
    """Plans that have ended, as last read from the database."""
    longest_acceptance: float = 0.0
    """Seconds from the first attempt to the acceptance, at most."""
    _last_success: float = field(default_factory=time.monotonic)
    longest_outage: float = 0.0
    """Seconds without a single successful answer to anybody, at most."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def note_success(self) -> None:
        """Some request was answered."""
        with self._lock:
            now = time.monotonic()
            self.longest_outage = max(self.longest_outage, now - self._last_success)
            self._last_success = now

    def note_plan(self, key: str, plan: str, seconds: float) -> None:
        """A plan was accepted for a key."""
        with self._lock:
            self.plans.setdefault(key, set()).add(plan)
            self.longest_acceptance = max(self.longest_acceptance, seconds)

    def note_refusal(self, reason: str) -> None:
        """A request has to be repeated."""
        with self._lock:
            self.refused[reason] += 1

    def note_unexpected(self, answer: str) -> None:
        """An answer that must not be."""
        with self._lock:
            self.unexpected.append(answer[:500])


@dataclass
class Client:
    """One caller, who sends plans one after another to either service."""

    services: Sequence[Service]
    problems: Sequence[dict[str, Any]]
    answers: Answers
    chance: random.Random
    stop: threading.Event

    def submit_plans(self, numbers: Sequence[int]) -> None:
        """Have the plans of these numbers accepted."""
        with httpx2.Client(timeout=30) as client:
            for number in numbers:
                while len(self.answers.plans) - self.answers.ended > OPEN_PLANS and not self.stop.is_set():
                    time.sleep(RETRY_SECONDS)
                self.submit_plan(client, number)

    def submit_plan(self, client: httpx2.Client, number: int) -> None:
        """Send a plan until it is accepted; one request in twenty is cut off before its answer comes."""
        key = f"k{number}"
        body = {"problem": {**self.problems[number % VARIANTS], "name": f"plan {number}"}, "reuse": False}
        begun = time.monotonic()
        while not self.stop.is_set():
            timeout = self.chance.uniform(0.001, 0.05) if self.chance.random() < 0.05 else 30.0
            address = f"{self.chance.choice(self.services).address}/v1/plans"
            try:
                answer = client.post(address, json=body, headers={"Idempotency-Key": key}, timeout=timeout)
            except httpx2.TransportError as error:
                self.answers.note_refusal(type(error).__name__)
            else:
                if answer.status_code in {200, 201, 202}:
                    self.answers.note_success()
                    self.answers.note_plan(key, answer.json()["id"], time.monotonic() - begun)
                    return
                self.answers.note_refusal(str(answer.status_code))
                if answer.status_code not in {429, 503}:
                    self.answers.note_unexpected(f"POST /v1/plans: {answer.status_code} {answer.text}")
            time.sleep(RETRY_SECONDS)


def probe(service: Service, answers: Answers, stop: threading.Event) -> None:
    """Read the list of plans again and again, so that an outage is seen."""
    with httpx2.Client(timeout=5) as client:
        while not stop.wait(PROBE_SECONDS):
            try:
                answer = client.get(f"{service.address}/v1/plans?limit=1")
            except httpx2.TransportError:
                continue
            if answer.status_code == 200:
                answers.note_success()
            elif answer.status_code != 503:
                answers.note_unexpected(f"GET /v1/plans: {answer.status_code} {answer.text}")
