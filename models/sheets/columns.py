"""Columns and sheet layouts, derived from the fields of the models."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from models.base import Frozen, OpenPeriod
from models.validation.finding import JsonPath

CellKind = Literal["id", "text", "number", "whole", "flag", "listed", "list", "whole_list", "numbers"]
"""Kind of value in a cell: identifier, text, number, whole number, or yes/no (`flag`). Cells with values separated by
`;`: one or several texts (`listed`), any number of texts (`list`) or whole numbers (`whole_list`), one or several
numbers (`numbers`)."""

LIST_KINDS = ("listed", "list", "whole_list", "numbers")
"""Kinds of cells with values separated by `;`."""


ID_FIELDS = {"lines": ("item", "recipe")}
"""Fields that together identify a row, for sheets with rows in other sheets; `id` if not listed."""


def get_id_fields(sheet: str) -> tuple[str, ...]:
    """Return the fields that together identify a row of a sheet with rows in other sheets."""
    return ID_FIELDS.get(sheet, ("id",))


@dataclass(frozen=True)
class Column:
    """One column of a sheet."""

    name: str
    """Header."""
    kind: CellKind
    """Kind of value in its cells."""
    description: str
    """Meaning, with unit."""
    by_period: bool = False
    """Whether columns named `name period` may contain one number for each period instead."""
    allows_open_periods: bool = False
    """Whether some of these cells may be empty: periods without a limit."""
    choices: tuple[str, ...] = ()
    """Allowed values; any value if empty."""
    required: bool = False
    """Whether the cell must be filled."""
    inside: str = ""
    """Field whose object contains the field of this column, such as `of` for `of_item`; empty for a field of the row."""

    @property
    def field_name(self) -> str:
        """Name of the field in its object."""
        return self.name.removeprefix(f"{self.inside}_") if self.inside else self.name


@dataclass(frozen=True)
class SheetLayout:
    """One sheet: its columns, and the part of the problem that a row defines."""

    name: str
    """Name of the sheet, and of the CSV file."""
    description: str
    """Meaning of a row."""
    columns: tuple[Column, ...]
    """All columns; those that identify the owner of the row come first."""
    path: JsonPath = ()
    """Path of the rows below their owner, or below the document."""
    parent_sheets: tuple[str, ...] = ()
    """Sheets of the owners of a row; the first columns contain the owners' names, which may be of several columns each."""
    branch_paths: dict[str, str] = field(default_factory=dict)
    """Last part of the path for each value of the column after the owners' columns; empty if there is no such
    column."""
    key_column: str = ""
    """Column with the key of a row in an object; if empty, rows are entries of a list."""
    value_column: str = ""
    """Column with the whole value of a row; if empty, the columns together form an object."""
    is_empty_significant: bool = False
    """Whether a sheet without rows defines an empty object instead of no object."""

    def find_column(self, name: str) -> Column | None:
        """Return the column with this name; None if it does not exist."""
        return next((column for column in self.columns if column.name == name), None)

    @cached_property
    def owner_columns(self) -> tuple[tuple[Column, ...], ...]:
        """Columns with the name of the owner of a row, for each parent sheet."""
        columns = iter(self.columns)
        return tuple(tuple(next(columns) for _ in get_id_fields(sheet)) for sheet in self.parent_sheets)

    @cached_property
    def branch_position(self) -> int:
        """Position of the column after the owners' columns."""
        return sum(len(columns) for columns in self.owner_columns)

    @cached_property
    def field_columns(self) -> tuple[Column, ...]:
        """Columns with the fields of the row's object, or with its value."""
        leading = self.branch_position + bool(self.branch_paths)
        names = {self.key_column} if self.key_column else set()
        return tuple(column for column in self.columns[leading:] if column.name not in names)


def make_columns(model: type[Frozen], *names: str) -> tuple[Column, ...]:
    """Create columns for some fields of a model."""
    return tuple(make_column(model, name) for name in names)


def make_column(model: type[Frozen], field_name: str, header: str = "", kind: CellKind | None = None) -> Column:
    """Create a column for a field of a model; `header` and `kind` override those of the field."""
    info = model.model_fields[field_name]
    members = [_strip_annotation(member) for member in _split_union_types(info.annotation)]
    choices = tuple(str(word) for member in members if get_origin(member) is Literal for word in get_args(member))
    return Column(
        name=header or info.alias or field_name,
        kind=kind or _infer_cell_kind(members, repr(info.metadata) + repr(info.annotation)),
        description=info.description or "",
        by_period=kind is None and any(get_origin(member) is tuple for member in members),
        allows_open_periods=any(get_origin(member) is tuple and _has_open_periods(member) for member in members),
        choices=choices,
        required=info.is_required(),
    )


def make_inner_columns(model: type[Frozen], inside: str, **kinds: CellKind) -> tuple[Column, ...]:
    """Create columns for fields of the object in the field `inside`, such as `of_item` for `item` in `of`, by cell kind."""
    return tuple(
        replace(make_column(model, name, f"{inside}_{name}", kind), inside=inside) for name, kind in kinds.items()
    )


def _has_open_periods(list_type: Any) -> bool:
    return any(isinstance(mark, OpenPeriod) for mark in getattr(get_args(list_type)[0], "__metadata__", ()))


def _infer_cell_kind(members: list[Any], details: str) -> CellKind:
    if bool in members:
        return "flag"
    if int in members:
        return "whole"
    if float in members:
        return "number"
    return "id" if "pattern=" in details else "text"


def _split_union_types(annotation: Any) -> list[Any]:
    if get_origin(annotation) in (Union, UnionType):
        return [inner for member in get_args(annotation) for inner in _split_union_types(_strip_annotation(member))]
    return [annotation]


def _strip_annotation(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
