"""Remedies: the smallest single changes of limits that reduce a shortage."""
