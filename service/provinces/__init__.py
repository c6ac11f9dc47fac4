"""Provinces: those that come with Allot and those that planners store, each with versions and scenarios."""
