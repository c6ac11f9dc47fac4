"""What can go wrong when a province is read from its folder of tables.

ProvinceError
  ├─ UnknownProvinceError      no built-in province has that name
  └─ MalformedProvinceError    its tables hold something that cannot be read; carries every problem found
"""

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class TableProblem:
    """One thing wrong in a table."""

    file: str
    """File name, such as items.csv."""
    row: int
    """Line of the file, counted from 1 (the header); 0 means the file as a whole."""
    column: str
    """Column name; empty means the row as a whole."""
    message: str
    """What is wrong."""

    def __str__(self) -> str:
        """`file`, line and column, then what is wrong."""
        place = (
            self.file + (f", line {self.row}" if self.row else "") + (f", column {self.column}" if self.column else "")
        )
        return f"{place}: {self.message}"


class ProvinceError(Exception):
    """A province could not be given."""


class UnknownProvinceError(ProvinceError):
    """No built-in province has that name."""


class MalformedProvinceError(ProvinceError):
    """The tables of a province hold something that cannot be read."""

    def __init__(self, problems: tuple[TableProblem, ...]) -> None:
        """`problems`: everything found, in the order of files and rows."""
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems
