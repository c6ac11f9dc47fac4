"""`python -m benchmarks run`: measure subjects and print one table, ratios to `cold` of the same run."""

import argparse
import statistics
import sys
from collections.abc import Sequence
from functools import partial

from benchmarks.drivers import DRIVERS, Measured, measured, what_if
from benchmarks.subjects import SUBJECTS
from solvers.index import ProblemIndex
from solvers.strategy.stages import program_of


def median(runs: Sequence[Measured]) -> Measured:
    """The median of each kind of seconds; the note of the last run."""
    return Measured(statistics.median(r.wall for r in runs), statistics.median(r.cpu for r in runs), runs[-1].note)


def run(subject: str, drivers: Sequence[str], times: int, limit: float) -> dict[str, Measured]:
    """Medians of one subject by driver; `what-if` comes last."""
    problem = SUBJECTS[subject]()
    found = {
        name: median([measured(partial(DRIVERS[name], problem, limit)) for _ in range(times)])
        for name in drivers
        if name != "what-if"
    }
    if "what-if" in drivers:
        program = program_of(ProblemIndex.of(problem))
        found["what-if"] = median([what_if(program, limit) for _ in range(times)])
    return found


def table(subject: str, found: dict[str, Measured]) -> str:
    """Markdown; the ratio is CPU seconds to those of `cold`."""
    base = found["cold"].cpu if "cold" in found else None
    lines = [f"## {subject}", "", "| driver | wall s | CPU s | ÷ cold | |", "| --- | ---: | ---: | ---: | --- |"]
    for name, m in found.items():
        ratio = f"{m.cpu / base:.2f}" if base else ""
        lines.append(f"| {name} | {m.wall:.3f} | {m.cpu:.3f} | {ratio} | {m.note} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 when every subject was measured."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("action", choices=["run", "list"])
    parser.add_argument("--subject", action="append", choices=list(SUBJECTS), help="default: tiny and small")
    parser.add_argument("--driver", action="append", choices=[*DRIVERS, "what-if"], help="default: all")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--limit", type=float, default=300.0, help="seconds after which one solve is cut")
    asked = parser.parse_args(arguments)
    if asked.action == "list":
        print("\n".join([*SUBJECTS, "", *DRIVERS, "what-if"]))
        return 0
    for subject in asked.subject or ["tiny", "small"]:
        print(table(subject, run(subject, asked.driver or [*DRIVERS, "what-if"], asked.times, asked.limit)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
