"""Parts of the problem index: each turns one part of a problem into arrays, reading every pydantic attribute once."""
