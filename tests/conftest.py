"""Options of the whole test run."""

import pytest
from hypothesis import settings

# Examples solve real programs on shared machines: how long one takes says nothing about whether it is right.
settings.register_profile("allot", deadline=None)
settings.load_profile("allot")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="write tests/golden anew instead of comparing with it"
    )
