"""Damaged workbooks and zips, by the thousand: `python -m tests.service.sheets.damage 5000`."""

import io
import random
import resource
import sys
import time
import zipfile
from collections import Counter
from functools import cache

from models.validation.checks import InvalidProblemError
from models.validation.parsing import parse_problem
from service.core.errors import ContentTooLargeError
from service.core.settings import Settings
from service.spreadsheets.file_kinds import SpreadsheetKind
from service.spreadsheets.province_workbook import build_province_zip, build_template_tables, write_province_workbook
from service.spreadsheets.reader import read_sheets

SETTINGS = Settings(max_unpacked_bytes=20 * 1024 * 1024, max_sheet_cells=200_000)


@cache
def template(kind: SpreadsheetKind) -> bytes:
    if kind == "zip":
        return build_province_zip(build_template_tables(), {})
    with write_province_workbook("x", build_template_tables(), {}) as file:
        file.seek(0)
        return file.read()


def mutated(raw: bytes, rng: random.Random) -> bytes:
    """Some bytes changed, cut out, doubled or put elsewhere."""
    changed = bytearray(raw)
    for _ in range(rng.choice((1, 1, 2, 5, 30))):
        at, length = rng.randrange(len(changed) or 1), rng.choice((1, 1, 2, 8, 100))
        how = rng.randrange(5)
        if how == 0:
            changed[at : at + length] = rng.randbytes(length)
        elif how == 1:
            del changed[at : at + length]
        elif how == 2:
            changed[at:at] = changed[at : at + length]
        elif how == 3:
            changed[at : at + 1] = rng.choice((b"<", b">", b"&", b'"', b",", b"\n", b"-", b"9" * 40, b"\x00", b"\xff"))
        else:
            other = rng.randrange(len(changed) or 1)
            changed[at : at + length] = changed[other : other + length]
    return bytes(changed)


@cache
def parts(kind: SpreadsheetKind) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(template(kind))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def mutated_file(kind: SpreadsheetKind, rng: random.Random) -> bytes:
    """The template damaged: the archive itself, or a part within it packed again."""
    if rng.random() < 0.3:
        return mutated(template(kind), rng)
    victim = rng.choice([name for name in parts(kind) if "comments" not in name and "drawings" not in name])
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts(kind).items():
            archive.writestr(name, mutated(content, rng) if name == victim else content)
    return sink.getvalue()


def tried(kind: SpreadsheetKind, raw: bytes) -> str:
    """What comes of a file: `read`, `refused` (422) or `too large` (413). Whatever else is raised is a mistake of ours."""
    try:
        reading = read_sheets(raw, kind, SETTINGS)
        reading.raise_on_errors()
        with reading.locate_errors("/problem"):
            parse_problem(reading.problem)
    except InvalidProblemError as error:
        return "refused" if all(one.location for one in error.findings) else "nowhere"
    except ContentTooLargeError:
        return "too large"
    return "read"


def main(count: int) -> None:
    """Try so many of each kind, and say what came of them, how long the longest took and how much memory was taken at most."""
    for kind in ("xlsx", "zip"):
        rng, outcomes, longest = random.Random(count), Counter[str](), 0.0  # noqa: S311
        for _ in range(count):
            begun = time.process_time()
            outcomes[tried(kind, mutated_file(kind, rng))] += 1
            longest = max(longest, time.process_time() - begun)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        sys.stdout.write(f"{kind}: {dict(outcomes)}, longest {longest:.2f} s of CPU, memory at most {memory} MiB\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
