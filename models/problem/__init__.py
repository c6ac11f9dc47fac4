"""The planning problem, one file for each part."""
