"""Distributions of the factors of a study."""

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, model_validator

from models.base import MAX_AMOUNT, Amount, Frozen
from models.rule_mistakes import RuleMistake, raise_mistakes

MAX_DISTANCE_FROM_ONE = 1e-6
"""How far probabilities may be from adding up to 1."""


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
        raise_mistakes(_find_disorder(low=self.low, high=self.high))
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
        raise_mistakes(_find_disorder(low=self.low, mode=self.mode, high=self.high))
        return self


class TruncatedNormal(Frozen):
    """The normal distribution, cut off at two ends."""

    kind: Literal["normal"]
    """Kind of the distribution."""
    mean: Amount
    """Mean before truncation."""
    deviation: Annotated[float, Field(gt=0, le=MAX_AMOUNT, strict=True, allow_inf_nan=False)]
    """Standard deviation before truncation."""
    low: Amount
    """Least value."""
    high: Amount
    """Greatest value."""

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        if self.low == self.high:
            message = f"`low` and `high` are both {self.low:g}."
            raise_mistakes([RuleMistake(("high",), "out_of_range", message, "Give a `high` above `low`.")])
        raise_mistakes(_find_disorder(low=self.low, high=self.high))
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
            raise_mistakes(self._find_probability_mistakes(self.probabilities))
        return self

    def _find_probability_mistakes(self, probabilities: tuple[float, ...]) -> Iterator[RuleMistake]:
        count, total = len(probabilities), math.fsum(probabilities)
        if count != len(self.values):
            message = f"There are {count} probabilities for {len(self.values)} values."
            yield RuleMistake(("probabilities",), "wrong_length", message, "State one probability for each value.")
        if abs(total - 1) > MAX_DISTANCE_FROM_ONE:
            message = f"The probabilities add up to {total:g}."
            yield RuleMistake(("probabilities",), "out_of_range", message, "State probabilities that add up to 1.")


def _find_disorder(**ends: float) -> Iterator[RuleMistake]:
    """Yield a mistake for each number that is below the one before it."""
    for (before, least), (name, value) in pairwise(ends.items()):
        if value < least:
            message = f"`{name}` is {value:g}, below `{before}`, {least:g}."
            yield RuleMistake((name,), "out_of_range", message, f"Give a `{name}` of at least {least:g}.")


Distribution = Annotated[Uniform | Triangular | TruncatedNormal | Empirical | ValueList, Discriminator("kind")]
"""Distribution of the value by which a factor multiplies."""
