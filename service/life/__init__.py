"""The life of a plan: drafted and submitted by the bureau, returned or ratified by the centre, in force, closed."""
