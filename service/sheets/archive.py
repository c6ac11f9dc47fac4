"""Zip archives from strangers: everything that could do harm is looked at before anything is unpacked."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from service.errors import TooLarge

MOST_ENTRIES = 2_000
"""Files in an archive at most; a workbook has one a sheet and a dozen more."""

_DIRECTORY_BYTES = 512 * 1024
_RATIO = 250
_RATIO_FROM = 1024 * 1024
_PIECE = 64 * 1024
_END = b"PK\x05\x06"
_ZIP64 = b"PK\x06\x07"


class BadFile(Exception):  # noqa: N818 (it is the file that is bad)
    """The bytes are not what they should be; says why, for people."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may hold at most."""

    unpacked_bytes: int
    """Bytes unpacked."""
    cells: int
    """Cells over all sheets."""
    rows: int
    """Rows over all sheets."""


class Archive:
    """An archive whose directory has been looked at."""

    def __init__(self, raw: bytes, limits: Limits) -> None:
        """Look at the directory. Raises BadFile, and TooLarge for more than the limits allow, before anything is unpacked."""
        _refuse_directory(raw)
        with _readable():
            self._zip = zipfile.ZipFile(io.BytesIO(raw))
        self.entries = [one for one in self._zip.infolist() if not one.filename.endswith("/")]
        _refuse_entries(self.entries, limits)

    def pieces(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """The content of a file, a piece at a time, never more than its stated size. Raises BadFile."""
        with _readable(), self._zip.open(entry) as file:
            while piece := file.read(_PIECE):
                yield piece

    def read(self, entry: zipfile.ZipInfo) -> bytes:
        """The content of a file. Raises BadFile."""
        return b"".join(self.pieces(entry))


@contextmanager
def _readable() -> Iterator[None]:
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
        raise BadFile(f"The archive is damaged: {error}.") from error


def _refuse_directory(raw: bytes) -> None:
    """The directory must be where zip says and small, for reading it costs memory before any limit can be looked at."""
    at = raw.rfind(_END, max(0, len(raw) - 65_557))
    if at < 0 or len(raw) < at + 22:
        raise BadFile("This is not a zip archive (workbooks are zip archives too).")
    if _ZIP64 in raw[max(0, at - 20) : at]:
        raise TooLarge("The archive is of the kind for more than 4 GB (zip64), which is not read here.")
    count, size = struct.unpack("<HI", raw[at + 10 : at + 16])
    if count > MOST_ENTRIES or size > _DIRECTORY_BYTES:
        raise TooLarge(f"The archive has {count:,} files or more; {MOST_ENTRIES:,} may be in one.")


def _refuse_entries(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(entries) > MOST_ENTRIES:
        raise TooLarge(f"The archive has {len(entries):,} files; {MOST_ENTRIES:,} may be in one.")
    for one in entries:
        if one.flag_bits & 1:
            raise BadFile(f"{one.filename[:100]!r} is encrypted. Save it without a password.")
        if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BadFile(f"{one.filename[:100]!r} is packed in a way that is not read here; use an ordinary zip.")
        if one.file_size > _RATIO_FROM and one.file_size > _RATIO * max(one.compress_size, 1):
            raise TooLarge(
                f"{one.filename[:100]!r} unpacks to more than {_RATIO} times its size, as no honest file does."
            )
    total = sum(one.file_size for one in entries)
    if total > limits.unpacked_bytes:
        raise TooLarge(
            f"The file unpacks to {total:,} bytes; {limits.unpacked_bytes:,} may be sent. "
            "Send less, or raise ALLOT_MAX_UNPACKED_BYTES where the service runs."
        )


class CellCount:
    """Counts cells and rows over all sheets."""

    def __init__(self, limits: Limits) -> None:
        """Start at zero."""
        self._left = self._most = limits.cells
        self._rows_left = self._most_rows = limits.rows

    def add(self, cells: int, rows: int = 1) -> None:
        """Count a row (or some) of so many cells more; TooLarge beyond the limits."""
        self._left -= cells
        self._rows_left -= rows
        if self._rows_left < 0:
            raise TooLarge(
                f"The sheets have more than {self._most_rows:,} rows. Send less, or raise ALLOT_MAX_BODY_OBJECTS where the service runs."
            )
        if self._left < 0:
            raise TooLarge(
                f"The sheets have more than {self._most:,} cells. Send less, or raise ALLOT_MAX_SHEET_CELLS where the service runs."
            )
