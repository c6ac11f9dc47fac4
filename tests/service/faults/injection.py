"""The faults: one after another, each of a random kind, at random moments, for a random time."""

import random
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import text

from service.core.codecs import decode_table
from service.storage.errors import StorageError
from service.storage.store import Store
from tests.service.faults.clients import Answers
from tests.service.faults.processes import Disk, PostgreSQL, Service, send_signal

PAUSE_SECONDS = (0.5, 6.0)
"""Shortest and longest time of what lasts: on both sides of a lease of 3 s."""
LEAST_GAP_PLANS = 3.0
"""Least mean number of plans that end between two faults: counted in plans, slow machines get as many faults as fast ones."""
MEAN_FAULTS = 600
"""Mean number of faults of a long trial: each costs seconds, so that one after every third plan of 10,000 would take half a day."""


@dataclass(frozen=True)
class Damaged:
    """A table with a flipped byte."""

    whole: bytes
    """Its bytes before."""
    is_mended: Callable[[], bool]
    """Whether somebody has written it anew."""

    def read_rows(self) -> list[dict[str, Any]]:
        """Its right rows."""
        rows: list[dict[str, Any]] = decode_table(self.whole).to_pylist()
        return rows


@dataclass
class Injector:
    """Injects faults into two services on one database."""

    services: Sequence[Service]
    store: Store
    disk: Disk
    postgresql: PostgreSQL | None
    chance: random.Random
    answers: Answers
    gap_plans: float
    """Mean number of plans that end between two faults."""
    made: Counter[str] = field(default_factory=Counter)
    flips: Counter[str] = field(default_factory=Counter)
    """What a read of damaged data returned."""
    wrong_reads: list[str] = field(default_factory=list)
    """Reads that returned figures from damaged data."""

    def list_kinds(self) -> dict[str, tuple[Callable[[], bool], int]]:
        """Every kind of fault, what makes it, and how often in comparison with others."""
        kinds: dict[str, tuple[Callable[[], bool], int]] = {
            "worker killed": (lambda: self._signal_one(2, signal.SIGKILL), 6),
            "fork server killed": (lambda: self._signal_one(1, signal.SIGKILL), 2),
            "service killed, its workers not": (lambda: self._signal_one(0, signal.SIGKILL), 2),
            "service killed with its workers": (self._kill_tree, 2),
            "service stopped in order": (lambda: self._signal_one(0, signal.SIGTERM), 1),
            "worker paused": (lambda: self._pause(lambda: self._choose(2)), 2),
            "service paused": (lambda: self._pause(lambda: self._choose(0)), 1),
            "service paused with its workers": (lambda: self._pause(self._choose_tree), 1),
            "byte flipped": (self._flip_byte, 8),
        }
        if self.disk.can_be_filled:
            kinds["disk full"] = (self._fill_disk, 2)
        if self.postgresql is None:
            kinds["database locked"] = (self._lock_database, 2)
        else:
            kinds["database killed"] = (self._kill_database, 1)
            kinds["database process killed"] = (self._kill_backend, 1)
            kinds["database paused"] = (self._pause_database, 1)
            kinds["connections cut off"] = (self._cut_connections, 2)
        return kinds

    def inject_until(self, stop: threading.Event) -> None:
        """Inject faults until the event is set, after random numbers of ended plans; every kind once, then by chance."""
        kinds = self.list_kinds()
        first = self.chance.sample(sorted(kinds), len(kinds))
        names, weights = list(kinds), [weight for _, weight in kinds.values()]
        moment = 0.0
        while not stop.wait(0.05):
            if (ended := self.answers.ended) < moment:
                continue
            name = first.pop() if first else self.chance.choices(names, weights)[0]
            if self._retry(kinds[name][0]):
                self.made[name] += 1
            moment = ended + self.chance.expovariate(1 / self.gap_plans)

    def _retry(self, inject: Callable[[], bool]) -> bool:
        """Try a fault for some seconds: workers run for a moment only."""
        deadline = time.monotonic() + 3
        while not inject():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.005)
        return True

    def _choose(self, depth: int) -> list[int]:
        below = self.chance.choice(self.services).list_processes(depth)
        return [self.chance.choice(below)] if below else []

    def _choose_tree(self) -> list[int]:
        return self.chance.choice(self.services).list_processes()

    def _signal_one(self, depth: int, number: int) -> bool:
        return send_signal(self._choose(depth), number) > 0

    def _kill_tree(self) -> bool:
        return send_signal(self._choose_tree(), signal.SIGKILL) > 0

    def _pause(self, choose: Callable[[], list[int]]) -> bool:
        pids = choose()
        if not send_signal(pids, signal.SIGSTOP):
            return False
        self._last()
        send_signal(pids, signal.SIGCONT)
        return True

    def _last(self) -> None:
        """Let a fault last."""
        time.sleep(self.chance.uniform(*PAUSE_SECONDS))

    def _fill_disk(self) -> bool:
        self.disk.fill()
        self._last()
        self.disk.make_room()
        return True

    def _lock_database(self) -> bool:
        with closing(sqlite3.connect(str(self.store.engine.url.database), isolation_level=None)) as connection:
            connection.execute("PRAGMA busy_timeout = 100")
            with suppress(sqlite3.OperationalError):
                connection.execute("BEGIN IMMEDIATE")
                self._last()
                connection.execute("ROLLBACK")
                return True
        return False

    def _kill_database(self) -> bool:
        assert self.postgresql is not None
        self.postgresql.kill()
        self._last()
        self.postgresql.release()
        return True

    def _kill_backend(self) -> bool:
        assert self.postgresql is not None
        return self.postgresql.kill_one(self.chance.choice) > 0

    def _pause_database(self) -> bool:
        assert self.postgresql is not None
        return self._pause(self.postgresql.list_processes)

    def _cut_connections(self) -> bool:
        statement = text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        with suppress(StorageError), self.store.write_transaction() as stored:
            stored.connection.execute(statement)
            return True
        return False

    def _flip_byte(self) -> bool:
        """Flip a byte of a stored table of some finished plan, read the table, and put the byte back."""
        query = text("SELECT plan, name, body, object_key FROM plan_tables ORDER BY plan, name LIMIT 1 OFFSET :place")
        with suppress(StorageError):
            with self.store.read_transaction() as stored:
                count = stored.connection.execute(text("SELECT count(*) FROM plan_tables")).scalar_one()
                if not count:
                    return False
                row = stored.connection.execute(query, {"place": self.chance.randrange(count)}).one()
            flip = self._flip_row if row.object_key is None else self._flip_file
            with flip(row.plan, row.name, row.object_key) as damaged:
                self._read_damaged(f"/v1/plans/{row.plan}/tables/{row.name}", damaged)
            return True
        return False

    @contextmanager
    def _flip_file(self, _plan: str, _name: str, key: str) -> Iterator[Damaged]:
        """Damage an object; another plan with the same table may write it anew meanwhile."""
        file: Path = self.services[0].settings.data_dir / "objects" / key
        whole = file.read_bytes()
        _overwrite(file, self._change(whole))
        try:
            yield Damaged(whole, lambda: file.read_bytes() == whole)
        finally:
            _overwrite(file, whole)

    @contextmanager
    def _flip_row(self, plan: str, name: str, _key: None) -> Iterator[Damaged]:
        read = text("SELECT body FROM plan_tables WHERE plan = :plan AND name = :name")
        with self.store.read_transaction() as stored:
            whole = bytes(stored.connection.execute(read, {"plan": plan, "name": name}).scalar_one())
        try:
            self._write_body(plan, name, self._change(whole))
            yield Damaged(whole, lambda: False)
        finally:
            self._write_body(plan, name, whole)

    def _write_body(self, plan: str, name: str, body: bytes) -> None:
        """Write the bytes of a table, however long the database takes to be there again."""
        write = text("UPDATE plan_tables SET body = :body WHERE plan = :plan AND name = :name")
        deadline = time.monotonic() + 120
        while True:
            try:
                with self.store.write_transaction() as stored:
                    stored.connection.execute(write, {"body": body, "plan": plan, "name": name})
                break
            except StorageError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def _change(self, whole: bytes) -> bytes:
        place = self.chance.randrange(len(whole))
        return whole[:place] + bytes([whole[place] ^ (1 << self.chance.randrange(8))]) + whole[place + 1 :]

    def _read_damaged(self, path: str, damaged: Damaged) -> None:
        """Read a damaged table until a service answers: the answer has to be an error that says so."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            service = self.chance.choice(self.services)
            try:
                answer = httpx2.get(f"{service.address}{path}", timeout=10)
            except httpx2.TransportError:
                continue
            if answer.status_code == 503:
                time.sleep(0.05)
                continue
            if answer.status_code == 500 and answer.json()["type"] == "urn:allot:damaged":
                self.flips["told"] += 1
            elif answer.status_code == 200 and damaged.is_mended() and answer.json()["rows"] == damaged.read_rows():
                self.flips["written anew by another plan"] += 1
            else:
                self.flips["not told"] += 1
                self.wrong_reads.append(f"{path}: {answer.status_code} {answer.text[:200]}")
            return
        self.flips["not answered"] += 1


def _overwrite(file: Path, body: bytes) -> None:
    """Change a file where it lies, as a failing disk does."""
    with file.open("r+b") as opened:
        opened.write(body)
