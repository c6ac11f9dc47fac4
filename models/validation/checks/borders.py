"""Checks of the borders of counties: known counties, closed rings, and seats that lie within them."""

from collections.abc import Iterator

from models.problem.borders import contains_position, list_areas
from models.validation.checks.context import ProblemContext, quote_name
from models.validation.finding import Finding, JsonPath
from models.validation.finding_codes import make_finding


def check_border_counties(context: ProblemContext) -> Iterator[Finding]:
    """Borders are of existing counties."""
    borders = context.problem.borders
    for county in borders.counties if borders is not None else ():
        yield from context.check_reference("county", county, ("borders", "counties", county))


def check_closed_rings(context: ProblemContext) -> Iterator[Finding]:
    """The last position of every ring is its first one."""
    borders = context.problem.borders
    if borders is None or "border" in context.omissions.kinds:
        return  # a position that was left out may have been the last one
    for county, geometry in borders.counties.items():
        path: JsonPath = ("borders", "counties", county, "coordinates")
        for a, area in enumerate(list_areas(geometry)):
            for r, ring in enumerate(area):
                if ring[0] != ring[-1]:
                    message = f"A ring of the border of {quote_name(county)} does not end where it begins."
                    where = (*path, r) if geometry.type == "Polygon" else (*path, a, r)
                    yield make_finding("open_ring", where, message, "Repeat the first position at the end of the ring.")


def check_coordinates_within_borders(context: ProblemContext) -> Iterator[Finding]:
    """The seat of a county lies within its border."""
    borders = context.problem.borders
    if borders is None:
        return
    for c, county in enumerate(context.problem.counties):
        geometry = borders.counties.get(county.id)
        if geometry is None or county.latitude is None or county.longitude is None:
            continue
        if not contains_position(geometry, (county.longitude, county.latitude)):
            message = (
                f"The seat of {quote_name(county.id)} ({county.latitude:g}° north, {county.longitude:g}° east) "
                "lies outside its border."
            )
            remedy = (
                "Check `latitude` and `longitude`, which are easily exchanged, and that the border is of this county."
            )
            yield make_finding("seat_outside_border", ("counties", c, "latitude"), message, remedy)


CHECKS = (check_border_counties, check_closed_rings)
"""Checks of parts of a problem."""

WHOLE_PROBLEM_CHECKS = (check_coordinates_within_borders,)
"""Checks of the problem as a whole."""
