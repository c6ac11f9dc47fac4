"""Weights of the pieces of a need under alpha-fairness."""

import math


def compute_fairness_weights(alpha: float, pieces: int) -> tuple[float, ...]:
    """Compute the weight of a unit short in each of K equal pieces of a need, (K,); the first piece weighs 1.

    Piece k covers the shares of the need between (k − 1)/K and k/K short. With the marginal utility of alpha-fairness,
    u'(s) = max(s, 1/(2K))^(−alpha) at the served share s, the weight is

        weight_k = ∫ u'(s) ds over [1 − k/K, 1 − (k − 1)/K]  ÷  ∫ u'(s) ds over [1 − 1/K, 1]

    The bound 1/(2K) keeps the last piece finite. An alpha of 0 gives every piece the weight 1.
    """
    if alpha == 0:
        return (1.0,) * pieces
    least = 1 / (2 * pieces)
    gains = [
        _integrate_power(max((pieces - k) / pieces, least), (pieces - k + 1) / pieces, alpha)
        for k in range(1, pieces + 1)
    ]
    gains[-1] += least ** (1 - alpha)  # u' is constant from 0 to 1/(2K)
    return tuple(gain / gains[0] for gain in gains)


def _integrate_power(start: float, end: float, alpha: float) -> float:
    """Integrate s^(−alpha) from `start` > 0 to `end`."""
    exponent, ratio = 1.0 - alpha, math.log(end / start)
    # expm1 stays exact near alpha = 1, where the power becomes a logarithm
    return ratio if exponent == 0 else start**exponent * math.expm1(exponent * ratio) / exponent
