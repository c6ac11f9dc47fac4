"""Kantorovich's cases of 1939: as many complete sets as possible, asked for in two ways.

As a goal: raise the smallest served share of the parts. As assembly: a set is made of its parts, and every set short costs 1.
"""

from tests.builders import Json, need
from tests.published.case import PLAIN, Case, Price, county, plant, problem

SOURCE = "Kantorovich, Mathematical Methods of Organizing and Planning Production (1939), Management Science 6 (1960), 366-422"

MACHINES = {"milling": {"a": 30.0, "b": 60.0}, "turret": {"a": 60.0, "b": 90.0}, "automatic": {"a": 30.0, "b": 80.0}}
"""Parts a day from all machines of a kind together."""
PARTS = {"a": 1.0, "b": 1.0}
SETS = 1000.0
"""Sets needed: more than can be made."""

PLYWOOD = {
    f"m{n}": dict(zip("12345", row, strict=True))
    for n, row in enumerate(
        [
            [4.0, 7.0, 8.5, 13.0, 16.5],
            [4.5, 7.8, 9.7, 13.7, 17.5],
            [5.0, 8.0, 10.0, 14.8, 18.0],
            [4.0, 7.0, 9.0, 13.5, 17.0],
            [3.5, 6.5, 8.5, 12.7, 16.0],
            [3.0, 6.0, 8.0, 13.5, 15.0],
            [4.0, 7.0, 9.0, 14.0, 17.0],
            [5.0, 8.0, 10.0, 14.8, 18.0],
        ],
        start=1,
    )
}
MIX = {"1": 0.10, "2": 0.12, "3": 0.28, "4": 0.36, "5": 0.14}


def shops(output: dict[str, dict[str, float]]) -> list[Json]:
    """A factory for each machine; a unit takes the part of a day that its output per day says."""
    return [
        plant(
            m,
            "works",
            *[{"item": i, "hours_per_unit": {"days": 1 / rate}} for i, rate in row.items()],
            machines={"days": 1},
        )
        for m, row in output.items()
    ]


def as_goal(output: dict[str, dict[str, float]], mix: dict[str, float]) -> Json:
    """Raise the smallest served share over the parts."""
    return problem(
        items=[{"id": part, "storable": False} for part in mix],
        counties=[county("works")],
        factories=shops(output),
        demand=[need("works", part, SETS * share) for part, share in mix.items()],
        policy={**PLAIN, "goals": [{"goal": "worst_fulfilment", "over": "item"}]},
    )


def as_assembly(output: dict[str, dict[str, float]], mix: dict[str, float]) -> Json:
    """Make sets of the parts; one set short costs 1."""
    return problem(
        items=[{"id": "set", "storable": False}, *[{"id": p, "kind": "material", "storable": False} for p in mix]],
        counties=[county("works")],
        factories=[*shops(output), plant("assembly", "works", {"item": "set", "materials": mix})],
        demand=[need("works", "set", SETS)],
    )


def _day(machine: str, won: float) -> Price:
    return Price("capacity", {"rule": "machine", "id": machine, "part": "days", "period": "all"}, won)


GOAL = Case("kantorovich-goal", SOURCE, as_goal(MACHINES, PARTS), 260 / 3, scale=SETS)
ASSEMBLY = Case(
    "kantorovich-assembly",
    SOURCE,
    as_assembly(MACHINES, PARTS),
    260 / 3,
    constant=SETS,
    sign=-1,
    prices=(
        _day("milling", 20),
        _day("turret", 40),
        _day("automatic", 80 / 3),
        Price("quotas", {"factory": "turret", "item": "a", "period": "all"}, 2 / 3),
        Price("quotas", {"factory": "automatic", "item": "b", "period": "all"}, 1 / 3),
    ),
)
PLYWOOD_GOAL = Case("plywood-goal", f"{SOURCE}, appendix 2", as_goal(PLYWOOD, MIX), 78.718116, scale=SETS, digits=1e-8)
PLYWOOD_ASSEMBLY = Case(
    "plywood-assembly",
    f"{SOURCE}, appendix 2",
    as_assembly(PLYWOOD, MIX),
    78.718116,
    constant=SETS,
    sign=-1,
    digits=1e-8,
)

CASES = (GOAL, ASSEMBLY, PLYWOOD_GOAL, PLYWOOD_ASSEMBLY)
