"""The worked example of docs/research/sensitivity.md: figures that all optimal plans have in common."""

import re
from pathlib import Path

import numpy as np
import pytest

from models.changes.change import Change
from solvers.sensitivity import SensitivitySession, attribute_shortages, compute_curve, find_remedies
from solvers.sensitivity.bounds import BoundPath, Bounds
from solvers.sensitivity.remedies.remedy_building import verify_remedy
from tests.ryanggang import crisis_year

PAGE = Path(__file__).parents[3] / "docs" / "research" / "sensitivity.md"

pytestmark = pytest.mark.slow_lane


@pytest.fixture(scope="module")
def session() -> SensitivitySession:
    """Return a session of the crisis year from the basis of its plan."""
    year = crisis_year()
    return SensitivitySession.from_problem(year.problem, year.result.basis)


def saved_by(session: SensitivitySession, rule: str, step: float, **where: str) -> float:
    """Return the won that a step of one limit saves."""
    block, labels = session.program.constraints[rule], session.program.labels
    here = np.logical_and.reduce([block.axes[a] == labels[a].index(label) for a, label in where.items()])
    way = BoundPath.from_limit(Bounds.from_program(session.lp), block.start + int(np.flatnonzero(here)[0]), 1.0)
    point = session.solve_change(way.compute_bounds_at(step))
    assert point is not None
    return session.point.objective - point.objective


def figures(session: SensitivitySession) -> dict[str, str]:
    """Return the figures of the page by name, as text."""
    hyesan = saved_by(session, "power", 1000.0, area="hyesan", period="2002-08")
    soya = saved_by(session, "central_share", 1.0, item="soya", period="2002-05")
    found = find_remedies(session, "phungso", "edible-oil", "2002-05", max_candidates=1)
    shared = next(r for r in found.remedies if r.kind == "reallocated")
    return {
        "objective": f"{session.point.objective:,.0f}",
        "mwh": f"{hyesan:,.0f}",
        "soya": f"{soya:,.2f}",
        "shared": f"{shared.objective_change:,.0f}",
    }


def test_the_figures_of_the_page_are_those_of_the_crisis_year(session: SensitivitySession) -> None:
    stated = dict(re.findall(r"<!--(\w+)-->([\d.,]*\d)", PAGE.read_text(encoding="utf-8")))
    found = figures(session)
    assert found.keys() == stated.keys()
    for name, text in found.items():
        value, page = (float(number.replace(",", "")) for number in (text, stated[name]))
        assert page == pytest.approx(value, rel=1e-3), f"{name} is {text}"


def test_shortages_of_the_whole_year_are_attributed(session: SensitivitySession) -> None:
    assert attribute_shortages(session, "category").groups


def test_a_first_remedy_of_the_whole_year_is_verified(session: SensitivitySession) -> None:
    shortage = ("phungso", "edible-oil", "2002-05")
    session.reset_to_base()
    found = find_remedies(session, *shortage, max_results=1)
    (first,) = (remedy for remedy in found.remedies if remedy.limits)
    assert verify_remedy(session, shortage, first)


def test_a_curve_of_the_province_reports_its_last_parameter(session: SensitivitySession) -> None:
    found = compute_curve(session, Change(what="power_limit", factor=1.0), 1.0, 0.2, time_limit_seconds=10.0)
    assert found.points[0].objective == pytest.approx(session.point.objective)
    assert not found.exact
    if len(found.points) == 1:
        assert "the objective at 0.2 is at least" in found.note
    else:
        assert found.max_error is not None
