"""Province folders that state only what differs from another province.

A folder with a file `based_on.txt` is a variant of the province in the folder beside it that the file names. A CSV file of the
variant replaces that of the province, and `more_lines.csv` adds rows to its `lines.csv`.
"""

import csv
import io
from pathlib import Path

from models.sheets.csv_files import list_csv_files, read_csv_files

BASE_FILE = "based_on.txt"
"""Name of the file with the name of the folder that a variant is based on."""

ADDED_ROWS_PREFIX = "more_"
"""Prefix of files whose rows are added to those of the province."""


def read_province_files(folder: Path) -> dict[str, bytes]:
    """Return the CSV files of a province, by lower-case name without `.csv`; those of a variant complete.

    Raises OSError if a folder or file cannot be read, and FileNotFoundError if rows are added to a file that does not exist.
    """
    own = read_csv_files(list_csv_files(folder))
    base = folder / BASE_FILE
    if not base.is_file():
        return own
    files = read_csv_files(
        list_csv_files(folder.resolve().parent / Path(base.read_text(encoding="utf-8").strip()).name)
    )
    for name, raw in own.items():
        sheet = name.removeprefix(ADDED_ROWS_PREFIX)
        if sheet == name:
            files[sheet] = raw
        elif sheet in files:
            files[sheet] = _add_rows(files[sheet], raw)
        else:
            raise FileNotFoundError(f"{folder / name}.csv adds rows to {sheet}.csv, which {base} does not have")
    return files


def _add_rows(raw: bytes, more: bytes) -> bytes:
    """Return a CSV file with the rows of another one added; columns that only one of them has are empty in the other."""
    tables = [list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"), newline=""))) for text in (raw, more)]
    header = dict.fromkeys(column for table in tables for column in (table[0] if table else ()))
    sink = io.StringIO(newline="")
    writer = csv.DictWriter(sink, header, restval="")
    writer.writeheader()
    writer.writerows(row for table in tables for row in table)
    return sink.getvalue().encode()
