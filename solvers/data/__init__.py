"""A planning problem as arrays."""
