"""Worker processes that solve plans and answer sensitivity queries, and background jobs."""
