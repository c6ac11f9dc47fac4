"""Folders and zips of CSV files from untrusted sources."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from models.sheets.codes import make_sheet_finding
from models.sheets.csv_files import CsvSheets, list_csv_files, read_csv_files
from models.validation.checks import Finding
from service.core.errors import ContentTooLargeError
from service.spreadsheets.archive import CellCounter, FileLimits, ZipArchive

_IGNORED_PATHS = re.compile(r"(^|/)(__MACOSX/|\.|[^/]*(?<!\.csv)$)", re.IGNORECASE)
_UNSAFE_PATHS = re.compile(r"(^|[/\\])\.\.([/\\]|$)|^[/\\]|^[A-Za-z]:|\\|[\x00-\x1f]")


class CsvFiles(CsvSheets):
    """CSV files within limits."""

    def __init__(self, files: Mapping[str, bytes], limits: FileLimits, findings: Iterable[Finding] = ()) -> None:
        """Take files by their names without `.csv`, and findings about names."""
        super().__init__(files, findings, CellCounter(limits).count_cells)

    @classmethod
    def from_zip(cls, raw: bytes, limits: FileLimits) -> "CsvFiles":
        """Open the CSV files of a zip, at its top or in one folder.

        Raises InvalidFileError, ContentTooLargeError; nothing is written.
        """
        archive = ZipArchive(raw, limits)
        files: dict[str, bytes] = {}
        found: list[Finding] = []
        for entry in archive.entries:
            path = entry.filename
            if _UNSAFE_PATHS.search(path):
                found.append(_make_name_finding(path, "leads out of the archive or is not allowed"))
            elif not _IGNORED_PATHS.search(path):
                name = path.rpartition("/")[2][:-4].casefold()
                if name in files:
                    found.append(_make_name_finding(path, "is there twice"))
                else:
                    files[name] = archive.read_entry(entry)
        return cls(files, limits, found)

    @classmethod
    def from_folder(cls, folder: Path, limits: FileLimits) -> "CsvFiles":
        """Open the CSV files of a folder. Raises OSError, ContentTooLargeError."""
        paths = list_csv_files(folder)
        if sum(path.stat().st_size for path in paths) > limits.unpacked_bytes:
            raise ContentTooLargeError(f"The files of the folder have more than {limits.unpacked_bytes:,} bytes.")
        return cls(read_csv_files(paths), limits)


def _make_name_finding(path: str, why: str) -> Finding:
    shown = path[:100]
    return make_sheet_finding(
        "bad_name", None, f"The name {shown!r} {why}.", "Zip the CSV files themselves, each once."
    )
