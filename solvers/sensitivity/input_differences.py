"""Inputs that differ between two problems, named by parts and identifiers rather than by positions."""

import json
from collections.abc import Iterator
from typing import Any

from models.comparisons import InputDifference
from models.problem.planning_problem import PlanningProblem


def list_input_differences(before: PlanningProblem, after: PlanningProblem) -> tuple[InputDifference, ...]:
    """Every input that differs, in the order of the problem's parts."""
    old, new = (problem.model_dump(mode="json") for problem in (before, after))
    return tuple(_compare_values("", old, new))


def _compare_values(path: str, old: Any, new: Any) -> Iterator[InputDifference]:
    if old == new:
        return
    a, b = _index_parts(old), _index_parts(new)
    if a is None or b is None:
        yield InputDifference(path=path or "/", before=_format_value(old), after=_format_value(new))
        return
    for key in dict.fromkeys((*a, *b)):
        here = f"{path}/{key}"
        if key not in a:
            yield InputDifference(path=here, before="", after=_format_value(b[key]))
        elif key not in b:
            yield InputDifference(path=here, before=_format_value(a[key]), after="")
        else:
            yield from _compare_values(here, a[key], b[key])


def _index_parts(value: Any) -> dict[str, Any] | None:
    """The parts of an object, or of a list of things with identifiers; None for what is compared as a whole."""
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and value and all(isinstance(v, dict) for v in value):
        keys = [str(v.get("id") or v.get("item") or v.get("county")) for v in value]
        keys = [
            f"{v['county']}/{v['item']}" if {"county", "item"} <= v.keys() else k
            for k, v in zip(keys, value, strict=True)
        ]
        return dict(zip(keys, value, strict=True)) if len(set(keys)) == len(keys) else None
    return None


def _format_value(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 300 else text[:299] + "…"
