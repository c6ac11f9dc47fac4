"""Measurements, run on demand: `python -m benchmarks run`. See docs/research/performance.md."""
