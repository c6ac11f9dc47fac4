"""The row that docs/explanation/ryanggang.md gives to each year, computed from its plan."""

from dataclasses import dataclass, fields

from models.provinces import Province
from solvers.planning import PlanResult
from tests.ryanggang import solved_year


@dataclass(frozen=True)
class Story:
    """What a year comes to. Shares in per cent, by value."""

    served: float
    priority_1: float
    priority_2: float
    priority_3: float
    local: float
    power_gwh: float
    limit_gwh: float
    won_per_kwh: float
    given: float
    taken: float

    @classmethod
    def of(cls, result: PlanResult) -> "Story":
        """The figures of a finished plan; the price of a kWh is the mean over counties and months, weighted by their limits."""
        summary = result.plan.summary
        assert summary is not None
        by_priority = {share.key: 100 * share.share for share in summary.by_priority}
        power = result.tables["power"].to_pydict()
        limits, prices = power["limit"], power["price"]
        return cls(
            served=100 * summary.served_share,
            priority_1=by_priority["1"],
            priority_2=by_priority["2"],
            priority_3=by_priority["3"],
            local=100 * summary.local_share,
            power_gwh=summary.power_used_kwh / 1e6,
            limit_gwh=(summary.power_limit_kwh or 0.0) / 1e6,
            won_per_kwh=sum(a * b for a, b in zip(limits, prices, strict=True)) / sum(limits),
            given=summary.swapped_given / 1e3,
            taken=summary.swapped_taken / 1e3,
        )

    @classmethod
    def read(cls, text: str, year: str) -> "Story":
        """The row that begins with `year` in the table of the page."""
        line = next(line for line in text.splitlines() if line.startswith(f"| {year} |"))
        return cls(*(float(cell.replace(",", "")) for cell in line.strip(" |").split("|")[1:]))

    def row(self, year: str) -> str:
        """The row as the page should have it."""
        return f"| {year} | " + " | ".join(f"{getattr(self, field.name):,.1f}" for field in fields(self)) + " |"


def tell(province: Province, year: str) -> tuple[Story, str]:
    """The figures of a year and the outcome of its plan."""
    assert province.find_scenario(year)
    result = solved_year(year).result
    return Story.of(result), result.plan.outcome


def replace_row(text: str, year: str, story: Story) -> str:
    """The page with this row for a year, in place of its row, or after the last row of the table."""
    lines = text.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("| year | served |"))
    end = next(n for n in range(start, len(lines)) if not lines[n].startswith("|"))
    row = next((n for n in range(start, end) if lines[n].startswith(f"| {year} |")), end)
    lines[row : row + (row < end)] = [story.row(year)]
    return "\n".join(lines) + "\n"
