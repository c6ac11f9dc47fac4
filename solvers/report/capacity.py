"""Limits other than power: how much of each is used and what one more unit is worth."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from models.plan import CapacityRow
from solvers.formulation import BOUNDS, RULES
from solvers.formulation.rules import ITEM_UNIT, RuleInfo
from solvers.index import ProblemIndex
from solvers.program import Block, FloatArray, IntArray, Program
from solvers.report.frame import frame, labelled

SHOWN = (
    "machine",
    "labour",
    "link",
    "handling",
    "central_share",
    "local_floor",
    "swap_balance",
    "own_needs_first",
    "store",
)
"""Rules whose rows are listed, in this order; power has a table of its own."""
