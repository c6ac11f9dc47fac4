"""Temporary files sent in chunks."""

from collections.abc import Iterator
from typing import IO

XLSX_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""Media type of a workbook."""

ZIP_MEDIA_TYPE = "application/zip"
"""Media type of a zip archive."""

_CHUNK_BYTES = 256 * 1024


def iterate_file_chunks(file: IO[bytes]) -> Iterator[bytes]:
    """Iterate over the bytes of a file and close it at the end, also when the client disconnects."""
    with file:
        file.seek(0)
        while piece := file.read(_CHUNK_BYTES):
            yield piece
