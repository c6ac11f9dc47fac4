"""Planning again: the past booked as it was, the rest of the periods planned from there."""

from solvers.replanning.reconcile import Booked, book
from solvers.replanning.replan import Replan, Unreported, replan

__all__ = ["Booked", "Replan", "Unreported", "book", "replan"]
