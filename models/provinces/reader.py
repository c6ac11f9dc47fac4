"""A province from a folder of tables."""

from pathlib import Path

from models.problem.planning_problem import PlanningProblem
from models.provinces.errors import MalformedProvinceError
from models.provinces.figures import Figure, list_figures
from models.provinces.frame import Frame, read_frame, read_policy
from models.provinces.goods import Catalogue, read_catalogue
from models.provinces.network import read_links, read_power_areas, read_stations
from models.provinces.people import read_counties
from models.provinces.province import Province
from models.provinces.scenarios import read_base, read_scenarios
from models.provinces.tables import Folder
from models.provinces.trade import read_partners, read_supply_shares
from models.provinces.works import read_factories


def read_province(path: Path) -> Province:
    """The province whose tables lie in the folder `path`; MalformedProvinceError names every cell that cannot be read."""
    folder = Folder(path)
    frame = read_frame(folder)
    list_figures(folder)
    folder.finish()
    base = read_base(folder, frame.text("base_scenario"))
    catalogue = read_catalogue(folder, frame)
    problem = _problem(folder, frame, catalogue, base)
    scenarios = read_scenarios(folder, catalogue, base)
    province = frame.settings["name"].build(
        Province,
        id=path.name,
        name=frame.text("name"),
        local_name=frame.text("local_name"),
        notes=frame.text("notes"),
        problem=problem,
        scenarios=scenarios,
    )
    folder.finish()
    if province is None:
        raise MalformedProvinceError(tuple(folder.problems))
    return province


def read_figures(path: Path) -> tuple[Figure, ...]:
    """Every figure of the province in the folder `path`, with its mark and source; MalformedProvinceError if a mark is missing."""
    folder = Folder(path)
    found = list_figures(folder)
    folder.finish()
    return found


def _problem(folder: Folder, frame: Frame, catalogue: Catalogue, base: dict[str, str]) -> PlanningProblem:
    parts = {
        "counties": read_counties(folder, catalogue),
        "stations": read_stations(folder),
        "factories": read_factories(folder, frame, catalogue),
        "power_areas": read_power_areas(folder, frame, base["power"]),
        "links": read_links(folder, frame, base["links"]),
        "partners": read_partners(folder, frame, catalogue),
        "supply_shares": read_supply_shares(folder, frame, catalogue, base["central"]),
        "policy": read_policy(frame),
    }
    folder.finish()
    problem = frame.settings["years"].build(
        PlanningProblem,
        name=frame.text("name"),
        periods=frame.periods,
        period_days=frame.days,
        years=frame.number("years"),
        notes=frame.text("notes"),
        calendars=frame.calendars,
        items=tuple(catalogue.items.values()),
        **parts,
    )
    if problem is None:
        raise MalformedProvinceError(tuple(folder.problems))
    return problem
