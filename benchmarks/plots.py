"""Time and memory against size, for a sweep."""

from collections.abc import Mapping
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from benchmarks.running import Found
from benchmarks.subjects import SUBJECTS
from solvers.algorithms.pipeline import build_plan_program
from solvers.data.problem_arrays import ProblemArrays

mpl.use("svg")
mpl.rcParams["svg.hashsalt"] = "allot"


def draw(sweep: str, found: Mapping[str, Found], folder: Path) -> list[Path]:
    """Two plots of a sweep as SVG: seconds and MiB by driver against columns, both axes logarithmic; gives the files."""
    folder.mkdir(parents=True, exist_ok=True)
    sizes = {
        subject: build_plan_program(ProblemArrays.from_problem(SUBJECTS[subject]())).lp.column_count
        for subject in found
    }
    drivers = list(dict.fromkeys(name for each in found.values() for name in each))
    files = []
    for kind, unit, of in (("time", "seconds", "wall"), ("memory", "MiB", "peak_mib")):
        figure = Figure(figsize=(6, 4), layout="constrained")
        axes = figure.subplots()
        for driver in drivers:
            points = sorted((sizes[s], getattr(each[driver], of)) for s, each in found.items() if driver in each)
            axes.plot(*zip(*points, strict=True), marker="o", label=driver)
        axes.set(xscale="log", yscale="log", xlabel="columns", ylabel=unit, title=f"{sweep}: {kind} against size")
        axes.legend()
        axes.grid(visible=True, which="both", alpha=0.3)
        files.append(folder / f"{sweep}-{kind}.svg")
        figure.savefig(files[-1], metadata={"Date": None})
    return files
