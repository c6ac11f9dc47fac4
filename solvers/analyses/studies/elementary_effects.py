"""Elementary effects of factors on a function, along random trajectories over a grid (Morris).

M. D. Morris: Factorial sampling plans for preliminary computational experiments, Technometrics 33 (1991) 161–174.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEVELS = 4
"""Levels of the grid; a step leads over two of them, which is 2/3 of the range."""


@dataclass(frozen=True, slots=True)
class ElementaryEffects:
    """Elementary effects; the first axis is the factor, the others are those of one value of the function."""

    mean: Array
    """Mean absolute effect, per whole range of the factor."""
    deviation: Array
    """Standard deviation of the effects."""


def draw_trajectories(factor_count: int, count: int, seed: int) -> Array:
    """Draw trajectories of shape (count, factors + 1, factors) in the unit cube: each step moves another factor."""
    random = np.random.default_rng(seed)
    step = LEVELS / (2 * (LEVELS - 1))
    low = random.integers(0, LEVELS // 2, (count, factor_count)) / (LEVELS - 1)
    rises = random.integers(0, 2, (count, factor_count)).astype(bool)
    turn = random.permuted(np.tile(np.arange(factor_count), (count, 1)), axis=1)
    moved = np.arange(factor_count + 1)[None, :, None] > turn[:, None, :]
    points: Array = low[:, None] + step * (moved == rises[:, None])
    return points


def compute_elementary_effects(
    function: Callable[[Array], Array], factor_count: int, count: int, seed: int
) -> ElementaryEffects:
    """Return the effects of factors in the unit cube on a function.

    `function` takes points of shape (n, factors) and returns values of shape (n, …); it is evaluated at
    count × (factors + 1) points.
    """
    trajectories = draw_trajectories(factor_count, count, seed)
    values = function(trajectories.reshape(-1, factor_count))
    return estimate_elementary_effects(trajectories, values.reshape(count, factor_count + 1, *values.shape[1:]))


def estimate_elementary_effects(trajectories: Array, values: Array) -> ElementaryEffects:
    """Estimate the effects from trajectories (count, factors + 1, factors) and values (count, factors + 1, …)."""
    steps = np.diff(trajectories, axis=1)
    order = np.abs(steps).argmax(axis=2)  # the factor that a step moves
    sizes = np.take_along_axis(steps, order[:, :, None], axis=2)[:, :, 0]
    extra = (1,) * (values.ndim - 2)
    slopes = np.diff(values, axis=1) / sizes.reshape(*sizes.shape, *extra)
    step_of = np.argsort(order, axis=1).reshape(*order.shape, *extra)
    effects = np.take_along_axis(slopes, step_of, axis=1)
    return ElementaryEffects(np.abs(effects).mean(0), effects.std(0, ddof=1))
