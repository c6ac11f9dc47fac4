"""Analyses of what is not known."""
