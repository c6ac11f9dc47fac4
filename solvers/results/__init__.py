"""Results of a plan: tables and summary with the labels of the problem."""

import pyarrow as pa

from models.plan import PlanSummary
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray, Program
from solvers.results import tables
from solvers.results.bottlenecks import build_bottleneck_table
from solvers.results.deliveries import build_delivery_table, trace_deliveries
from solvers.results.flows import Flows, clean_values
from solvers.results.limits import Limits, build_capacity_table
from solvers.results.quality import build_quality_table, summarize_quality
from solvers.results.requirement_tables import build_basket_table, build_requirement_table
from solvers.results.slips import build_slip_table
from solvers.results.summary import build_summary
from solvers.results.writing import TableFormat, decode_dictionaries, escape_formulas, write_table_files

__all__ = [
    "TableFormat",
    "build_results",
    "clean_values",
    "decode_dictionaries",
    "escape_formulas",
    "write_table_files",
]


def build_results(
    arrays: ProblemArrays,
    program: Program,
    values: FloatArray,
    dual_values: FloatArray,
    relaxed_values: FloatArray | None = None,
) -> tuple[dict[str, pa.Table], PlanSummary]:
    """Build all tables of `models.tables.TABLES` and the summary from clean values, (n,), and dual values, (m,).

    `relaxed_values`, (n,), are those before rounding to whole units, if the values were rounded.
    """
    flows = Flows.from_solution(arrays, program, values, dual_values, relaxed_values)
    deliveries = trace_deliveries(arrays, program, values, flows)
    limits = Limits.from_solution(arrays, program, values, dual_values)
    built = {
        "quotas": tables.build_quota_table(arrays, program, values, flows),
        "supply": tables.build_supply_table(arrays, flows),
        "requirements": build_requirement_table(arrays, flows),
        "baskets": build_basket_table(arrays, flows),
        "shipments": tables.build_shipment_table(arrays, program, values),
        "swaps": tables.build_swap_table(arrays, program, values),
        "deliveries": build_delivery_table(arrays, deliveries),
        "quality": build_quality_table(arrays, deliveries),
        "slips": build_slip_table(arrays, flows),
        "power": tables.build_power_table(arrays, program, values, dual_values),
        "capacity": build_capacity_table(limits),
        "bottlenecks": build_bottleneck_table(arrays, program, dual_values, flows, limits),
    }
    summary = build_summary(arrays, program, values, flows)
    return built, summary.model_copy(update={"quality": summarize_quality(arrays, deliveries)})
