"""Numbers as cells written one by one hold them: 16 significant digits."""

from typing import Any, TypeVar

from pydantic import BaseModel

Model = TypeVar("Model", bound=BaseModel)


def round_numbers(value: Any) -> Any:
    """Round every number within a JSON value to 16 significant digits."""
    if isinstance(value, float):
        return float(f"{value:.16g}")
    if isinstance(value, dict):
        return {key: round_numbers(one) for key, one in value.items()}
    return [round_numbers(one) for one in value] if isinstance(value, list) else value


def round_model(model: Model) -> Model:
    """Round every number of a model to 16 significant digits."""
    return type(model).model_validate(round_numbers(model.model_dump(mode="json", by_alias=True)))
