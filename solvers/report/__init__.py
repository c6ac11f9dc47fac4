"""From arrays back to the planner's words: a plan's tables and its summary."""

import pyarrow as pa

from models.plan import Summary
from solvers.index import ProblemIndex
from solvers.program import FloatArray, Program
from solvers.report import tables
from solvers.report.capacity import capacity
from solvers.report.flows import Flows, tidy
from solvers.report.limits import Limits
from solvers.report.reasons import reasons
from solvers.report.summary import summarise
from solvers.report.writing import TableFormat, guarded, plain, write_tables

__all__ = ["TableFormat", "guarded", "plain", "report", "tidy", "write_tables"]


def report(
    index: ProblemIndex, program: Program, values: FloatArray, row_price: FloatArray
) -> tuple[dict[str, pa.Table], Summary]:
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
        "reasons": reasons(index, program, row_price, flows, limits),
    }
    return made, summarise(index, program, values, flows)
