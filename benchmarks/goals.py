"""What was promised of Allot's speed, measured: one line a promise, with what it must and what it aims to reach."""

from collections.abc import Iterator, Sequence

from benchmarks.measuring import Measured, apart, medians
from benchmarks.running import run

PLAIN = ("plain highs-ipm", "plain highs", "plain glop", "plain cbc", "plain pdlp")
"""Open solvers as they come; the likely fastest first, for the others are cut where they can no longer be the fastest."""

CRISIS, HARDEST = "ryanggang-crisis", "province-long-chains"


def goals(times: int, limit: float) -> Iterator[str]:
    """The lines of the table, each as soon as it is measured; medians of `times` runs, a solve cut after `limit` seconds."""
    yield "| measure | must | aim | measured | |"
    yield "| --- | ---: | ---: | ---: | --- |"
    ours, plain = _race(CRISIS, times, limit)
    yield _ratio("Ryanggang by month, crisis, cold: fastest plain solver ÷ ours", 6, 12, plain, ours)
    hard_ours, hard_plain = _race(HARDEST, times, limit)
    yield _ratio("hardest synthetic province, cold: fastest plain solver ÷ ours", 1, 3, hard_plain, hard_ours)
    requested = run(CRISIS, ["what-if"], times, limit)["what-if"]
    yield _ratio("what-if of one changed limit: cold plain solve ÷ ours", 30, 200, plain, requested)
    yield from _building(times, limit)
    whole = run(CRISIS, ["request"], times, limit)["request"]
    yield _line("all but the solver as a share of a cold request", "15 %", "5 %", f"{whole.share or 0:.1%}", whole.note)
    gib = whole.peak_mib / 1024
    yield _line("peak memory, service and children", "1.5 GiB", "0.8 GiB", f"{gib:.2f} GiB", f"{whole.runs} runs")
    small, large = (run(f"counties-{count}", ["cold"], times, limit)["cold"] for count in (10, 40))
    yield _line(
        "growth: time at 4× counties ÷ time at 1×", "6", "4.5", f"{large.wall / small.wall:.1f}", "40 and 10 counties"
    )


def _race(subject: str, times: int, limit: float, names: Sequence[str] = PLAIN) -> tuple[Measured, Measured]:
    """Ours and the fastest plain solver, in turns."""
    ours, plain = list[Measured](), dict[str, list[Measured]]({name: [] for name in names})
    for _ in range(times):
        ours.append(apart(subject, "cold", limit))
        cut = limit
        for name in names:
            took = apart(subject, name, cut)
            plain[name].append(took)
            if took.note.startswith("optimal"):
                cut = min(cut, took.wall + 1)
    reached = {
        name: medians(runs) for name, runs in plain.items() if all(each.note.startswith("optimal") for each in runs)
    }
    if not reached:
        raise RuntimeError(f"no plain solver solved {subject} in {limit:g} s")
    name = min(reached, key=lambda each: reached[each].wall)
    return medians(ours), _named(reached[name], name)


def _building(times: int, limit: float) -> Iterator[str]:
    names = ["build", "build pulp", "write pulp", "write linopy", "write pyoptinterface"]
    found = run(CRISIS, names, times, limit)
    ours = found["build"]
    yield _ratio("building from the problem: PuLP ÷ ours", 100, 300, found["build pulp"], ours)
    yield _ratio("writing given coefficients in PuLP ÷ our building", 100, 300, found["write pulp"], ours)
    yield _ratio("writing given coefficients in linopy ÷ our building", 10, 30, found["write linopy"], ours)
    poi = found["write pyoptinterface"]
    yield _ratio("writing given coefficients in pyoptinterface ÷ our building", "–", "–", poi, ours)


def _named(measured: Measured, name: str) -> Measured:
    return Measured(measured.wall, measured.cpu, measured.peak_mib, f"{name}: {measured.note}", measured.runs)


def _ratio(measure: str, must: float | str, aim: float | str, theirs: Measured, ours: Measured) -> str:
    note = (
        f"{theirs.wall:.3f} s ÷ {ours.wall:.3f} s; by CPU {theirs.cpu / ours.cpu:.1f}; {theirs.note.partition(':')[0]}"
    )
    return _line(measure, f"{must}", f"{aim}", f"{theirs.wall / ours.wall:.1f}", f"{note}; {ours.runs} runs")


def _line(measure: str, must: str, aim: str, figure: str, note: str) -> str:
    return f"| {measure} | {must} | {aim} | {figure} | {note} |"
