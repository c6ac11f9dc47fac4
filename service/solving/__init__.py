"""Where solving happens: the nursery that has the solvers loaded, the children that it forks, and the way to talk to them.

Nothing here knows the database or HTTP, and nothing is imported here that a child does not need: the nursery must load fast.
"""
