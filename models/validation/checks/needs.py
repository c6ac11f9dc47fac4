"""Checks of needs: norms meet people, and a shortage of what is needed weighs something."""

from collections.abc import Iterator

from models.validation.checks.context import View, close_to, listed, shown
from models.validation.finding import Finding
from models.validation.finding_codes import found


def groups_without_people(view: View) -> Iterator[Finding]:
    """Every norm is for a group that some county has."""
    people = {group for county in view.problem.counties for group in county.population}
    for i, item in enumerate(view.problem.items):
        for group, norm in item.norms.items():
            if norm > 0 and group not in people:
                message = f"No county has people of the group {shown(group)}, so this norm gives no need."
                remedy = close_to(group, people) or f"State {shown(group)} in the counties' `population`."
                yield found("group_without_people", ("items", i, "norms", group), message, remedy)


def misspelt_groups(view: View) -> Iterator[Finding]:
    """A group without a norm is not one with a norm that the county lacks, spelt otherwise."""
    for n, county in enumerate(view.problem.counties):
        lacking = [group for group in view.norm_groups if group not in county.population]
        for group in county.population:
            if lacking and group not in view.norm_groups and (remedy := close_to(group, lacking, cutoff=0.8)):
                message = f"{shown(county.id)} has the group {shown(group)}, for which no item has a norm."
                yield found("misspelt_group", ("counties", n, "population", group), message, remedy)


def worthless_needs(view: View) -> Iterator[Finding]:
    """What is needed has a value."""
    for i, item in enumerate(view.problem.items):
        if item.value == 0 and (item.id in view.needs):
            message = f"{shown(item.id)} is needed, but its value is 0: its shortage costs nothing, so it may go wholly unmet."
            yield found("worthless_need", ("items", i, "value"), message, "State its value, in won per unit.")


def same_names(view: View) -> Iterator[Finding]:
    """No two items read alike."""
    alike: dict[tuple[str, str], list[int]] = {}
    for i, item in enumerate(view.problem.items):
        if item.name or item.local_name:
            alike.setdefault((item.name, item.local_name), []).append(i)
    for (name, local_name), positions in alike.items():
        if len(positions) > 1:
            ids = listed((view.problem.items[i].id for i in positions), word="and")
            message = f"The items {ids} are all called {shown(name or local_name)}; on a quota sheet nobody can tell them apart."
            yield found("same_name", ("items", positions[1], "name"), message, "Give each a name of its own.")


CHECKS = (groups_without_people, misspelt_groups, worthless_needs, same_names)
