"""Conversion of a planning problem to arrays."""
