"""Base types of all models: frozen models, identifiers, bounded numbers and values per period."""

from math import inf
from typing import Annotated, Any, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainSerializer,
    Tag,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

from models.labels import normalise_label, normalise_raw_label, show_invisible

ID_PATTERN = r"^[A-Za-z0-9_-][A-Za-z0-9_.-]*$"

Id = Annotated[str, Field(min_length=1, max_length=100, pattern=ID_PATTERN), BeforeValidator(normalise_raw_label)]
"""An identifier chosen by the user, unique among things of its kind. Letters, digits, `-`, `_` and `.` are allowed;
the first character must not be `.`. Like labels, identifiers are kept in one form."""

Text = Annotated[str, Field(max_length=2000)]
"""Free text for people. Allot does not interpret it."""

Name = Annotated[str, Field(max_length=2000), BeforeValidator(normalise_raw_label)]
"""A name for people, kept in the form of a label. Allot does not interpret it."""

Label = Annotated[str, Field(min_length=1, max_length=100), BeforeValidator(normalise_raw_label)]
"""A short word that groups things, such as a category or a population group. Allot keeps it composed (NFC), with single
spaces between words and none around them, and without characters that have no width."""

OptionalLabel = Annotated[str, Field(max_length=100), BeforeValidator(normalise_raw_label)]
"""A label that may be empty."""

LabelKey = TypeVar("LabelKey")
Value = TypeVar("Value")


def _reject_equal_keys(value: Any) -> Any:
    """Raise PydanticCustomError if two keys of an object are one label, because one of their values would be lost."""
    if not isinstance(value, dict) or all(isinstance(key, str) and normalise_label(key) is key for key in value):
        return value
    first: dict[str, str] = {}
    for key in value:
        label = normalise_label(key) if isinstance(key, str) else key
        if label in first:
            shown = f"“{show_invisible(first[label])}” and “{show_invisible(key)}” are the same label"
            raise PydanticCustomError("repeated_key", "{shown}", {"shown": shown})
        first[label] = key
    return value


ByLabel = Annotated[dict[LabelKey, Value], BeforeValidator(_reject_equal_keys)]
"""An object whose keys are labels or identifiers."""


def _accept_integral_float(value: Any) -> Any:
    """Convert a number without a fraction, such as 1.0, to a whole number, which JSON does not distinguish."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


ACCEPT_INTEGRAL_FLOAT = BeforeValidator(_accept_integral_float)
"""Lets a whole number be written 1.0."""

Flag = Annotated[bool, Field(strict=True)]
"""True or false; no number and no text."""

Latitude = Annotated[float, Field(ge=-90, le=90, strict=True, allow_inf_nan=False)]
"""Degrees north, from -90 to 90."""

Longitude = Annotated[float, Field(ge=-180, le=180, strict=True, allow_inf_nan=False)]
"""Degrees east, from -180 to 180."""

MAX_AMOUNT = 1e15
"""Largest accepted quantity. Solvers treat numbers not far above it as infinite."""

Amount = Annotated[float, Field(ge=0, le=MAX_AMOUNT, strict=True, allow_inf_nan=False)]
"""A number from 0 to `MAX_AMOUNT`."""

Share = Annotated[float, Field(ge=0, le=1, strict=True, allow_inf_nan=False)]
"""A number from 0 to 1."""


def _number_or_list(value: Any) -> str:
    """Select the branch of `PerPeriod` for a raw value, so that pydantic reports one error instead of two."""
    return "list" if isinstance(value, list | tuple) else "number"


PerPeriod = Annotated[
    Annotated[Amount, Tag("number")] | Annotated[tuple[Amount, ...], Tag("list")],
    Discriminator(_number_or_list),
]
"""One number for every period, or a list with one number per period."""


class OpenPeriod:
    """Marks entries of a list that may be absent, for the columns of sheets."""


def _validate_open_period(value: Any, validate_amount: ValidatorFunctionWrapHandler) -> float:
    return inf if value is None else float(validate_amount(value))


def _serialize_open_period(value: float) -> float | None:
    return None if value == inf else value


LimitEntry = Annotated[
    Amount,
    OpenPeriod(),
    WrapValidator(_validate_open_period),
    PlainSerializer(_serialize_open_period),
    WithJsonSchema({"anyOf": [{"type": "number", "minimum": 0, "maximum": MAX_AMOUNT}, {"type": "null"}]}),
]
"""The limit of one period; null in JSON, infinite in Python, where the period has none."""

LimitPerPeriod = Annotated[
    Annotated[Amount, Tag("number")] | Annotated[tuple[LimitEntry, ...], Tag("list")],
    Discriminator(_number_or_list),
]
"""One limit for every period, or a list with one limit per period, null for periods without a limit."""

SharePerPeriod = Annotated[
    Annotated[Share, Tag("number")] | Annotated[tuple[Share, ...], Tag("list")],
    Discriminator(_number_or_list),
]
"""One share (0 to 1) for every period, or a list with one share per period."""


class Frozen(BaseModel):
    """An immutable model that rejects unknown fields.

    The docstring under a field becomes its description in the JSON schema.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        serialize_by_alias=True,
        validate_by_name=True,
        validate_by_alias=True,
        allow_inf_nan=False,
    )


def expand_to_periods(value: float | tuple[float, ...], count: int) -> tuple[float, ...]:
    """Repeat a `PerPeriod` number for `count` periods; return a list unchanged."""
    return value if isinstance(value, tuple) else (value,) * count
