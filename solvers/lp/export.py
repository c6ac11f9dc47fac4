"""Export of a program to the text format `.lp`, and names such as `power[kapsan,2002-02]` for all export formats.

Only this module builds names of variables and constraints; all other modules use positions.
"""

import math
import re
from collections.abc import Iterable, Mapping

import numpy as np

from solvers.lp.linear_program import Block, FloatArray, Program

MAX_LINE_LENGTH = 200
"""Maximum line length of an `.lp` file; some readers reject lines over 255 characters."""


MAX_NAME_LENGTH = 60
"""Maximum length of the name of a variable or constraint; some readers cut or reject longer names."""


def name_columns(program: Program) -> list[str]:
    """Return a unique name without spaces for each variable, such as `make[hyesan-daily/soap,2002-01]`."""
    return _build_unique_names(program.variables.values(), program.labels)


def name_rows(program: Program) -> list[str]:
    """Return a unique name without spaces for each constraint, such as `power[kapsan,2002-02]`."""
    return _build_unique_names(program.constraints.values(), program.labels)


def format_lp_text(program: Program, digits: int = 17) -> str:
    """Format the program as an `.lp` file (CPLEX LP format) with the given number of significant digits.

    The format allows neither brackets nor `-` in names: `power[kapsan,2002-02]` becomes `power(kapsan,2002~02)`.
    """
    lp, columns, rows = program.lp, _replace_characters(name_columns(program)), _replace_characters(name_rows(program))
    by_row = lp.matrix.tocsr()
    out = ["minimize", *_format_sum("obj", np.flatnonzero(lp.cost), lp.cost[lp.cost != 0], columns, digits, lp.offset)]
    out.append("subject to")
    for row, name in enumerate(rows):
        entries = slice(by_row.indptr[row], by_row.indptr[row + 1])
        left = _format_sum(name, by_row.indices[entries], by_row.data[entries], columns, digits)
        for relation in _format_relations(lp.row_lower[row], lp.row_upper[row], digits):
            out += [*left[:-1], f"{left[-1]} {relation}"]
    out.append("bounds")
    bounds = zip(lp.column_lower.tolist(), columns, lp.column_upper.tolist(), strict=True)
    out += [f" {_format_bounds(low, name, high, digits)}" for low, name, high in bounds]
    return "\n".join([*out, "end", ""])


def _build_unique_names(blocks: Iterable[Block], labels: Mapping[str, tuple[str, ...]]) -> list[str]:
    written = {axis: np.array(_sanitize_labels(of_axis), dtype=object) for axis, of_axis in labels.items()}
    names: list[str] = []
    for block in blocks:
        labels_by_axis = [written[axis][codes].tolist() for axis, codes in block.axes.items()]
        names += [f"{block.name}[{','.join(entry)}]" for entry in zip(*labels_by_axis, strict=True)]
    return _shorten_names(names)


def _shorten_names(names: list[str]) -> list[str]:
    """Shorten the names above `MAX_NAME_LENGTH`; a shortened name ends with its position, such as `make[hyes..1205]`."""
    taken = {name for name in names if len(name) <= MAX_NAME_LENGTH}
    shortened = list(names)
    for position, name in enumerate(names):
        if len(name) > MAX_NAME_LENGTH:
            dots = ".."
            while (short := f"{name[: MAX_NAME_LENGTH - len(f'{dots}{position}]')]}{dots}{position}]") in taken:
                dots += "."
            taken.add(short)
            shortened[position] = short
    return shortened


def _sanitize_labels(labels: tuple[str, ...]) -> list[str]:
    """Replace characters that a format forbids in names; append the position where two labels become equal."""
    plain = [re.sub(r"[^A-Za-z0-9_./-]", "_", label) for label in labels]
    seen = {name: plain.count(name) for name in set(plain)} if len(set(plain)) < len(plain) else {}
    return [f"{name}.{k}" if seen.get(name, 1) > 1 else name for k, name in enumerate(plain)]


def _replace_characters(names: list[str]) -> list[str]:
    table = str.maketrans({"[": "(", "]": ")", "-": "~", "/": ","})
    return [name.translate(table) for name in names]


def _format_number(value: float, digits: int) -> str:
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    return f"{value:.{digits}g}"


def _format_bounds(lower: float, name: str, upper: float, digits: int) -> str:
    """Return the bounds of a variable in a form without `inf` as an upper bound, which GLPK does not read."""
    if math.isinf(upper):
        return f"{name} free" if math.isinf(lower) else f"{name} >= {_format_number(lower, digits)}"
    return f"{_format_number(lower, digits)} <= {name} <= {_format_number(upper, digits)}"


def _format_relations(lower: float, upper: float, digits: int) -> list[str]:
    """Return the relations of a constraint: one per finite bound, or one that always holds for a free row."""
    if lower == upper:
        return [f"= {_format_number(lower, digits)}"]
    sides = [(">=", lower), ("<=", upper)]
    return [f"{sign} {_format_number(side, digits)}" for sign, side in sides if math.isfinite(side)] or [">= -inf"]


def _format_sum(
    name: str,
    positions: np.typing.NDArray[np.integer],
    values: FloatArray,
    column_names: list[str],
    digits: int,
    constant: float = 0.0,
) -> list[str]:
    """Format a named linear expression, wrapped at `MAX_LINE_LENGTH`."""
    pairs = zip(positions.tolist(), values.tolist(), strict=True)
    terms = [
        f"{'-' if v < 0 else '+'} {_format_number(abs(v), digits)} {column_names[position]}" for position, v in pairs
    ]
    if constant:
        terms.append(f"{'-' if constant < 0 else '+'} {_format_number(abs(constant), digits)}")
    if not terms:
        terms = [f"+ 0 {column_names[0]}"] if column_names else ["0"]
    return _wrap_terms(f" {name}:", terms)


def _wrap_terms(line: str, terms: list[str]) -> list[str]:
    lines = []
    for term in terms:
        if len(line) + len(term) >= MAX_LINE_LENGTH:
            lines.append(line)
            line = " "
        line += " " + term
    return [*lines, line]
