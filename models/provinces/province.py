"""A province: a planning problem stored as tables, with its years and cases as scenarios; and the errors about provinces."""

from models.base import Frozen, Id, Text
from models.changes.change import Scenario
from models.problem.planning_problem import PlanningProblem


class ProvinceError(Exception):
    """Base class of errors about provinces, except findings about their sheets (`InvalidProblemError`)."""


class UnknownProvinceError(ProvinceError):
    """There is no built-in province with this name."""


class InvalidMarksError(ProvinceError):
    """Marks or sources of figures are invalid; the message lists each with file, line and column."""


class Province(Frozen):
    """A planning problem with a name and scenarios."""

    id: Id
    """Identifier: the name of the province's folder."""
    name: Text
    """Name in English."""
    local_name: Text = ""
    """Name in the region's own language."""
    notes: Text = ""
    """Description of the province and of the sources of its figures."""
    problem: PlanningProblem
    """Base problem."""
    scenarios: tuple[Scenario, ...] = ()
    """Scenarios for years and cases; each is a list of changes to the base problem."""

    def find_scenario(self, scenario_id: str) -> Scenario:
        """Return the scenario with this identifier; raise KeyError if it does not exist."""
        for scenario in self.scenarios:
            if scenario.id == scenario_id:
                return scenario
        raise KeyError(scenario_id)
