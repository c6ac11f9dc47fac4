"""Tests of analyses as durable jobs."""
