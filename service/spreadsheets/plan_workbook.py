"""A plan as a workbook: index, summary, names, tables, and a sheet for every county and factory."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

from models.baskets import summarize_baskets
from models.plan import Infeasibility, Plan, PlanSummary, SolveStep
from models.problem.planning_problem import PlanningProblem
from service.spreadsheets.basket_sheet import add_basket_sheet
from service.spreadsheets.plan_sheets import PlanSheets
from service.spreadsheets.sheet_figures import SheetFigures, TableOpener
from service.spreadsheets.workbook import Sheet, WorkbookWriter, open_workbook

SummaryRow = tuple[tuple[Any, ...], str]
"""The cells of a row with their number format; a `_ShareCell` has its own."""


class _ShareCell(float):
    """A share, shown in per cent."""


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


_TABLE_SHEET_NAMES = {"baskets": "basket rows"}
"""Sheets of tables whose own name another sheet has: names of sheets differ by more than capitals."""


def write_plan_workbook(file: PlanWorkbookContent) -> IO[bytes]:
    """Write the workbook to a temporary file."""
    with open_workbook(file.title) as (book, sink):
        index = book.add_sheet("Index")
        links: list[tuple[str, str]] = []
        links.append(
            (
                _get_sheet_name(_add_summary_sheet(book, file.title, file.plan, file.ratified, file.head)),
                "The plan at a glance, with its proof",
            )
        )
        links.append(
            (_get_sheet_name(_add_names_sheet(book, file.problem)), "Identifiers with names in English and Korean")
        )
        if file.problem.requirements and "baskets" in file.tables:
            rows = (_iterate_table_rows(file.tables[name]) for name in ("requirements", "baskets"))
            name = _get_sheet_name(add_basket_sheet(book, file.problem, summarize_baskets(file.problem, *rows)))
            links.append((name, "How far requirements are met, and what people take"))
        for name, source in file.tables.items():
            schema, batches = source()
            title = _TABLE_SHEET_NAMES.get(name, name) if file.problem.requirements else name
            links += [(one, f"Table {name}") for one in book.add_table(title, schema, batches)]
        if "quotas" in file.tables:
            sheets = PlanSheets(book, file.problem, SheetFigures.from_tables(file.tables), _describe_status(file))
            for county in file.problem.counties:
                name = _get_sheet_name(sheets.add_county_sheet(county))
                links.append((name, f"{county.name or county.id} {county.local_name}".strip()))
            for factory in file.problem.factories:
                name = _get_sheet_name(sheets.add_factory_sheet(factory))
                links.append((name, f"{factory.name or factory.id} {factory.local_name}".strip()))
        _fill_index(book, index, file, links)
    return sink


def _iterate_table_rows(source: TableOpener) -> Iterator[Mapping[str, Any]]:
    """Yield the rows of a table by column."""
    _, batches = source()
    for batch in batches:
        yield from batch.to_pylist()


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
        ("requirement", problem.requirements),
        ("county", problem.counties),
        ("station", problem.stations),
        ("factory", problem.factories),
        ("partner", problem.partners),
        ("budget", problem.budgets),
    )
    row = 0
    for kind, members in kinds:
        for one in members:
            row += 1
            sheet.write_texts(row, [kind, one.id, one.name, one.local_name, getattr(one, "unit", "")])
    sheet.autofilter(0, 0, max(row, 1), 4)
    return sheet


def _add_summary_sheet(book: WorkbookWriter, title: str, plan: str, ratified: str | None, head: Plan) -> Sheet:
    """Write the summary."""
    sheet = book.add_sheet("Summary")
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 4, 22)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.write_string(0, 0, title, book.formats["title"])
    for row, (cells, look) in enumerate(_iterate_summary_rows(plan, ratified, head), 1):
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                bold = look in ("head", "bold")
                sheet.write_string(row, column, cell, book.formats[look] if bold else None)
            elif cell is not None:
                number_format = book.find_share_format(cell) if isinstance(cell, _ShareCell) else book.formats[look]
                sheet.write_number(row, column, cell, number_format)
    return sheet


def describe_steps(steps: tuple[SolveStep, ...]) -> str:
    """Describe the steps of a solve in one line, grouped by stage."""
    stages: dict[str, list[str]] = {}
    for step in steps:
        start = " from a basis" if step.warm_start else ""
        outcome = "" if step.outcome == "optimal" else f", {step.outcome}"
        text = f"{step.algorithm}{start} ({step.seconds:.2f} s, {step.iterations:,} iterations{outcome})"
        stages.setdefault(step.stage, []).append(text)
    return "; ".join(f"{stage}: {', '.join(texts)}" for stage, texts in stages.items())


def _iterate_summary_rows(plan: str, ratified: str | None, head: Plan) -> Iterator[SummaryRow]:
    yield ("Plan", plan), "text"
    yield ("Ratified", ratified or "no"), "text"
    yield ("Outcome", head.outcome), "text"
    yield ("Why it stopped", head.termination.detail or head.termination.reason), "text"
    yield ("Solver", f"{head.solver.name} {head.solver.version}", describe_steps(head.solver.strategy)), "text"
    yield from _iterate_certificate_rows(head)
    if head.summary is not None:
        yield from _iterate_served_rows(head.summary)
    if head.infeasibility is not None:
        yield from _iterate_infeasibility_rows(head.infeasibility)


def _iterate_certificate_rows(head: Plan) -> Iterator[SummaryRow]:
    if head.certificate is not None:
        proof = head.certificate
        yield (), "text"
        yield ("Certificate", "passed" if proof.passed else "not passed"), "bold"
        for name in ("primal_residual", "dual_residual", "gap", "tolerance"):
            yield (name, getattr(proof, name)), "tiny"
        for name in ("primal_objective", "dual_objective"):
            yield (name, getattr(proof, name)), "number"
    if head.objective is not None:
        yield (), "text"
        yield ("Objective, weighted won",), "bold"
        yield ("value", head.objective.value), "number"
        yield ("before_rounding", head.objective.before_rounding), "number"
        yield ("rounding_gap", head.objective.rounding_gap), "tiny"
        for name, value in head.objective.parts.model_dump().items():
            yield (f"of it {name}", value), "number"
        for goal in head.objective.goals:
            yield (f"goal {goal.goal}", goal.value, goal.tolerance_bound, goal.final_value), "number"


def _iterate_served_rows(summary: PlanSummary) -> Iterator[SummaryRow]:
    yield (), "text"
    yield ("At a glance",), "bold"
    for name in ("served_share", "in_time_share", "local_share", "central_share"):
        share = getattr(summary, name)
        yield (name, None if share is None else _ShareCell(share)), "number"
    facts = (
        "demand_value",
        "power_used_kwh",
        "power_limit_kwh",
        "tonnes",
        "tonne_km",
        "swapped_given",
        "swapped_taken",
    )
    for name in facts:
        yield (name, getattr(summary, name)), "number"
    yield from _iterate_inequality_rows(summary)
    if summary.requirements is not None:
        yield ("requirements met", _ShareCell(summary.requirements.served_share)), "number"
    groups = (
        ("category", summary.by_category),
        ("county", summary.by_county),
        ("priority", summary.by_priority),
        ("period", summary.by_period),
        *((("requirement", summary.requirements.by_requirement),) if summary.requirements is not None else ()),
    )
    quality = _collect_quality(summary)
    for group, rows in groups:
        yield (), "text"
        has_quality = group in ("category", "county")
        yield (
            (f"Served by {group}", "needed, won", "served, won", "share of it", *(("quality",) if has_quality else ())),
            "head",
        )
        for one in rows:
            served = (one.key, one.demand, one.served, _ShareCell(one.share))
            yield (*served, *((quality.get((group, one.key)),) if has_quality else ())), "number"
    if summary.quality is not None:
        yield (), "text"
        yield ("Quality of what people get", "delivered, won", "quality, 0 to 1"), "head"
        yield ("all goods", sum(one.value for one in summary.quality.by_source), summary.quality.quality), "number"
        for source in summary.quality.by_source:
            yield (f"from {source.key}", source.value, source.quality), "number"
    yield (), "text"
    yield ("Served worst: county", "item", "needed", "served", "share of it"), "head"
    for worst in summary.worst_served:
        yield (worst.county, worst.item, worst.demand, worst.served, _ShareCell(worst.share)), "number"


def _collect_quality(summary: PlanSummary) -> dict[tuple[str, str], float]:
    """Return the quality of what people get, by group (county, category) and key."""
    if summary.quality is None:
        return {}
    groups = (("county", summary.quality.by_county), ("category", summary.quality.by_category))
    return {(group, one.key): one.quality for group, rows in groups for one in rows}


def _iterate_inequality_rows(summary: PlanSummary) -> Iterator[SummaryRow]:
    if summary.gini is not None:
        yield ("gini", summary.gini), "coefficient"
    if summary.greatest_spread is not None:
        widest = summary.greatest_spread
        yield ("greatest_spread", _ShareCell(widest.spread), widest.item), "number"
        yield ("least served there", _ShareCell(widest.least_share), widest.least_county), "number"
        yield ("most served there", _ShareCell(widest.most_share), widest.most_county), "number"


def _iterate_infeasibility_rows(diagnosis: Infeasibility) -> Iterator[SummaryRow]:
    for title, rows in (
        ("These rules cannot hold together", diagnosis.conflict),
        ("The least that would make a plan possible", diagnosis.relaxations),
    ):
        yield (), "text"
        yield (title, "rule", "gives by", "unit"), "head"
        for one in rows:
            yield (one.text, one.rule, one.relaxation, one.unit), "number"
