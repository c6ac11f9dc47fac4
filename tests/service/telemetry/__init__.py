"""Figures and traces of a running service."""
