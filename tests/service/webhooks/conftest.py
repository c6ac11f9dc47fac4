"""The running service that the tests of the interface share."""

from tests.service.api.conftest import api_settings, client

__all__ = ["api_settings", "client"]
