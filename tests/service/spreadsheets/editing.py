"""The template of a province, edited as a planner would."""

import io
import zipfile
from collections.abc import Callable
from functools import cache
from typing import Any

import openpyxl

from service.spreadsheets.province_workbook import build_template_tables, write_province_workbook


@cache
def template() -> bytes:
    with write_province_workbook("x", build_template_tables(), {}) as file:
        file.seek(0)
        return file.read()


def edited(edit: Callable[[Any], None]) -> bytes:
    """The template, as a workbook, after somebody has edited it."""
    book = openpyxl.load_workbook(io.BytesIO(template()))
    edit(book)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


def put(sheet: str, cell: str, value: Any) -> Callable[[Any], None]:
    def edit(book: Any) -> None:
        book[sheet][cell] = value

    return edit


def both(*edits: Callable[[Any], None]) -> Callable[[Any], None]:
    def edit(book: Any) -> None:
        for one in edits:
            one(book)

    return edit


def edit_parts(raw: bytes, edit: Callable[[str, bytes], bytes]) -> bytes:
    """Edit the parts of the archive that a workbook is."""
    source, sink = zipfile.ZipFile(io.BytesIO(raw)), io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(entry, edit(entry.filename, source.read(entry)))
    return sink.getvalue()
