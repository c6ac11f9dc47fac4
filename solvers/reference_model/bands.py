"""Bands of a need in the reference model, with weights of fairness by numerical integration."""

from typing import NamedTuple

import scipy

from models.problem.policy import Policy


class Band(NamedTuple):
    """A part of a need that may be short."""

    width: float
    """Share of the need."""
    weight: float
    """Weight of a unit short."""


def list_bands(policy: Policy) -> list[Band]:
    """Return the stated bands, else equal pieces that weigh the mean marginal utility, relative to the first piece."""
    if policy.shortage_bands is not None:
        return [Band(stated.width, stated.weight) for stated in policy.shortage_bands]
    alpha, count = policy.fairness.alpha, policy.fairness.pieces
    floor = 1 / (2 * count)
    means = []
    for k in range(count):
        from_share, to_share = 1 - (k + 1) / count, 1 - k / count
        # the marginal utility has a kink at the floor, in the middle of the last piece
        middle = (from_share + to_share) / 2
        halves = ((from_share, middle), (middle, to_share))
        means.append(
            sum(
                scipy.integrate.quad(lambda share: max(share, floor) ** -alpha, *half, epsrel=1e-12)[0]
                for half in halves
            )
        )
    return [Band(1 / count, mean / means[0]) for mean in means]
