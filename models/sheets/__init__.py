"""Provinces as spreadsheet tables: one lossless layout for workbooks and folders of CSV files.

`build_sheet_tables` writes a province as tables. `read_sheet_tables` reads tables into JSON and records the row of
every part. `ProvinceDocument.locate_findings` adds sheet, row and column to findings.
"""

from models.sheets.cells import CellValue, RawSheet, UnsupportedCell, restore_digits
from models.sheets.codes import SHEET_CODES
from models.sheets.columns import Column, SheetLayout
from models.sheets.csv_files import CsvSheets
from models.sheets.document import ProvinceDocument
from models.sheets.document_reader import SheetSource, read_sheet_tables
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
