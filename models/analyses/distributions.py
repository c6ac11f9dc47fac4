"""Distributions of the factors of a study."""

from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, model_validator

from models.base import Amount, Frozen


class Uniform(Frozen):
    """Every value between two ends is equally likely."""

    kind: Literal["uniform"]
    """Kind of the distribution."""
    low: Amount
    """Least value."""
    high: Amount
    """Greatest value."""

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if self.low > self.high:
            raise ValueError("`low` must not exceed `high`")
        return self


class Triangular(Frozen):
    """The density rises from the least value to the mode and falls to the greatest value."""

    kind: Literal["triangular"]
    """Kind of the distribution."""
    low: Amount
    """Least value."""
    mode: Amount
    """Most likely value."""
    high: Amount
    """Greatest value."""

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if not self.low <= self.mode <= self.high:
            raise ValueError("`low`, `mode` and `high` must be in ascending order")
        return self


class TruncatedNormal(Frozen):
    """The normal distribution, cut off at two ends."""

    kind: Literal["normal"]
    """Kind of the distribution."""
    mean: Amount
    """Mean before truncation."""
    deviation: Annotated[Amount, Field(gt=0)]
    """Standard deviation before truncation."""
    low: Amount
    """Least value."""
    high: Amount
    """Greatest value."""

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if self.low >= self.high:
            raise ValueError("`low` must be below `high`")
        return self


class Empirical(Frozen):
    """Observed values; values between them are interpolated."""

    kind: Literal["empirical"]
    """Kind of the distribution."""
    values: Annotated[tuple[Amount, ...], Field(min_length=1, max_length=10_000)]
    """Observations, in any order."""


class ValueList(Frozen):
    """A list of values, each with its probability."""

    kind: Literal["list"]
    """Kind of the distribution."""
    values: Annotated[tuple[Amount, ...], Field(min_length=1, max_length=1_000)]
    """Values."""
    probabilities: tuple[Amount, ...] | None = None
    """Probabilities of the values, which add up to 1; equal if absent."""

    @model_validator(mode="after")
    def _probabilities_fit(self) -> Self:
        if self.probabilities is not None:
            if len(self.probabilities) != len(self.values):
                raise ValueError("state one probability for each value")
            if abs(sum(self.probabilities) - 1) > 1e-6:
                raise ValueError("the probabilities must add up to 1")
        return self


Distribution = Annotated[Uniform | Triangular | TruncatedNormal | Empirical | ValueList, Discriminator("kind")]
"""Distribution of the value by which a factor multiplies."""
