"""Whether the service lives, whether it can serve, and its figures."""
