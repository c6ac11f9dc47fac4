"""Tests of the door: HTTP in, HTTP out, all parts real."""
