"""Analyses of what is not known: studies, ranges, alternatives and backtests, each as tasks for worker processes."""
