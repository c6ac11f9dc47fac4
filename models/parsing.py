"""From a request body to a problem, with all that is wrong in it at once."""

import json
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from models.checks import Finding, InvalidProblem
from models.problem import PlanningProblem

Model = TypeVar("Model", bound=BaseModel)


def parse_problem(raw: bytes | str | dict[str, Any]) -> PlanningProblem:
    """The problem written in `raw` (JSON text, or what it decodes to).

    Raises InvalidProblem with all findings, of structure and of meaning together, if any is an error.
    """
    return validate_model(PlanningProblem, raw)


def validate_model(model_type: type[Model], raw: bytes | str | dict[str, Any]) -> Model:
    """`raw` as a model of any kind, such as a list of changes or options.

    Raises InvalidProblem with all structural findings.
    """
    try:
        return model_type.model_validate(json.loads(raw) if isinstance(raw, bytes | str) else raw)
    except ValidationError as error:
        raise InvalidProblem(
            tuple(
                Finding(path="".join(f"/{p}" for p in e["loc"]), code=e["type"], message=e["msg"], remedy="")
                for e in error.errors()
            )
        ) from None
