"""Variables exist only on paths from a source to a sink."""

from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import build_program
from solvers.formulation.reachability import find_active_arcs
from tests.builders import make_problem, need

CRAFT = {"id": "craft", "place": "town", "lines": [{"item": "soap"}]}


def test_nothing_is_shipped_to_dead_ends() -> None:
    links = [{"id": f"to-{place}", "from": "town", "to": place} for place in ("village", "siding")]
    problem = make_problem(
        counties=[{"id": name, "power_area": "area"} for name in ("town", "village")],
        stations=[{"id": "siding"}],
        links=links,
        factories=[CRAFT],
        demand=[need("village", "soap", 1)],
    )
    arrays = ProblemArrays.from_problem(problem)
    arcs = [arrays.labels["arc"][a] for a in build_program(arrays).variables["ship"].axes["arc"]]
    assert arcs == ["to-village/village", "to-village/town"]


def test_an_item_without_a_source_has_variables_only_for_a_required_stock() -> None:
    stocks = {"soap": {"closing_least": 1}}
    problem = make_problem(
        counties=[{"id": "town", "power_area": "area", "stocks": stocks}], items=[{"id": "soap"}, {"id": "comb"}]
    )
    where = find_active_arcs(ProblemArrays.from_problem(problem), include_swaps=True)
    assert not where.place.any()
    assert where.store.tolist() == [[True, False]]


def test_an_item_that_cannot_be_shipped_stays_at_its_factory() -> None:
    problem = make_problem(
        items=[{"id": "soap", "transportable": False}],
        counties=[{"id": name, "power_area": "area"} for name in ("town", "village")],
        links=[{"id": "road", "from": "town", "to": "village"}],
        factories=[CRAFT],
        demand=[need("village", "soap", 1)],
    )
    where = find_active_arcs(ProblemArrays.from_problem(problem), include_swaps=True)
    assert where.place.ravel().tolist() == [True, False]
    assert not where.arc.any()


def test_one_way_links_only_lead_on() -> None:
    problem = make_problem(
        counties=[{"id": name, "power_area": "area"} for name in ("town", "village")],
        links=[{"id": "river", "from": "village", "to": "town", "one_way": True}],
        factories=[CRAFT],
    )
    assert find_active_arcs(ProblemArrays.from_problem(problem), include_swaps=True).place.ravel().tolist() == [
        True,
        False,
    ]


def test_demand_is_a_source_if_bands_are_wider_than_demand() -> None:
    for width, there in ((1, False), (0.75, True)):
        policy = {"shortage_bands": [{"width": width, "weight": 1}, {"width": 0 if width == 1 else width, "weight": 2}]}
        problem = make_problem(demand=[need("town", "soap", 1)], policy=policy)
        assert find_active_arcs(ProblemArrays.from_problem(problem), include_swaps=True).place.tolist() == [[there]]
