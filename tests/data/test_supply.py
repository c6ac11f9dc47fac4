"""Nothing is asked for that nobody can supply, and materials suffice for what a normal year makes at home."""

from models.base import expand_to_periods
from models.problem.planning_problem import PlanningProblem
from models.provinces import Province

NOT_MADE_HERE = {"salt", "dried-fish", "vinalon-cloth", "textbook"}
EATEN_WHERE_MADE = {"tofu", "soya-milk"}


def makers(problem: PlanningProblem) -> dict[str, set[str]]:
    places: dict[str, set[str]] = {}
    for factory in problem.factories:
        for line in factory.lines:
            places.setdefault(line.item, set()).add(factory.place)
    return places


def from_outside(problem: PlanningProblem) -> set[str]:
    shares = problem.supply_shares
    central = {
        item.id for item in problem.items if shares.by_item.get(item.id, shares.by_category.get(item.category, 0)) > 0
    }
    swapped = {item for partner in problem.partners for item in partner.offers}
    return central | swapped | set(shares.materials)


def test_every_item_has_a_supplier(ryanggang: Province) -> None:
    problem = ryanggang.problem
    assert {item.id for item in problem.items} <= set(makers(problem)) | from_outside(problem)


def test_what_is_not_made_here_comes_from_outside(ryanggang: Province) -> None:
    problem = ryanggang.problem
    assert {item.id for item in problem.items if item.kind == "good"} - set(makers(problem)) == NOT_MADE_HERE
    assert from_outside(problem) >= NOT_MADE_HERE


def test_what_cannot_travel_is_made_in_every_county(ryanggang: Province) -> None:
    problem = ryanggang.problem
    assert {item.id for item in problem.items if not item.transportable} == EATEN_WHERE_MADE
    for item in EATEN_WHERE_MADE:
        assert makers(problem)[item] == {county.id for county in problem.counties}
        assert problem.supply_shares.by_item[item] == 0


def test_every_material_is_used_and_can_be_had(ryanggang: Province) -> None:
    problem = ryanggang.problem
    used = {material for factory in problem.factories for line in factory.lines for material in line.materials}
    assert used == {item.id for item in problem.items if item.kind == "material"}
    assert used <= set(makers(problem)) | from_outside(problem)


def test_materials_suffice_for_the_home_part_of_a_normal_year(ryanggang: Province) -> None:
    problem = ryanggang.problem
    recipes = {line.item: line.materials for factory in problem.factories for line in factory.lines}
    home: dict[str, float] = {}
    for item in (item for item in problem.items if item.kind == "good" and item.id in recipes):
        shares = problem.supply_shares
        part = 1 - shares.by_item.get(item.id, shares.by_category.get(item.category, 0))
        need = sum(norm * county.population[group] for group, norm in item.norms.items() for county in problem.counties)
        for material, quantity in recipes[item.id].items():
            home[material] = home.get(material, 0.0) + need * part * quantity
    gathered = {
        material: sum(
            sum(expand_to_periods(line.most, 12))
            for factory in problem.factories
            for line in factory.lines
            if line.item == material and line.most is not None
        )
        for material in home
    }
    for material, need in home.items():
        allotted = sum(expand_to_periods(problem.supply_shares.materials.get(material, 0.0), 12))
        assert allotted + gathered[material] >= need, material


def test_swaps_are_of_things_both_sides_can_move(ryanggang: Province) -> None:
    problem = ryanggang.problem
    items = {item.id: item for item in problem.items}
    for partner in problem.partners:
        assert set(partner.offers).isdisjoint(partner.wants), partner.id
        assert all(items[item].transportable for item in (*partner.offers, *partner.wants))
        assert set(partner.wants) <= set(makers(problem)), f"{partner.id} wants what is not made here"
        assert partner.rate > 0
    assert [partner.id for partner in problem.partners if partner.kind == "centre"] == ["central-trade"]


def test_every_place_is_on_the_network(ryanggang: Province) -> None:
    problem = ryanggang.problem
    ends = {place for link in problem.links for place in (link.from_place, link.to_place)}
    assert ends == {county.id for county in problem.counties} | {station.id for station in problem.stations}
    assert all(link.power_area is not None for link in problem.links if link.kwh_per_tonne_km > 0)
