"""Several drivers on one subject, in turns, so that a busy moment of the machine falls on all of them."""

from collections.abc import Mapping, Sequence

from benchmarks.measuring import Measured, apart, medians

Found = Mapping[str, Measured]
"""Medians by driver."""


def run(subject: str, drivers: Sequence[str], times: int, limit: float) -> dict[str, Measured]:
    """Medians of one subject by driver; each run in a fresh process."""
    rounds = [{name: apart(subject, name, limit) for name in drivers} for _ in range(times)]
    return {name: medians([each[name] for each in rounds]) for name in drivers}


def table(subject: str, found: Found) -> str:
    """Markdown; the ratios are to `cold` by the clock and by CPU."""
    base = found.get("cold")
    lines = [
        f"## {subject}",
        "",
        "| driver | wall s | CPU s | ÷ cold wall | ÷ cold CPU | MiB | runs | |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |",
    ]
    for name, m in found.items():
        ratios = " | | " if base is None else f" {m.wall / base.wall:.2f} | {m.cpu / base.cpu:.2f} "
        lines.append(f"| {name} | {m.wall:.3f} | {m.cpu:.3f} |{ratios}| {m.peak_mib:.0f} | {m.runs} | {m.note} |")
    return "\n".join(lines)
