"""Constraints of the linear program: one function `add_<name>_constraints` for each named block of rows."""
