"""Worker processes begin with high priority and give it up after some processor time."""

import os
import subprocess
import sys

_PROGRAM = """
import os, threading, time
from service.workers import worker_main

worker_main.SHORT_WORK_SECONDS = time.process_time() + 0.2
other = threading.Thread(target=lambda: started.wait())
started = threading.Event()
worker_main.start_at_high_priority(8)
other.start()
levels = lambda: [os.getpriority(os.PRIO_PROCESS, one) for one in (threading.get_native_id(), other.native_id)]
print(levels())
until = time.process_time() + 0.4
while time.process_time() < until:
    pass
[one.join() for one in threading.enumerate() if one.name == "priority"]
print(levels())
started.set()
"""


def test_a_worker_lowers_the_priority_of_all_its_threads_after_short_work() -> None:
    command = [sys.executable, "-c", _PROGRAM]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)  # noqa: S603 - ours
    high = os.getpriority(os.PRIO_PROCESS, 0) + 2  # a shell may run the tests at a lower priority than usual
    assert run.stdout.splitlines() == [f"[{high}, {high}]", "[8, 8]"]
