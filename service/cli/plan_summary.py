"""The summary of a plan on the terminal."""

from rich.console import Console
from rich.table import Table

from models.number_text import format_amount
from models.plan import Infeasibility, ObjectiveTerms, Plan, PlanSummary, ServedShare, ServedSpread
from service.core.share_text import format_share
from solvers.lp.solution import Progress


def format_progress(progress: Progress) -> str:
    """Describe the progress of a solve in one line."""
    parts = [progress.stage]
    if progress.iteration:
        parts.append(f"iteration {progress.iteration:,}")
    if progress.objective is not None:
        parts.append(f"objective {progress.objective:,.0f}")
    return " · ".join(parts)


def print_plan(name: str, head: Plan, console: Console) -> None:
    """Print outcome, certificate, served shares and solution steps."""
    from service.spreadsheets.plan_workbook import describe_steps

    console.print(f"[bold]{name}[/bold]: {head.outcome} ({head.termination.detail or head.termination.reason})")
    if head.certificate is not None:
        proof = head.certificate
        word = "passed" if proof.passed else "not passed"
        console.print(
            f"certificate {word}: primal residual {proof.primal_residual:.1e}, "
            f"dual residual {proof.dual_residual:.1e}, gap {proof.gap:.1e}"
        )
    if head.objective is not None:
        parts = head.objective.parts
        level = (
            f", rate changes {parts.rate_changes:,.2f}, left over {parts.left_over:,.2f}" if _is_level(parts) else ""
        )
        console.print(
            f"objective {head.objective.value:,.2f} weighted won, of it shortage {parts.shortage:,.2f}{level}"
        )
        if head.rounding_cost is not None:
            console.print(
                f"whole units: {head.objective.before_rounding:,.2f} weighted won before rounding; "
                f"proved gap {head.objective.rounding_gap:.1e}"
            )
    if head.summary is not None:
        _print_summary(head.summary, console)
    if head.infeasibility is not None:
        print_infeasibility(head.infeasibility, console)
    seconds = ", ".join(f"{stage} {value:.2f}" for stage, value in head.timings.items())
    steps = describe_steps(head.solver.strategy)
    console.print(f"{head.solver.name} {head.solver.version}; {steps}; seconds: {seconds}")


def _is_level(parts: ObjectiveTerms) -> bool:
    return parts.rate_changes > 0 or parts.left_over > 0


def format_gini(gini: float | None) -> str:
    """Format a Gini coefficient by four digits; `none` without one."""
    return "none" if gini is None else f"{gini:.4f}"


def format_spread(spread: ServedSpread | None) -> str:
    """Describe the good that counties get least alike, such as `soap: 20 % in kapsan, 60 % in hyesan`."""
    if spread is None:
        return "none"
    least, most = format_share(spread.least_share), format_share(spread.most_share)
    return f"{spread.item}: {least} in {spread.least_county}, {most} in {spread.most_county}"


def _print_summary(summary: PlanSummary, console: Console) -> None:
    for title, rows in (
        ("priority", summary.by_priority),
        ("category", summary.by_category),
        ("county", summary.by_county),
    ):
        console.print(_build_served_table(title, rows))
    worst = Table("county", "item", "needed", "served", "share", title="Lowest served shares")
    for row in summary.worst_served:
        worst.add_row(row.county, row.item, f"{row.demand:,.0f}", f"{row.served:,.0f}", format_share(row.share))
    console.print(worst)
    limit = "no limit" if summary.power_limit_kwh is None else f"{summary.power_limit_kwh:,.0f} kWh"
    facts = Table("", "", show_header=False, title="Summary")
    for name, value in (
        ("served, by value", format_share(summary.served_share)),
        *_list_requirement_facts(summary),
        ("in time", "nothing is due" if summary.in_time_share is None else format_share(summary.in_time_share)),
        ("inequality (Gini)", format_gini(summary.gini)),
        ("greatest spread", format_spread(summary.greatest_spread)),
        ("made locally", format_share(summary.local_share)),
        ("from the centre", format_share(summary.central_share)),
        *((("quality, by value", format_share(summary.quality.quality)),) if summary.quality is not None else ()),
        ("power used", f"{summary.power_used_kwh:,.0f} kWh of {limit}"),
        ("transported", f"{summary.tonnes:,.0f} t, {summary.tonne_km:,.0f} tkm"),
        ("swapped", f"{summary.swapped_given:,.0f} won given, {summary.swapped_taken:,.0f} won taken"),
    ):
        facts.add_row(name, value)
    console.print(facts)


def _build_served_table(title: str, rows: tuple[ServedShare, ...]) -> Table:
    table = Table(title, "needed, won", "served, won", "share", title=f"Served by {title}")
    for row in rows:
        table.add_row(row.key, f"{row.demand:,.0f}", f"{row.served:,.0f}", format_share(row.share))
    return table


def print_infeasibility(found: Infeasibility, console: Console) -> None:
    """Print the constraints in conflict, and the least relaxation."""
    console.print("These constraints conflict:")
    for row in found.conflict:
        console.print(f"- {row.text}", soft_wrap=True)
    console.print("Least relaxation" + (", verified by a solve:" if found.verified else ":"))
    for row in found.relaxations:
        console.print(f"- by {format_amount(row.relaxation)} {row.unit}: {row.text}", soft_wrap=True)


def _list_requirement_facts(summary: PlanSummary) -> list[tuple[str, str]]:
    """Return how far requirements are met, and which least; nothing without requirements."""
    met = summary.requirements
    if met is None:
        return []
    least = met.least_met
    text = "none is short" if least is None else f"{least.item} in {least.county}: {format_share(least.share)}"
    return [("requirements met", format_share(met.served_share)), ("least met", text)]
