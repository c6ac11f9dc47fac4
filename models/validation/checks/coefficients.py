"""Checks of coefficients: amounts per unit are not so small that solvers take them for 0."""

from collections.abc import Iterator

from models.problem.factories import Line
from models.validation.checks.context import ProblemContext, quote_name
from models.validation.finding import Finding
from models.validation.finding_codes import make_finding

SMALLEST_COEFFICIENT = 1e-7
"""Smaller coefficients lie within the feasibility tolerance of solvers: a limit of 0 would allow a unit and more."""

KG_PER_TONNE = 1000.0


def check_line_coefficients(context: ProblemContext) -> Iterator[Finding]:
    """What a line uses for a unit is 0, or more than the tolerance of solvers."""
    for f, factory in enumerate(context.problem.factories):
        for k, line in enumerate(factory.lines):
            for field, amount, used in _list_uses(line, factory.power_overhead):
                if _is_tiny(amount):
                    path: tuple[str | int, ...] = ("factories", f, "lines", k, *field)
                    where = f"the line for {quote_name(line.item)} of {quote_name(factory.id)}"
                    yield _make_tiny_finding(path, f"{where} uses {amount:g} {used} for a unit")


def check_weights(context: ProblemContext) -> Iterator[Finding]:
    """The weight of a unit is 0, or more tonnes than the tolerance of solvers."""
    for i, item in enumerate(context.problem.items):
        tonnes = item.kg_per_unit / KG_PER_TONNE
        if _is_tiny(tonnes):
            yield _make_tiny_finding(
                ("items", i, "kg_per_unit"), f"a unit of {quote_name(item.id)} weighs {tonnes:g} t"
            )


def check_haulage_power(context: ProblemContext) -> Iterator[Finding]:
    """The electricity of an electric link for a tonne is 0, or more than the tolerance of solvers."""
    for a, link in enumerate(context.problem.links):
        kwh = link.kwh_per_tonne_km * link.km
        if _is_tiny(kwh):
            path = ("links", a, "kwh_per_tonne_km")
            yield _make_tiny_finding(path, f"the link {quote_name(link.id)} uses {kwh:g} kWh for a tonne")


def _list_uses(line: Line, overhead: float) -> Iterator[tuple[tuple[str, ...], float, str]]:
    """Yield the field, the amount for a unit and what is used."""
    yield ("kwh_per_unit",), line.kwh_per_unit * overhead, "kWh"
    yield ("labour_hours_per_unit",), line.labour_hours_per_unit, "hours of labour"
    for group, hours in line.hours_per_unit.items():
        yield ("hours_per_unit", group), hours, f"hours of {quote_name(group)}"
    for material, amount in line.materials.items():
        yield ("materials", material), amount, f"units of {quote_name(material)}"


def _is_tiny(amount: float) -> bool:
    return 0 < amount < SMALLEST_COEFFICIENT


def _make_tiny_finding(path: tuple[str | int, ...], statement: str) -> Finding:
    message = (
        f"{statement[:1].upper()}{statement[1:]}. Solvers take coefficients below {SMALLEST_COEFFICIENT:g} for 0, "
        "so the plan may exceed the limits that they count against."
    )
    return make_finding("tiny_coefficient", path, message, "State 0, or use larger units.")


CHECKS = (check_line_coefficients, check_weights, check_haulage_power)
"""Checks of this module, in the order of their findings."""
