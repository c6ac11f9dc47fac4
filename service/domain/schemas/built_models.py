"""Schemas that are built from other models."""

from typing import Any, TypeVar

from pydantic import BaseModel, create_model

Model = TypeVar("Model", bound=BaseModel)


def build_model(name: str, base: type[Model], summary: str, fields: dict[str, Any]) -> type[Model]:
    """Build a model with further fields, whose annotations state their descriptions.

    It has no source text, in which Pydantic would search docstrings in vain: that took half of the time of loading the service.
    """
    return create_model(
        name, __base__=base, __doc__=summary, __cls_kwargs__={"use_attribute_docstrings": False}, **fields
    )
