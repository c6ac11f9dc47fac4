"""The order in which a study solves its points: each next to the one before, so that a warm start has little to change."""

import numpy as np

from solvers.lp.linear_program import FloatArray, IntArray

LEAST_CHUNK, MOST_CHUNK = 10, 50
"""Least and most runs of a task: fewer waste the start from the base, more are lost when a worker process dies."""

TASKS_WANTED = 16
"""Tasks that a study is split into at the least, where it has enough runs, so that several worker processes end together."""


MOST_COMPARED = 2_048
"""Most points that are compared with each other; more are split at the median of the widest factor, again and again."""


def order_by_nearness(points: FloatArray, scale: FloatArray, start: FloatArray) -> IntArray:
    """Return the positions of points, (r, k), by greedy nearest neighbours from `start`, (k,).

    Distances are in units of `scale`, (k,).
    """
    unit = np.where(scale > 0, scale, 1.0)
    return _order_part(points / unit, np.arange(len(points)), start / unit)


def _order_part(points: FloatArray, part: IntArray, start: FloatArray) -> IntArray:
    """Return the positions of some points in order; of two halves, the one with the point nearest to `start` comes first."""
    if len(part) <= MOST_COMPARED:
        return part[_order_all(points[part], start)]
    widest = int(np.argmax(np.ptp(points[part], axis=0)))
    ordered = part[np.argsort(points[part, widest], kind="stable")]
    halves = [ordered[: len(ordered) // 2], ordered[len(ordered) // 2 :]]
    halves.sort(key=lambda half: float(((points[half] - start) ** 2).sum(axis=1).min()))
    first = _order_part(points, halves[0], start)
    return np.concatenate([first, _order_part(points, halves[1], points[first[-1]])])


def _order_all(points: FloatArray, start: FloatArray) -> IntArray:
    """Return the positions of points by greedy nearest neighbours from `start`."""
    remaining, position, here = points.copy(), np.arange(len(points)), start
    order = np.empty(len(points), dtype=np.int64)
    for count in range(len(points)):
        nearest = int(np.argmin(((remaining - here) ** 2).sum(axis=1)))
        order[count], here = position[nearest], remaining[nearest].copy()
        # the last point fills the gap, so that no array is copied
        remaining[nearest], position[nearest] = remaining[-1], position[-1]
        remaining, position = remaining[:-1], position[:-1]
    return order


def split_into_chunks(order: IntArray) -> list[IntArray]:
    """Split an order into runs of tasks of similar size."""
    size = int(np.clip(len(order) // TASKS_WANTED, LEAST_CHUNK, MOST_CHUNK))
    return [np.asarray(part) for part in np.array_split(order, max(round(len(order) / size), 1)) if len(part)]
