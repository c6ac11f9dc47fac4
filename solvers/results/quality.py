"""Quality of what people get: mean quality of the delivered units, weighted by value.

    quality = Σ value[i]·quantity·quality / Σ value[i]·quantity

over the deliveries to people. What a local factory makes has the quality of its line in the present condition of the
factory; what the centre, partners and opening stocks give has 1. Items without a value weigh 1.
"""

import numpy as np
import pyarrow as pa

from models.plan import MeanQuality, QualitySummary
from models.tables import QualityRow
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import IntArray
from solvers.results.arrow_tables import build_label_column, build_table
from solvers.results.deliveries import SOURCES, USES, Deliveries
from solvers.results.flows import sum_by_cell


def build_quality_table(arrays: ProblemArrays, deliveries: Deliveries) -> pa.Table:
    """Build the table of quality by county, category and source (QualityRow)."""
    to_people = deliveries.use == USES.index("people")
    shape = (arrays.places.county_count, len(arrays.labels["category"]), len(SOURCES))
    category = arrays.items.category[deliveries.item]
    cells = np.ravel_multi_index((deliveries.user, category, deliveries.source), shape, mode="clip")[to_people]
    size = int(np.prod(shape))
    value = (arrays.items.counted_value[deliveries.item] * deliveries.quantity)[to_people]
    delivered = sum_by_cell(cells, value, size)
    good = sum_by_cell(cells, value * deliveries.quality[to_people], size)
    filled = np.flatnonzero(delivered)
    county, kind, source = np.unravel_index(filled, shape)
    return build_table(
        QualityRow,
        {
            "county": build_label_column(county, arrays.labels["county"]),
            "category": build_label_column(kind, arrays.labels["category"]),
            "source": build_label_column(source, SOURCES),
            "value": delivered[filled],
            "quality": good[filled] / delivered[filled],
        },
    )


def summarize_quality(arrays: ProblemArrays, deliveries: Deliveries) -> QualitySummary | None:
    """Summarize the quality of what people get; None if nothing reaches them."""
    to_people = np.flatnonzero(deliveries.use == USES.index("people"))
    item = deliveries.item[to_people]
    value = arrays.items.counted_value[item] * deliveries.quantity[to_people]
    good = value * deliveries.quality[to_people]
    if not value.sum() > 0:
        return None

    def average_by(keys: tuple[str, ...], group: IntArray) -> tuple[MeanQuality, ...]:
        delivered, weighted = (sum_by_cell(group, amount, len(keys)) for amount in (value, good))
        return tuple(
            MeanQuality(key=key, value=float(total), quality=float(part / total))
            for key, total, part in zip(keys, delivered, weighted, strict=True)
            if total > 0
        )

    return QualitySummary(
        quality=float(good.sum() / value.sum()),
        by_county=average_by(arrays.labels["county"], deliveries.user[to_people]),
        by_category=average_by(arrays.labels["category"], arrays.items.category[item]),
        by_source=average_by(SOURCES, deliveries.source[to_people]),
    )
