"""A province as sheets of cells: one layout for workbooks and folders of CSV, out and in without loss.

`tables_of` writes a province as tables, `read_tables` reads tables as what a request would say in JSON, remembering for
every part in which row it stands; `Reading.located` names findings by sheet, row and column.
"""

from models.sheets.cells import Odd, RawSheet, Value, digits
from models.sheets.codes import SHEET_CODES
from models.sheets.columns import Column, Layout
from models.sheets.document_reader import Reading, Source, read_tables
from models.sheets.layout import LAYOUTS, NOTE_COLUMNS, NOTE_SHEETS
from models.sheets.writing import SheetTable, tables_of

__all__ = [
    "LAYOUTS",
    "NOTE_COLUMNS",
    "NOTE_SHEETS",
    "SHEET_CODES",
    "Column",
    "Layout",
    "Odd",
    "RawSheet",
    "Reading",
    "SheetTable",
    "Source",
    "Value",
    "digits",
    "read_tables",
    "tables_of",
]
