"""Execution: what factories report, how far plans are fulfilled, and plans made again for the rest of their periods."""
