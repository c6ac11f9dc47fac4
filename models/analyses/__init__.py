"""Analyses of what is not known: studies, ranges, alternatives and backtests, as requests, results and tables."""
