"""Bounds of a finished study by lever, as bytes that later queries open."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import orjson

from models.analyses.study import BoundsAnswer, BoundsRequest, ObjectiveBounds
from models.validation.finding import Finding, InvalidProblemError
from models.validation.finding_codes import make_finding
from solvers.analyses.studies.value_bounds import SolvedRuns, ValueBounds
from solvers.lp.linear_program import FloatArray

OUTSIDE_REASON = "The point is outside of the convex hull of the runs that have a plan."
"""Why a point has no upper bound."""

NO_PLAN_REASON = "The runs were solved in longer periods, which gives no plans and so no upper bounds."
"""Why no point has an upper bound."""

NO_RUN_REASON = "No run of the study has a proved optimum."
"""Why no point has bounds although the objective is convex."""

RUN_ARRAYS = ("points", "lower", "slopes", "upper", "margin", "directions")


@dataclass(frozen=True, slots=True)
class LeverBounds:
    """What a study knows about the objective under one lever."""

    values: ValueBounds
    """Bounds from its runs."""
    reason: str = ""
    """Why the objective has no bounds, such as that it is not convex; empty if it has."""

    def limit_objective(self, points: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return lower and upper bounds at points, (q, k), each (q,); infinite where there are none."""
        if self.reason:
            return np.full(len(points), -np.inf), np.full(len(points), np.inf)
        return self.values.compute_lower_bounds(points), self.values.compute_upper_bounds(points)

    def compute_bounds(self, points: FloatArray) -> list[ObjectiveBounds]:
        """Bound the objective at points, (q, k)."""
        reason = self.reason or ("" if np.isfinite(self.values.runs.lower).any() else NO_RUN_REASON)
        if reason:
            return [ObjectiveBounds(lower_bound=None, upper_bound=None, reason=reason)] * len(points)
        outside = OUTSIDE_REASON if np.isfinite(self.values.runs.upper).any() else NO_PLAN_REASON
        lower, upper = self.limit_objective(points)
        return [
            ObjectiveBounds(
                lower_bound=low,
                upper_bound=high if np.isfinite(high) else None,
                reason="" if np.isfinite(high) else outside,
            )
            for low, high in zip(lower.tolist(), upper.tolist(), strict=True)
        ]


@dataclass(frozen=True, slots=True)
class StudyValueBounds:
    """Bounds of the objective of a study, by lever."""

    factors: tuple[str, ...]
    """Names of the factors, in the order of the points."""
    levers: Mapping[str, LeverBounds]
    """By lever; `base` without changes."""

    @classmethod
    def decode(cls, state: bytes) -> Self:
        """Open bounds from `encode` output."""
        with np.load(io.BytesIO(state), allow_pickle=False) as archive:
            head = orjson.loads(archive["head"].tobytes())
            levers = {
                lever["name"]: LeverBounds(
                    ValueBounds(SolvedRuns(**{name: archive[f"{name}_{k}"] for name in RUN_ARRAYS})), lever["reason"]
                )
                for k, lever in enumerate(head["levers"])
            }
        return cls(tuple(head["factors"]), levers)

    def encode(self) -> bytes:
        """Return the bounds as bytes."""
        head = {
            "factors": self.factors,
            "levers": [{"name": name, "reason": lever.reason} for name, lever in self.levers.items()],
        }
        arrays = {
            f"{name}_{k}": getattr(lever.values.runs, name)
            for k, lever in enumerate(self.levers.values())
            for name in RUN_ARRAYS
        }
        sink = io.BytesIO()
        np.savez_compressed(sink, head=np.frombuffer(orjson.dumps(head), dtype=np.uint8), **arrays)
        return sink.getvalue()

    def compute_bounds(self, request: BoundsRequest) -> BoundsAnswer:
        """Bound the objective at points.

        Raises
        ------
        InvalidProblemError
            A point does not state each factor, or states something else, or the study has no such lever.
        """
        findings = list(self._check_request(request))
        if findings:
            raise InvalidProblemError(tuple(findings))
        points = np.array([[point[name] for name in self.factors] for point in request.points], dtype=np.float64)
        return BoundsAnswer(bounds=tuple(self.levers[request.lever].compute_bounds(points)))

    def _check_request(self, request: BoundsRequest) -> "list[Finding]":
        findings = []
        if request.lever not in self.levers:
            known = ", ".join(self.levers)
            findings.append(
                make_finding(
                    "unknown_choice", ("lever",), f"The study has no lever {request.lever}.", f"Name one of: {known}."
                )
            )
        known_factors = ", ".join(self.factors)
        for position, point in enumerate(request.points):
            findings += [
                make_finding(
                    "unknown_field",
                    ("points", position, name),
                    f"The study has no factor {name}.",
                    f"Name these factors only: {known_factors}.",
                )
                for name in point
                if name not in self.factors
            ]
            findings += [
                make_finding(
                    "missing",
                    ("points", position, name),
                    f"The point does not state the factor {name}.",
                    "State the value of each factor.",
                )
                for name in self.factors
                if name not in point
            ]
        return findings
