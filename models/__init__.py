"""The planner's world: what a province is, what it is asked to plan, and what a plan says.

Only pydantic lives here: no arrays, no solver, no HTTP.
"""
