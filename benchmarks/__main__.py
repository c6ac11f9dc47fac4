"""`python -m benchmarks`: measure subjects, print tables, draw plots, and hold figures against what was promised.

list    names subjects, sweeps and drivers.
run     measures subjects with drivers; ratios are to `cold` of the same run.
sweep   measures subjects of rising size and draws time and memory against size.
goals   prints each promised measure with its figure.
plans   prints what plans must be so that people sign them; with --old, also the time against an old checkout.
isolation measures what one caller can do to the others.
study   prints what a study costs against plans made one by one.
ranges  prints how long twelve ranges of the crisis year take.
backtest prints how long a backtest of the normal year takes.
study-…, coarse-first, coarse-first-plan  print each measure of studies and of first figures.
one     one run in this process, for the other actions.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.drivers import DRIVERS
from benchmarks.goals import goals
from benchmarks.isolation import format_isolation, list_attackers
from benchmarks.measuring import as_json
from benchmarks.near_optimal_and_backtests import list_backtest_lines, list_ranges_lines
from benchmarks.plans import list_lines
from benchmarks.plots import draw
from benchmarks.running import run, table
from benchmarks.studies import list_study_lines
from benchmarks.study_measures import STUDY_LINES
from benchmarks.subjects import SUBJECTS, SWEEPS

SMALL = ("tiny", "small")

PRINTED = ("goals", "plans", "isolation", "study", "ranges", "backtest", *STUDY_LINES)
"""Actions that print lines as they are measured."""

ACTIONS = ("list", "run", "sweep", *PRINTED, "one")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 0 when everything asked was measured."""
    requested = _parser().parse_args(arguments)
    if requested.action == "list":
        print("\n".join([*SUBJECTS, "", *SWEEPS, "", *DRIVERS]))
    elif requested.action == "one":
        print(as_json(DRIVERS[requested.driver[0]](SUBJECTS[requested.subject[0]](), requested.limit)))
    elif requested.action in PRINTED:
        for line in _iterate_lines(requested):
            print(line, flush=True)
    elif requested.action == "sweep":
        for name in requested.sweep or list(SWEEPS):
            found = {
                s: run(s, requested.driver or ["build", "cold"], requested.times, requested.limit) for s in SWEEPS[name]
            }
            print("\n\n".join(table(subject, drivers) for subject, drivers in found.items()), flush=True)
            if requested.plots is not None:
                draw(name, found, requested.plots)
    else:
        for subject in requested.subject or SMALL:
            print(
                table(subject, run(subject, requested.driver or list(DRIVERS), requested.times, requested.limit)),
                flush=True,
            )
    return 0


def _iterate_lines(requested: argparse.Namespace) -> Iterator[str]:
    """Iterate over what an action prints, as it is measured."""
    if requested.action == "goals":
        yield from goals(requested.times, requested.limit)
    elif requested.action == "plans":
        yield from list_lines(requested.old, requested.times)
    elif requested.action == "study":
        yield from list_study_lines()
    elif requested.action == "ranges":
        yield from list_ranges_lines()
    elif requested.action == "backtest":
        yield from list_backtest_lines()
    elif requested.action in STUDY_LINES:
        yield from STUDY_LINES[requested.action]()
    else:
        yield from format_isolation(requested.seconds, requested.attacker or list_attackers())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("action", choices=ACTIONS)
    parser.add_argument("--subject", action="append", choices=list(SUBJECTS), help="default: tiny and small")
    parser.add_argument("--sweep", action="append", choices=list(SWEEPS), help="default: all")
    parser.add_argument("--driver", action="append", choices=list(DRIVERS), help="default: all; of sweeps build, cold")
    parser.add_argument("--times", type=int, default=5, help="runs of which the median counts")
    parser.add_argument("--limit", type=float, default=300.0, help="seconds after which one solve is cut")
    parser.add_argument("--old", type=Path, help="checkout of an old commit, against which `plans` measures time")
    parser.add_argument("--attacker", action="append", choices=list_attackers(), help="default: all, one after another")
    parser.add_argument("--seconds", type=float, default=30.0, help="seconds for each attacker")
    parser.add_argument("--plots", type=Path, help="folder for the plots of a sweep")
    return parser


if __name__ == "__main__":
    sys.exit(main())
