"""Mistakes against a model's own rules over several fields: each has a place, a code and a remedy, and all are told at once."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Self

from pydantic import ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from models.base import Frozen


class RuleMistake(NamedTuple):
    """A mistake against a rule of a model."""

    path: tuple[str | int, ...]
    """Place within the model; empty for the whole."""
    code: str
    """Code of the finding that it becomes."""
    message: str
    """What is wrong, as a sentence."""
    remedy: str
    """How to correct it, as a sentence."""


def raise_mistakes(mistakes: Iterable[RuleMistake]) -> None:
    """Raise all mistakes as one ValidationError, if there are any; call it in a validator of the model."""
    errors = [
        InitErrorDetails(
            type=PydanticCustomError(code, "{message}", {"message": message, "remedy": remedy}), loc=path, input=None
        )
        for path, code, message, remedy in mistakes
    ]
    if errors:
        raise ValidationError.from_exception_data("rules", errors)


class RuledModel(Frozen):
    """A model whose rules over several fields are also checked in a document whose other parts are invalid."""

    @classmethod
    def find_mistakes(cls, raw: Mapping[str, Any]) -> Iterator[RuleMistake]:
        """Yield the mistakes in a document, any part of which may have a wrong type or be absent."""
        raise NotImplementedError

    @model_validator(mode="after")
    def _follows_rules(self) -> Self:
        raise_mistakes(self.find_mistakes(self.model_dump()))
        return self
