"""Validation: parsing, findings, error messages and checks."""
