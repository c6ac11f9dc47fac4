"""The measurements run, on tiny subjects."""
