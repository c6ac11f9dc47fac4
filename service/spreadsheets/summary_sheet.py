"""The summary sheet of a plan: outcome, certificate, objective, served shares, and infeasibility."""

from collections.abc import Iterator
from typing import Any

from models.plan import Infeasibility, Plan, PlanSummary, SolveStep
from service.spreadsheets.workbook import Sheet, WorkbookWriter

SummaryRow = tuple[tuple[Any, ...], str]
"""The cells of a row with their number format."""


def add_summary_sheet(book: WorkbookWriter, title: str, plan: str, ratified: str | None, head: Plan) -> Sheet:
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
                sheet.write_number(row, column, cell, book.formats[look])
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
        yield ("Objective, won",), "bold"
        yield ("value", head.objective.value), "number"
        if head.objective.before_rounding is not None:
            yield ("before_rounding", head.objective.before_rounding), "number"
        for name, value in head.objective.parts.model_dump().items():
            yield (f"of it {name}", value), "number"
        for goal in head.objective.goals:
            yield (f"goal {goal.goal}", goal.value, goal.tolerance_bound, goal.final_value), "number"


def _iterate_served_rows(summary: PlanSummary) -> Iterator[SummaryRow]:
    yield (), "text"
    yield ("At a glance",), "bold"
    for name in ("served_share", "local_share", "central_share"):
        yield (name, getattr(summary, name)), "share"
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
    groups = (
        ("category", summary.by_category),
        ("county", summary.by_county),
        ("priority", summary.by_priority),
        ("period", summary.by_period),
    )
    for group, rows in groups:
        yield (), "text"
        yield (f"Served by {group}", "needed, won", "served, won", "share of it"), "head"
        for one in rows:
            yield (one.key, one.demand, one.served, one.share), "number"
    yield (), "text"
    yield ("Served worst: county", "item", "needed", "served", "share of it"), "head"
    for worst in summary.worst_served:
        yield (worst.county, worst.item, worst.demand, worst.served, worst.share), "number"


def _iterate_infeasibility_rows(diagnosis: Infeasibility) -> Iterator[SummaryRow]:
    for title, rows in (
        ("These rules cannot hold together", diagnosis.conflict),
        ("The least that would make a plan possible", diagnosis.relaxations),
    ):
        yield (), "text"
        yield (title, "rule", "gives by", "unit"), "head"
        for one in rows:
            yield (one.text, one.rule, one.relaxation, one.unit), "number"
