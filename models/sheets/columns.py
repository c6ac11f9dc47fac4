"""Columns and sheets: what a row stands for, made from the fields of the models so that they cannot differ."""

from dataclasses import dataclass, field
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from models.base import Frozen

Kind = Literal["id", "text", "number", "whole", "flag", "listed", "list", "numbers"]
"""What a cell holds: an identifier, a text, a number, a whole number, yes or no; or, with `;` between, a text or several
(`listed`), any number of texts (`list`), a number or several (`numbers`)."""

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Column:
    """One column of a sheet."""

    name: str
    """Header."""
    kind: Kind
    """What its cells hold."""
    sentence: str
    """What it says, with its unit."""
    by_period: bool = False
    """Whether `name period` columns may hold a number for each period instead."""
    choices: tuple[str, ...] = ()
    """The words allowed; any if empty."""
    required: bool = False
    """Whether it must be filled."""


@dataclass(frozen=True)
class Layout:
    """One sheet: its columns, and what of the problem a row of it is."""

    name: str
    """Name of the sheet, and of the CSV file."""
    sentence: str
    """What a row is."""
    columns: tuple[Column, ...]
    """All columns, those that say where a row belongs first."""
    path: Path = ()
    """Where its rows go: below what `parents` name, or below the document."""
    parents: tuple[str, ...] = ()
    """Sheets of what a row belongs to, with as many first columns as names."""
    branch: dict[str, str] = field(default_factory=dict)
    """For the column after the parents', if any: what the last part of the path is for each of its words."""
    key: str = ""
    """Column with the key under which a row goes; rows are entries of a list if empty."""
    value: str = ""
    """Column that is the whole of what a row says; the columns together are an object if empty."""
    empty_counts: bool = False
    """Whether a sheet without rows says that there are none, rather than nothing."""

    def column(self, name: str) -> Column | None:
        """The column of that name."""
        return next((one for one in self.columns if one.name == name), None)

    @property
    def fields(self) -> tuple[Column, ...]:
        """Columns that are fields of the object that a row is, or the one that is its value."""
        leading = len(self.parents) + bool(self.branch)
        names = {self.key} if self.key else set()
        return tuple(one for one in self.columns[leading:] if one.name not in names)


def columns_of(model: type[Frozen], *names: str) -> tuple[Column, ...]:
    """Columns for some fields of a model."""
    return tuple(column_of(model, name) for name in names)


def column_of(model: type[Frozen], field_name: str, header: str = "", kind: Kind | None = None) -> Column:
    """A column for a field of a model; `header` and `kind` if they are not to be the field's own."""
    info = model.model_fields[field_name]
    members = [_plain(one) for one in _members(info.annotation)]
    choices = tuple(str(word) for one in members if get_origin(one) is Literal for word in get_args(one))
    return Column(
        name=header or info.alias or field_name,
        kind=kind or _kind(members, repr(info.metadata) + repr(info.annotation)),
        sentence=info.description or "",
        by_period=kind is None and any(get_origin(one) is tuple for one in members),
        choices=choices,
        required=info.is_required(),
    )


def _kind(members: list[Any], details: str) -> Kind:
    if bool in members:
        return "flag"
    if int in members:
        return "whole"
    if float in members:
        return "number"
    return "id" if "pattern=" in details else "text"


def _members(annotation: Any) -> list[Any]:
    if get_origin(annotation) in (Union, UnionType):
        return [inner for one in get_args(annotation) for inner in _members(_plain(one))]
    return [annotation]


def _plain(annotation: Any) -> Any:
    return get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
