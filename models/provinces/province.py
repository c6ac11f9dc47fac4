"""A province: a problem that people can edit as a folder of tables, with its years as named scenarios."""

from models.base import Frozen, Id, Text
from models.changes.change import Scenario
from models.problem.planning_problem import PlanningProblem


class Province(Frozen):
    """A planning problem with a name and the scenarios that belong to it."""

    id: Id
    """Identifier: the name of its folder."""
    name: Text
    """Name in English."""
    local_name: Text = ""
    """Name in the region's own language."""
    notes: Text = ""
    """What it holds and where its figures come from, in a few sentences."""
    problem: PlanningProblem
    """The base problem."""
    scenarios: tuple[Scenario, ...] = ()
    """Its years and cases, each a list of changes to the base problem."""

    def find_scenario(self, scenario_id: str) -> Scenario:
        """The scenario of that identifier; KeyError if there is none."""
        for scenario in self.scenarios:
            if scenario.id == scenario_id:
                return scenario
        raise KeyError(scenario_id)
