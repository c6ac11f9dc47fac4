"""Zip archives from untrusted sources: everything that could do harm is checked before unpacking."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from service.core.errors import ContentTooLargeError

MAX_ENTRIES = 2_000
"""Maximum number of files in an archive; a workbook has one for each sheet and a dozen more."""

_MAX_DIRECTORY_BYTES = 512 * 1024
_MAX_COMPRESSION_RATIO = 250
_RATIO_CHECK_MIN_BYTES = 1024 * 1024
_CHUNK_BYTES = 64 * 1024
_END_OF_DIRECTORY = b"PK\x05\x06"
_ZIP64_LOCATOR = b"PK\x06\x07"


class InvalidFileError(Exception):
    """The bytes are not a valid file; the message explains why."""


@dataclass(frozen=True, slots=True)
class FileLimits:
    """Limits on the content of a file."""

    unpacked_bytes: int
    """Unpacked bytes."""
    cells: int
    """Cells over all sheets."""
    rows: int
    """Rows over all sheets."""


class ZipArchive:
    """An archive whose directory has been checked."""

    def __init__(self, raw: bytes, limits: FileLimits) -> None:
        """Check the directory.

        Raises InvalidFileError, and ContentTooLargeError beyond the limits, before anything is unpacked.
        """
        _check_directory(raw)
        with _translate_zip_errors():
            self._zip = zipfile.ZipFile(io.BytesIO(raw))
        self.entries = [one for one in self._zip.infolist() if not one.filename.endswith("/")]
        _check_entries(self.entries, limits)

    def iterate_chunks(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """Stream the content of a file, never more than its stated size. Raises InvalidFileError."""
        with _translate_zip_errors(), self._zip.open(entry) as file:
            while piece := file.read(_CHUNK_BYTES):
                yield piece

    def read_entry(self, entry: zipfile.ZipInfo) -> bytes:
        """Read the content of a file. Raises InvalidFileError."""
        return b"".join(self.iterate_chunks(entry))


@contextmanager
def _translate_zip_errors() -> Iterator[None]:
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        ValueError,
        OverflowError,
    ) as error:
        raise InvalidFileError(f"The archive is damaged: {error}.") from error


def _check_directory(raw: bytes) -> None:
    """Require a small directory at its place, because reading a directory costs memory before any limit applies."""
    at = raw.rfind(_END_OF_DIRECTORY, max(0, len(raw) - 65_557))
    if at < 0 or len(raw) < at + 22:
        raise InvalidFileError("This is not a zip archive (workbooks are zip archives too).")
    if _ZIP64_LOCATOR in raw[max(0, at - 20) : at]:
        raise ContentTooLargeError("The archive is of the kind for more than 4 GB (zip64), which is not read here.")
    count, size = struct.unpack("<HI", raw[at + 10 : at + 16])
    if count > MAX_ENTRIES or size > _MAX_DIRECTORY_BYTES:
        raise ContentTooLargeError(f"The archive has {count:,} files or more; {MAX_ENTRIES:,} may be in one.")


def _check_entries(entries: list[zipfile.ZipInfo], limits: FileLimits) -> None:
    if len(entries) > MAX_ENTRIES:
        raise ContentTooLargeError(f"The archive has {len(entries):,} files; {MAX_ENTRIES:,} may be in one.")
    for one in entries:
        if one.flag_bits & 1:
            raise InvalidFileError(f"{one.filename[:100]!r} is encrypted. Save it without a password.")
        if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise InvalidFileError(
                f"{one.filename[:100]!r} is packed in a way that is not read here; use an ordinary zip."
            )
        if one.file_size > _RATIO_CHECK_MIN_BYTES and one.file_size > _MAX_COMPRESSION_RATIO * max(
            one.compress_size, 1
        ):
            raise ContentTooLargeError(
                f"{one.filename[:100]!r} unpacks to more than {_MAX_COMPRESSION_RATIO} times its size, as no honest file does."
            )
    total = sum(one.file_size for one in entries)
    if total > limits.unpacked_bytes:
        raise ContentTooLargeError(
            f"The file unpacks to {total:,} bytes; {limits.unpacked_bytes:,} may be sent. "
            "Send less, or raise ALLOT_MAX_UNPACKED_BYTES where the service runs."
        )


class CellCounter:
    """Counts cells and rows over all sheets."""

    def __init__(self, limits: FileLimits) -> None:
        """Start at zero."""
        self._cells_left = self._max_cells = limits.cells
        self._rows_left = self._max_rows = limits.rows

    def count_cells(self, cells: int, rows: int = 1) -> None:
        """Count cells in rows; ContentTooLargeError beyond the limits."""
        self._cells_left -= cells
        self._rows_left -= rows
        if self._rows_left < 0:
            raise ContentTooLargeError(
                f"The sheets have more than {self._max_rows:,} rows. Send less, or raise ALLOT_MAX_BODY_OBJECTS where the service runs."
            )
        if self._cells_left < 0:
            raise ContentTooLargeError(
                f"The sheets have more than {self._max_cells:,} cells. Send less, or raise ALLOT_MAX_SHEET_CELLS where the service runs."
            )
