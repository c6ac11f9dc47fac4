"""From arrays back to the planner's words: a plan's tables and its summary."""

import pyarrow as pa

from models.plan import PlanSummary
from solvers.data.problem_arrays import ProblemIndex
from solvers.lp.linear_program import FloatArray, Program
from solvers.results import tables
from solvers.results.bottlenecks import reasons
from solvers.results.capacity import capacity
from solvers.results.flows import Flows, tidy
from solvers.results.limits import Limits
from solvers.results.summary import summarise
from solvers.results.writing import TableFormat, guarded, plain, write_tables

__all__ = ["TableFormat", "guarded", "plain", "report", "tidy", "write_tables"]


def report(
    index: ProblemIndex, program: Program, values: FloatArray, row_price: FloatArray
) -> tuple[dict[str, pa.Table], PlanSummary]:
    """All tables of `models.plan.TABLES` and the summary, from tidy values, (n,), and prices, (m,), of a program."""
    flows = Flows.of(index, program, values, row_price)
    limits = Limits.of(index, program, values, row_price)
    made = {
        "quotas": tables.quotas(index, program, values, flows),
        "supply": tables.supply(index, flows),
        "shipments": tables.shipments(index, program, values),
        "swaps": tables.swaps(index, program, values),
        "power": tables.power(index, program, values, row_price),
        "capacity": capacity(limits),
        "bottlenecks": reasons(index, program, row_price, flows, limits),
    }
    return made, summarise(index, program, values, flows)
