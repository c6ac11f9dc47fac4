"""A planning problem, one file a part."""
