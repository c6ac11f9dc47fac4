"""Reading a folder of CSV tables: rows with typed cells, where everything wrong is collected, not raised one by one."""

import csv
import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from models.provinces.errors import MalformedProvinceError, TableProblem

Model = TypeVar("Model", bound=BaseModel)


@dataclass
class Row:
    """One row of a table. A cell that cannot be read becomes a problem and a harmless stand-in, so that reading goes on."""

    file: str
    """File name."""
    line: int
    """Line in the file, counted from 1."""
    cells: Mapping[str, str]
    """Cells by column, stripped."""
    problems: list[TableProblem]
    """Where problems of the whole folder are collected."""

    def wrong(self, column: str, message: str) -> None:
        """Note that the cell is wrong."""
        self.problems.append(TableProblem(self.file, self.line, column, message))

    def text(self, column: str) -> str:
        """The cell as it stands; empty if blank."""
        return self.cells.get(column, "")

    def name(self, column: str) -> str:
        """The cell, which must not be blank."""
        value = self.text(column)
        if not value:
            self.wrong(column, "must not be blank")
        return value

    def known(self, column: str, choices: Collection[str], what: str) -> str:
        """The cell, which must be one of `choices`; `what` says what those are."""
        value = self.text(column)
        if value not in choices:
            self.wrong(column, f"“{value}” is not a known {what}")
        return value

    def words(self, column: str) -> tuple[str, ...]:
        """The words of the cell, separated by spaces."""
        return tuple(self.text(column).split())

    def number(self, column: str) -> float:
        """The cell as a finite number that is not negative."""
        value = self.optional(column)
        if value is None:
            self.wrong(column, "must be a number, but is blank")
            return 0.0
        return value

    def optional(self, column: str) -> float | None:
        """The cell as a number, or None if it is blank."""
        text = self.text(column)
        return self.parse(column, text) if text else None

    def numbers(self, column: str) -> tuple[float, ...]:
        """The numbers of the cell, separated by spaces."""
        return tuple(self.parse(column, word) for word in self.words(column))

    def positions(self, column: str, count: int) -> tuple[int, ...]:
        """Positions of periods, counted from 1 in the file and from 0 here; `count` is how many periods there are."""
        found = []
        for word in self.words(column):
            if word.isascii() and word.isdigit() and 1 <= int(word) <= count:
                found.append(int(word) - 1)
            else:
                self.wrong(column, f"“{word}” is not the position of a period, 1 to {count}")
        if not found:
            self.wrong(column, "names no period")
            return tuple(range(count))
        return tuple(found)

    def parse(self, column: str, text: str) -> float:
        """`text`, found in `column`, as a finite number that is not negative."""
        try:
            value = float(text)
        except ValueError:
            self.wrong(column, f"“{text}” is not a number")
            return 0.0
        if not math.isfinite(value) or value < 0:
            self.wrong(column, f"“{text}” must be finite and not negative")
            return 0.0
        return value

    def flag(self, column: str) -> bool:
        """The cell as yes or no."""
        value = self.text(column)
        if value not in ("yes", "no"):
            self.wrong(column, f"“{value}” must be yes or no")
        return value == "yes"

    def build(self, model: type[Model], **fields: Any) -> Model | None:
        """A model made from this row; None, and a problem for each field refused, if it cannot be made."""
        try:
            return model(**fields)
        except ValidationError as error:
            for detail in error.errors():
                column = str(detail["loc"][0]) if detail["loc"] else ""
                self.wrong(column, detail["msg"])
            return None


@dataclass
class Folder:
    """The tables of a province, read once each."""

    path: Path
    """The folder."""
    problems: list[TableProblem] = field(default_factory=list)
    """Everything found wrong so far."""
    read: dict[str, tuple[Row, ...]] = field(default_factory=dict)
    """Rows by file name."""

    def table(self, file: str, *columns: str) -> tuple[Row, ...]:
        """The rows of `file`, which must have `columns` (and may have more); no rows, and a problem, if it is missing."""
        if file not in self.read:
            self.read[file] = tuple(self._rows(file))
        rows = self.read[file]
        if rows:
            for column in (c for c in columns if c not in rows[0].cells):
                self._wrong(TableProblem(file, 1, column, "the column is missing"))
        return rows

    def keyed(self, file: str, key: str, *columns: str) -> dict[str, Row]:
        """The rows of `file` by their `key` column, which must be filled and unique."""
        rows: dict[str, Row] = {}
        for row in self.table(file, key, *columns):
            name = row.name(key)
            if name in rows:
                row.wrong(key, f"“{name}” stands already in line {rows[name].line}")
            rows[name] = row
        return rows

    def finish(self) -> None:
        """Raise MalformedProvinceError if anything was found wrong."""
        if self.problems:
            raise MalformedProvinceError(tuple(sorted(set(self.problems))))

    def _wrong(self, problem: TableProblem) -> None:
        if problem not in self.problems:
            self.problems.append(problem)

    def _rows(self, file: str) -> Iterator[Row]:
        try:
            text = (self.path / file).read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            self._wrong(TableProblem(file, 0, "", "the file is missing"))
            return
        except UnicodeDecodeError as error:
            self._wrong(TableProblem(file, 0, "", f"must be UTF-8: byte {error.start} is not"))
            return
        reader = csv.reader(text.splitlines())
        header = [cell.strip() for cell in next(reader, [])]
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            row = Row(file, reader.line_num, dict(zip(header, (c.strip() for c in cells), strict=False)), self.problems)
            if len(cells) != len(header):
                row.wrong("", f"has {len(cells)} cells, but the header names {len(header)} columns")
            yield row
