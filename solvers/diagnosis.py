"""Why no plan can keep all hard rules: the least total relaxation, and an irreducible set of rules in conflict."""

from dataclasses import dataclass

from models.plan import Certificate, Diagnosis


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """A proved conflict."""

    diagnosis: Diagnosis
    """It in the planner's words."""
    proof: Certificate
    """Certificate of the relaxed program: its dual objective, above 0, bounds what every plan must break."""
