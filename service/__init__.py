"""The door: HTTP, storage, jobs, page and command line."""
