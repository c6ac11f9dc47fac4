"""Whether a core idles: read off the machine itself."""

import os
import subprocess
import sys
import time

import pytest

from solvers.algorithms.cpu_load import has_idle_core, leaves_idle_core


def test_no_core_is_spare_while_all_of_them_work() -> None:
    turning = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(os.cpu_count() or 1)]
    try:
        time.sleep(0.5)
        assert not has_idle_core()
    finally:
        for process in turning:
            process.kill()
            process.wait()


@pytest.mark.parametrize(
    ("busy", "there_is"), [((0.0, 0.0), True), ((100.0, 0.0), False), ((100.0, 10.0, 5.0), True), ((0.0,), False)]
)
def test_two_threads_need_two_cores(busy: tuple[float, ...], there_is: bool) -> None:
    assert leaves_idle_core(busy) is there_is
