"""Tests of the page in a browser with a running service."""
