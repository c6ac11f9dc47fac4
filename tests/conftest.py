"""Options of the whole test run."""

import os

import pytest
from hypothesis import settings

# Examples solve real programs on shared machines: how long one takes says nothing about whether it is right.
# Continuous integration sees the same examples each time; new ones are looked for where a person can follow them up.
settings.register_profile("allot", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("allot")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write tests/golden anew instead of comparing with it"
    )
