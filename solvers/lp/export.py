"""A program as text that people and other solvers read: `.mps` and `.lp`, with names such as `power[kapsan,2002-02]`.

Names are made here and nowhere else; everything before works with positions.
"""

import math
import re
from collections.abc import Iterable, Mapping

import numpy as np

from solvers.backends.mps_writer import mps
from solvers.lp.linear_program import Block, FloatArray, Program

LINE = 200
"""Longest line of an `.lp` file; readers allow no more than 255 characters."""


def column_names(program: Program) -> list[str]:
    """A name for every column, such as `make[hyesan-daily/soap,2002-01]`, without spaces, each once."""
    return _names(program.decisions.values(), program.labels)


def row_names(program: Program) -> list[str]:
    """A name for every row, such as `power[kapsan,2002-02]`, without spaces, each once."""
    return _names(program.rules.values(), program.labels)


def mps_text(program: Program) -> str:
    """The program as free-format MPS, every digit kept; the certificate and any solver can start from it."""
    return mps(program.lp, column_names(program), row_names(program))


def lp_text(program: Program, digits: int = 17) -> str:
    """The program as an `.lp` file (CPLEX's format) with that many significant digits.

    The format allows neither brackets nor `-` in names: `power[kapsan,2002-02]` is written `power(kapsan,2002~02)`.
    """
    lp, columns, rows = program.lp, _plain(column_names(program)), _plain(row_names(program))
    by_row = lp.matrix.tocsr()
    out = ["minimize", *_sum("obj", np.flatnonzero(lp.cost), lp.cost[lp.cost != 0], columns, digits, lp.offset)]
    out.append("subject to")
    for row, name in enumerate(rows):
        part = slice(by_row.indptr[row], by_row.indptr[row + 1])
        left = _sum(name, by_row.indices[part], by_row.data[part], columns, digits)
        for relation in _relations(lp.row_lower[row], lp.row_upper[row], digits):
            out += [*left[:-1], f"{left[-1]} {relation}"]
    out.append("bounds")
    bounds = zip(lp.column_lower.tolist(), columns, lp.column_upper.tolist(), strict=True)
    out += [f" {_number(low, digits)} <= {name} <= {_number(high, digits)}" for low, name, high in bounds]
    return "\n".join([*out, "end", ""])


def _names(blocks: Iterable[Block], labels: Mapping[str, tuple[str, ...]]) -> list[str]:
    written = {axis: np.array(_labels(of_axis), dtype=object) for axis, of_axis in labels.items()}
    names: list[str] = []
    for block in blocks:
        parts = [written[axis][codes].tolist() for axis, codes in block.axes.items()]
        names += [f"{block.name}[{','.join(part)}]" for part in zip(*parts, strict=True)]
    return names


def _labels(labels: tuple[str, ...]) -> list[str]:
    """Labels without what no format allows in a name; where two become one, their positions keep them apart."""
    plain = [re.sub(r"[^A-Za-z0-9_./-]", "_", label) for label in labels]
    seen = {name: plain.count(name) for name in set(plain)} if len(set(plain)) < len(plain) else {}
    return [f"{name}.{k}" if seen.get(name, 1) > 1 else name for k, name in enumerate(plain)]


def _plain(names: list[str]) -> list[str]:
    table = str.maketrans({"[": "(", "]": ")", "-": "~", "/": ","})
    return [name.translate(table) for name in names]


def _number(value: float, digits: int) -> str:
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return f"{value:.{digits}g}"


def _relations(lower: float, upper: float, digits: int) -> list[str]:
    """What a row must be; a row with two limits is written twice, one without any as what always holds."""
    if lower == upper:
        return [f"= {_number(lower, digits)}"]
    sides = [(">=", lower), ("<=", upper)]
    return [f"{sign} {_number(side, digits)}" for sign, side in sides if math.isfinite(side)] or [">= -inf"]


def _sum(
    name: str,
    positions: np.typing.NDArray[np.integer],
    values: FloatArray,
    columns: list[str],
    digits: int,
    constant: float = 0.0,
) -> list[str]:
    """A named sum on lines short enough to read back."""
    pairs = zip(positions.tolist(), values.tolist(), strict=True)
    terms = [f"{'-' if v < 0 else '+'} {_number(abs(v), digits)} {columns[at]}" for at, v in pairs]
    if constant:
        terms.append(f"{'-' if constant < 0 else '+'} {_number(abs(constant), digits)}")
    if not terms:
        terms = [f"+ 0 {columns[0]}"] if columns else ["0"]
    return _wrapped(f" {name}:", terms)


def _wrapped(line: str, terms: list[str]) -> list[str]:
    lines = []
    for term in terms:
        if len(line) + len(term) >= LINE:
            lines.append(line)
            line = " "
        line += " " + term
    return [*lines, line]
