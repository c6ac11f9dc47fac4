"""Data models: planning problems, changes to problems, and plans with their analyses.

This package contains pydantic models only: no arrays, no solver, no HTTP.
"""
