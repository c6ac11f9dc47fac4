"""A province as sheets of cells: one layout for workbooks and folders of CSV, out and in without loss.

`tables_of` writes a province as tables, `read_tables` reads tables as what a request would say in JSON, remembering for
every part in which row it stands; `Reading.located` names findings by sheet, row and column.
"""

from models.sheets.cells import CellValue, RawSheet, UnsupportedCell, restore_digits
from models.sheets.codes import SHEET_CODES
from models.sheets.columns import Column, SheetLayout
from models.sheets.csv_files import CsvSheets
from models.sheets.document_reader import ProvinceDocument, SheetSource, read_sheet_tables
from models.sheets.layout import NOTE_COLUMNS, NOTE_SHEETS, SHEET_LAYOUTS
from models.sheets.writing import RowNotes, SheetTable, build_sheet_tables

__all__ = [
    "NOTE_COLUMNS",
    "NOTE_SHEETS",
    "SHEET_CODES",
    "SHEET_LAYOUTS",
    "CellValue",
    "Column",
    "CsvSheets",
    "ProvinceDocument",
    "RawSheet",
    "RowNotes",
    "SheetLayout",
    "SheetSource",
    "SheetTable",
    "UnsupportedCell",
    "build_sheet_tables",
    "read_sheet_tables",
    "restore_digits",
]
