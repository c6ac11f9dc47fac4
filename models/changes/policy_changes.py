"""Changes to the policy: fairness."""

from typing import Any

from models.changes.change_context import ChangeContext

MAX_ALPHA = 3.0
"""Largest `fairness.alpha`."""


def apply_fairness_alpha(context: ChangeContext) -> dict[str, Any]:
    """Change the aversion to inequality; it has no parts to select. A `value` also replaces stated shortage bands."""
    policy = context.problem.policy
    for position in range(len(context.selector_names)):
        context.report_unknown_name(position, ())
    if policy.shortage_bands is not None and context.change.factor is not None:
        message = "The policy states `shortage_bands` instead of `fairness`, so there is no value to multiply."
        context.report_error("nothing_to_multiply", ("factor",), message, "Set `fairness_alpha` with `value`.")
    alpha = context.change_number(policy.fairness.alpha, MAX_ALPHA)
    fairness = policy.fairness.model_copy(update={"alpha": alpha})
    return {"policy": policy.model_copy(update={"fairness": fairness, "shortage_bands": None})}
