"""Base types of all models: frozen models, identifiers, bounded numbers and values per period."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

ID_PATTERN = r"^[A-Za-z0-9_-][A-Za-z0-9_.-]*$"

Id = Annotated[str, Field(min_length=1, max_length=100, pattern=ID_PATTERN)]
"""An identifier chosen by the user, unique among things of its kind. Letters, digits, `-`, `_` and `.` are allowed;
the first character must not be `.`."""

Text = Annotated[str, Field(max_length=2000)]
"""Free text for people. Allot does not interpret it."""

Label = Annotated[str, Field(min_length=1, max_length=100)]
"""A short word that groups things, such as a category or a population group."""

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
