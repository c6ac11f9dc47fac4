"""Studies: the same plan under many draws of what is not known."""
