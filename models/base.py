"""What every part of a planning problem is made of: frozen models, identifiers, numbers and values by period."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

ID_PATTERN = r"^[A-Za-z0-9_-][A-Za-z0-9_.-]*$"

Id = Annotated[str, Field(min_length=1, max_length=100, pattern=ID_PATTERN)]
"""An identifier chosen by the user: letters, digits, `-`, `_` and `.`, not starting with `.`; unique in its kind."""

Text = Annotated[str, Field(max_length=2000)]
"""Words for people; Allot never reads meaning from them."""

Label = Annotated[str, Field(min_length=1, max_length=100)]
"""A short word that groups things, such as a category or a population group."""

MAX_AMOUNT = 1e15
"""Beyond this no quantity of a province lies; solvers take numbers not far above it for infinite."""

Amount = Annotated[float, Field(ge=0, le=MAX_AMOUNT, strict=True, allow_inf_nan=False)]
"""A number from 0 to LARGEST."""

Share = Annotated[float, Field(ge=0, le=1, strict=True, allow_inf_nan=False)]
"""A number from 0 to 1."""


def _number_or_list(value: Any) -> str:
    """Tell pydantic which branch of a PerPeriod a raw value belongs to, so that it reports one error, not two."""
    return "list" if isinstance(value, list | tuple) else "number"


PerPeriod = Annotated[
    Annotated[Amount, Tag("number")] | Annotated[tuple[Amount, ...], Tag("list")],
    Discriminator(_number_or_list),
]
"""One number that holds in every period, or a list with one number per period."""

SharePerPeriod = Annotated[
    Annotated[Share, Tag("number")] | Annotated[tuple[Share, ...], Tag("list")],
    Discriminator(_number_or_list),
]
"""One share (0 to 1) for every period, or a list with one share per period."""


class Frozen(BaseModel):
    """An immutable model that refuses unknown fields and describes each field by the sentence under it."""

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
    """Spread a PerPeriod value over `count` periods; a list is returned as it is."""
    return value if isinstance(value, tuple) else (value,) * count
