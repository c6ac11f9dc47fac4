"""How a program is solved: which method, in which stages; the one place where a Program meets a backend."""

from solvers.strategy.methods import solve

__all__ = ["solve"]
