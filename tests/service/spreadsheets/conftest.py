"""The running service of the tests of the interface."""

from tests.service.api.conftest import api_settings, client, plan

__all__ = ["api_settings", "client", "plan"]
