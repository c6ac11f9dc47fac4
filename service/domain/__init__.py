"""Use cases of the service; nothing here knows HTTP."""
