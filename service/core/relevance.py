"""What is too small to be told about a shortage. The page has the same rules in `service/web_ui/static/lib/relevance.js`."""

import numpy as np
import numpy.typing as npt

MIN_PART_OF_NEED = 5e-4
"""A smaller part of a need counts as nothing, if the item is not in whole units."""

MIN_WHOLE_UNIT = 0.5
"""A smaller part of a unit counts as nothing, if the item is in whole units."""

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


def find_relevant_shortages(shortage: FloatArray, need: FloatArray, is_whole: BoolArray) -> BoolArray:
    """Tell which shortages are large enough to be told; all arrays have the same shape, amounts are in units."""
    least = np.where(is_whole, MIN_WHOLE_UNIT, MIN_PART_OF_NEED * need)
    return np.asarray((shortage > 0) & (shortage >= least))
