"""Options and lanes of the test run."""

import gc
import os
from collections import Counter

import pytest
from hypothesis import settings

# Examples solve real programs on shared machines, so their duration proves nothing: no deadline.
# Continuous integration draws the same examples in every run.
settings.register_profile("gate", deadline=None, derandomize="CI" in os.environ)
settings.register_profile("all", deadline=None, derandomize="CI" in os.environ)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of this project."""
    parser.addoption(
        "--update-golden", action="store_true", help="write tests/golden anew instead of comparing with it"
    )
    parser.addoption(
        "--all", action="store_true", help="also run the slow lane: tests marked slow_lane, and more random examples"
    )
    parser.addoption("--faults", action="store_true", help="run the fault trial only: tests marked faults")
    parser.addoption("--plans", type=int, default=10_000, help="plans of the fault trial on each database")
    parser.addoption("--seed", type=int, default=1, help="what the fault trial draws its faults from")


def pytest_configure(config: pytest.Config) -> None:
    """Choose the number of random examples, and collect garbage seldom: collections took a tenth of the time of the tests."""
    gc.set_threshold(20_000, 10, 10)
    settings.load_profile("all" if config.getoption("--all") else "gate")
    if config.getoption("--all"):
        os.environ["ALLOT_TEST_ALL"] = "1"  # read by tests.properties.planned while modules are imported


def pytest_collection_finish() -> None:
    """Leave what was imported out of garbage collections from here on."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Choose the lane: the gate, with --all also the slow lane, with --faults the fault trial and nothing else."""
    trial = bool(config.getoption("--faults"))
    other = [item for item in items if (item.get_closest_marker("faults") is not None) is not trial]
    if other:
        config.hook.pytest_deselected(items=other)
        items[:] = [item for item in items if item not in set(other)]
    _put_long_files_first(items)
    if config.getoption("--all"):
        return
    skip = pytest.mark.skip(reason="slow lane: run with --all")
    for item in items:
        if "slow_lane" in item.keywords:
            item.add_marker(skip)


def _put_long_files_first(items: list[pytest.Item]) -> None:
    """Put files with slow tests before the others, and files of many tests before those of few.

    Processes take the next file when they are done with one, so that none has a long file left when the others have ended.
    One process begins with a file that needs a browser, and solves the year that all of these share; the others would wait for it,
    so they begin with other slow files.
    """
    tests = Counter(item.path for item in items)
    slow = Counter(item.path for item in items if "slow" in item.keywords)
    needs_year = Counter(item.path for item in items if "browser" in item.keywords)
    first = min((-tests[path], path) for path in needs_year)[1] if needs_year else None
    items.sort(
        key=lambda item: (
            item.path != first,
            slow[item.path] == 0,
            needs_year[item.path] > 0,
            -tests[item.path],
            item.path,
        )
    )
