"""A plan as a workbook: index, summary, names, tables, and a sheet with the quotas of every factory."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import IO, Any

import pyarrow as pa

from models.plan import Plan
from models.problem.planning_problem import PlanningProblem
from service.spreadsheets.quota_sheets import FactoryQuotas, add_factory_sheet
from service.spreadsheets.summary_sheet import add_summary_sheet
from service.spreadsheets.table_sheets import add_table_sheets
from service.spreadsheets.workbook import Sheet, WorkbookWriter, open_workbook

TableOpener = Callable[[], tuple[pa.Schema, Iterable[pa.RecordBatch]]]
"""Opens a table: its columns, and its rows in batches."""


@dataclass(frozen=True, slots=True)
class PlanWorkbookContent:
    """The content of a workbook."""

    title: str
    """Title of the plan."""
    plan: str
    """Its identifier; empty for a plan that is not stored."""
    ratified: str | None
    """Digest of the ratified plan; None if it is not ratified."""
    head: Plan
    """The plan without its tables."""
    problem: PlanningProblem
    """Its problem."""
    tables: Mapping[str, TableOpener]
    """Its tables."""


def write_plan_workbook(file: PlanWorkbookContent) -> IO[bytes]:
    """Write the workbook to a temporary file."""
    with open_workbook(file.title) as (book, sink):
        index = book.add_sheet("Index")
        links: list[tuple[str, str]] = []
        links.append(
            (
                _get_sheet_name(add_summary_sheet(book, file.title, file.plan, file.ratified, file.head)),
                "The plan at a glance, with its proof",
            )
        )
        links.append(
            (_get_sheet_name(_add_names_sheet(book, file.problem)), "Identifiers with names in English and Korean")
        )
        for name, source in file.tables.items():
            schema, batches = source()
            links += [(one, f"Table {name}") for one in add_table_sheets(book, name, schema, batches)]
        if "quotas" in file.tables:
            quotas = FactoryQuotas.from_batches(*file.tables["quotas"]())
            for factory in file.problem.factories:
                sheet = add_factory_sheet(book, file.problem, factory, quotas, _describe_status(file))
                links.append((_get_sheet_name(sheet), f"{factory.name or factory.id} {factory.local_name}".strip()))
        _fill_index(book, index, file, links)
    return sink


def _get_sheet_name(sheet: Sheet) -> str:
    return str(sheet.get_name())


def _describe_status(file: PlanWorkbookContent) -> str:
    """Describe in one line which plan this is and the state of its approval."""
    name = f"Plan {file.plan}" if file.plan else "Plan"
    return f"{name} · {file.title} · " + (f"ratified {file.ratified}" if file.ratified else "not ratified")


def _fill_index(book: WorkbookWriter, index: Sheet, file: PlanWorkbookContent, links: list[tuple[str, str]]) -> None:
    index.set_column(0, 0, 34)
    index.set_column(1, 1, 80)
    index.write_string(0, 0, file.title, book.formats["title"])
    index.write_string(1, 0, _describe_status(file), book.formats["small"])
    index.write_texts(3, ["Sheet", "What is on it"], book.formats["head"])
    for row, (name, about) in enumerate(links, 4):
        quoted = name.replace("'", "''")
        index.write_url(row, 0, f"internal:'{quoted}'!A1", book.formats["link"], name)
        index.write_string(row, 1, about)
    index.freeze_panes(4, 0)


def _add_names_sheet(book: WorkbookWriter, problem: PlanningProblem) -> Sheet:
    sheet = book.add_sheet("names")
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 4, 24)
    sheet.write_texts(0, ["kind", "id", "name", "local_name", "unit"], book.formats["head"])
    kinds: tuple[tuple[str, Iterable[Any]], ...] = (
        ("item", problem.items),
        ("county", problem.counties),
        ("station", problem.stations),
        ("factory", problem.factories),
        ("partner", problem.partners),
    )
    row = 0
    for kind, members in kinds:
        for one in members:
            row += 1
            sheet.write_texts(row, [kind, one.id, one.name, one.local_name, getattr(one, "unit", "")])
    sheet.autofilter(0, 0, max(row, 1), 4)
    return sheet
