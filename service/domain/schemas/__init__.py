"""Data of the use cases, one file a resource; requests and responses carry them as JSON."""
