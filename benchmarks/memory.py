"""What hostile bodies cost a service: status, seconds and most memory of its process: `python -m benchmarks.memory`.

Each body is sent to a service of its own, whose peak before and after the request is read from the system (Linux only).
"""

import io
import json
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import httpx2

from benchmarks.load import serving
from models.examples import two_counties_raw
from service.spreadsheets.file_kinds import SPREADSHEET_MEDIA_TYPES

MIB = 1024 * 1024
JSON = "application/json"


def demand_rows(rows: int) -> bytes:
    """A problem with so many rows of demand."""
    text = json.dumps({"problem": {**two_counties_raw(), "demand": "HERE"}})
    row = '{"county":"hyesan","item":"soap","quantity":1}'
    return text.replace('"HERE"', f"[{','.join([row] * rows)}]").encode()


def numbers(count: int, number: str) -> bytes:
    """A problem with a list of so many numbers."""
    problem = json.dumps({"problem": {**two_counties_raw(), "periods": "HERE"}})
    return problem.replace('"HERE"', f"[{','.join([number] * count)}]").encode()


def zipped(name: str, row: bytes, size: int) -> bytes:
    """A zip with one CSV of rows of demand, of a size unpacked."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w") as file:
        file.write(b"county,item,quantity\n")
        piece = row * (MIB // len(row) + 1)
        for _ in range(max(1, size // len(piece))):
            file.write(piece)
    return sink.getvalue()


def workbook(rows: int) -> bytes:
    """A workbook with so many rows of demand, three cells each."""
    import xlsxwriter

    sink = io.BytesIO()
    book = xlsxwriter.Workbook(sink, {"constant_memory": True})
    sheet = book.add_worksheet("demand")
    sheet.write_row(0, 0, ["county", "item", "quantity"])
    for row in range(1, rows):
        sheet.write_row(row, 0, [f"county-{row}", f"item-{row}", row])
    book.close()
    return sink.getvalue()


CASES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "nothing (the service by itself)": (JSON, lambda: b"{}"),
    "1,000,000 rows of demand, JSON": (JSON, lambda: demand_rows(1_000_000)),
    "390,000 rows of demand, JSON (below the count, beyond two counties)": (JSON, lambda: demand_rows(390_000)),
    "30,000,000 numbers, JSON": (JSON, lambda: numbers(30_000_000, "1")),
    "3,900,000 numbers, JSON": (JSON, lambda: numbers(3_900_000, "0.12345678901")),
    "64 MiB of brackets, JSON": (JSON, lambda: b"[" * (64 * MIB - 1)),
    "100 MiB, JSON": (JSON, lambda: b" " * (100 * MIB)),
    "zip bomb, 1 GiB unpacked": (SPREADSHEET_MEDIA_TYPES["zip"], lambda: zipped("demand.csv", b"0" * 1000, 1024 * MIB)),
    "zip, 380,000 rows of demand": (
        SPREADSHEET_MEDIA_TYPES["zip"],
        lambda: zipped("demand.csv", b"".join(b"county-%d,item-%d,%d\n" % (n, n, n) for n in range(380_000)), 1),
    ),
    "zip, 120 MiB of CSV unpacked": (
        SPREADSHEET_MEDIA_TYPES["zip"],
        lambda: zipped("demand.csv", b"".join(b"hyesan,soap,%d,%d\n" % (n, n * n) for n in range(40_000)), 120 * MIB),
    ),
    "xlsx, 380,000 rows of demand": (SPREADSHEET_MEDIA_TYPES["xlsx"], lambda: workbook(380_000)),
    "xlsx, 800,000 rows of demand": (SPREADSHEET_MEDIA_TYPES["xlsx"], lambda: workbook(800_000)),
}


def peak(process: int) -> int:
    """Most resident bytes that a process ever had."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def measure(media_type: str, body: bytes) -> tuple[int, float, int, int]:
    """Status, seconds, and the peak of the service's process before and after."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), solver_workers=0) as (address, process):
        before, begun = peak(process), time.perf_counter()
        answer = httpx2.post(f"{address}/v1/plans", content=body, headers={"Content-Type": media_type}, timeout=600)
        return answer.status_code, time.perf_counter() - begun, before, peak(process)


def main() -> int:
    """Print a table; fail on a 5xx."""
    print("| body | MiB sent | status | seconds | peak before, MiB | peak after, MiB |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    worst = 0
    for name, (media_type, make) in CASES.items():
        body = make()
        status, seconds, before, after = measure(media_type, body)
        sizes = f"{before / MIB:.0f} | {after / MIB:.0f}"
        print(f"| {name} | {len(body) / MIB:.1f} | {status} | {seconds:.2f} | {sizes} |", flush=True)
        worst = max(worst, status)
    return int(worst >= 500)


if __name__ == "__main__":
    sys.exit(main())
