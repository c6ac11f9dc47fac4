"""The planning problem as a linear program: one file a rule, `build` is the table of contents."""
