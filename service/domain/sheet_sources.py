"""Bodies that may be spreadsheets: read like JSON, with findings by sheet, row and column."""

from collections.abc import Callable
from typing import TypeVar

from service.core.document_limits import reject_oversized_document
from service.core.json_documents import Document, decode_json_object
from service.core.settings import Settings
from service.spreadsheets.file_kinds import SpreadsheetKind
from service.spreadsheets.reader import read_sheets

Result = TypeVar("Result")


def process_document(
    raw: bytes, kind: SpreadsheetKind | None, settings: Settings, work: Callable[[Document], Result]
) -> Result:
    """Process the document in a body: JSON, or a province in a spreadsheet.

    Raises InvalidProblemError with all findings about the sheets before `work` begins, or about the problem in them,
    ContentTooLargeError and BadRequestError.
    """
    if kind is None:
        return work(decode_json_object(raw))
    reading = read_sheets(raw, kind, settings)
    reject_oversized_document(reading.problem, settings, "/problem")
    reading.raise_on_errors()
    with reading.locate_errors():
        return work(reading.content)
