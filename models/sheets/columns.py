"""Columns and sheets: what a row stands for, made from the fields of the models so that they cannot differ."""

from dataclasses import dataclass, field
from functools import cached_property
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from models.base import Frozen

CellKind = Literal["id", "text", "number", "whole", "flag", "listed", "list", "numbers"]
"""What a cell holds: an identifier, a text, a number, a whole number, yes or no; or, with `;` between, a text or several
(`listed`), any number of texts (`list`), a number or several (`numbers`)."""

JsonPath = tuple[str | int, ...]


@dataclass(frozen=True)
class Column:
    """One column of a sheet."""

    name: str
    """Header."""
    kind: CellKind
    """What its cells hold."""
    description: str
    """What it says, with its unit."""
    by_period: bool = False
    """Whether `name period` columns may hold a number for each period instead."""
    choices: tuple[str, ...] = ()
    """The words allowed; any if empty."""
    required: bool = False
    """Whether it must be filled."""


@dataclass(frozen=True)
class SheetLayout:
    """One sheet: its columns, and what of the problem a row of it is."""

    name: str
    """Name of the sheet, and of the CSV file."""
    description: str
    """What a row is."""
    columns: tuple[Column, ...]
    """All columns, those that say where a row belongs first."""
    path: JsonPath = ()
    """Where its rows go: below what `parents` name, or below the document."""
    parent_sheets: tuple[str, ...] = ()
    """Sheets of what a row belongs to, with as many first columns as names."""
    branch_paths: dict[str, str] = field(default_factory=dict)
    """For the column after the parents', if any: what the last part of the path is for each of its words."""
    key_column: str = ""
    """Column with the key under which a row goes; rows are entries of a list if empty."""
    value_column: str = ""
    """Column that is the whole of what a row says; the columns together are an object if empty."""
    is_empty_significant: bool = False
    """Whether a sheet without rows says that there are none, rather than nothing."""

    def find_column(self, name: str) -> Column | None:
        """The column of that name."""
        return next((one for one in self.columns if one.name == name), None)

    @cached_property
    def field_columns(self) -> tuple[Column, ...]:
        """Columns that are fields of the object that a row is, or the one that is its value."""
        leading = len(self.parent_sheets) + bool(self.branch_paths)
        names = {self.key_column} if self.key_column else set()
        return tuple(one for one in self.columns[leading:] if one.name not in names)


def make_columns(model: type[Frozen], *names: str) -> tuple[Column, ...]:
    """Columns for some fields of a model."""
    return tuple(make_column(model, name) for name in names)


def make_column(model: type[Frozen], field_name: str, header: str = "", kind: CellKind | None = None) -> Column:
    """A column for a field of a model; `header` and `kind` if they are not to be the field's own."""
    info = model.model_fields[field_name]
    members = [_strip_annotation(one) for one in _split_union_types(info.annotation)]
    choices = tuple(str(word) for one in members if get_origin(one) is Literal for word in get_args(one))
    return Column(
        name=header or info.alias or field_name,
        kind=kind or _infer_cell_kind(members, repr(info.metadata) + repr(info.annotation)),
        description=info.description or "",
        by_period=kind is None and any(get_origin(one) is tuple for one in members),
        choices=choices,
        required=info.is_required(),
    )


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
        return [inner for one in get_args(annotation) for inner in _split_union_types(_strip_annotation(one))]
    return [annotation]


def _strip_annotation(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
