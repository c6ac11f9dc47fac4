"""Checks of needs: norms meet people, and a shortage of what is needed weighs something."""

from collections.abc import Iterator

from models.validation.checks.context import ProblemContext, format_name_list, quote_name, suggest_similar_names
from models.validation.finding import Finding
from models.validation.finding_codes import make_finding


def check_groups_without_people(context: ProblemContext) -> Iterator[Finding]:
    """Every norm is for a group that some county has."""
    people = {group for county in context.problem.counties for group in county.population}
    for i, item in enumerate(context.problem.items):
        for group, norm in item.norms.items():
            if norm > 0 and group not in people:
                message = f"No county has people of the group {quote_name(group)}, so this norm gives no need."
                remedy = (
                    suggest_similar_names(group, people) or f"State {quote_name(group)} in the counties' `population`."
                )
                yield make_finding("group_without_people", ("items", i, "norms", group), message, remedy)


def check_misspelt_groups(context: ProblemContext) -> Iterator[Finding]:
    """A group without a norm is not one with a norm that the county lacks, spelt otherwise."""
    for n, county in enumerate(context.problem.counties):
        lacking = [group for group in context.items_by_norm_group if group not in county.population]
        for group in county.population:
            if (
                lacking
                and group not in context.items_by_norm_group
                and (remedy := suggest_similar_names(group, lacking, cutoff=0.8))
            ):
                message = f"{quote_name(county.id)} has the group {quote_name(group)}, for which no item has a norm."
                yield make_finding("misspelt_group", ("counties", n, "population", group), message, remedy)


def check_worthless_needs(context: ProblemContext) -> Iterator[Finding]:
    """What is needed has a value."""
    for i, item in enumerate(context.problem.items):
        if item.value == 0 and (item.id in context.needing_counties):
            message = f"{quote_name(item.id)} is needed, but its value is 0: its shortage costs nothing, so it may go wholly unmet."
            yield make_finding("worthless_need", ("items", i, "value"), message, "State its value, in won per unit.")


def check_repeated_names(context: ProblemContext) -> Iterator[Finding]:
    """No two items read alike."""
    alike: dict[tuple[str, str], list[int]] = {}
    for i, item in enumerate(context.problem.items):
        if item.name or item.local_name:
            alike.setdefault((item.name, item.local_name), []).append(i)
    for (name, local_name), positions in alike.items():
        if len(positions) > 1:
            ids = format_name_list((context.problem.items[i].id for i in positions), conjunction="and")
            message = f"The items {ids} are all called {quote_name(name or local_name)}; on a quota sheet nobody can tell them apart."
            yield make_finding("same_name", ("items", positions[1], "name"), message, "Give each a name of its own.")


CHECKS = (check_groups_without_people, check_misspelt_groups, check_worthless_needs, check_repeated_names)
