"""Solvers behind one seam; each knows only arrays."""
