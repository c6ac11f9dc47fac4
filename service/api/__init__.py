"""The HTTP API: application, middleware, dependencies, request bodies and routes."""
