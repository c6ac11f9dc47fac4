"""Clients that others write from the description of the interface."""
