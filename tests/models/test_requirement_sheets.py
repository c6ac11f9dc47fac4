"""Requirements survive the sheets: what is written as CSV files and read again is the same problem."""

from models.problem.planning_problem import PlanningProblem
from tests.models.test_csv_files import read, read_tables, write_rows
from tests.solvers.formulation.two_towns import two_towns_with_substitutes


def test_requirements_and_what_items_provide_are_read_as_they_were_written() -> None:
    problem = two_towns_with_substitutes()
    shares = problem.supply_shares.model_copy(update={"promised": {"ash": (3.0, 4.0)}})
    problem = problem.model_copy(update={"supply_shares": shares})
    tables = read_tables(problem)
    again = PlanningProblem.model_validate(
        read({name: write_rows(rows) for name, rows in tables.items()}).content["problem"]
    )
    assert again.requirements == problem.requirements
    assert again.items == problem.items
    assert again.supply_shares == problem.supply_shares
    assert tables["provides"] == [
        ["item", "requirement", "quantity"],
        ["soap", "washing", "4.0"],
        ["ash", "washing", "0.5"],
    ]
