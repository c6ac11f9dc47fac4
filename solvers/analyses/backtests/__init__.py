"""Backtests: ways of planning, simulated period by period against drawn years."""
