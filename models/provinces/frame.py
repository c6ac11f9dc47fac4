"""What the other tables are read against: settings, periods and seasons of a province."""

from dataclasses import dataclass

from models.problem.policy import Policy, ShortageBand
from models.provinces.tables import Folder, Row

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
"""Columns of calendars.csv, one for each period of the plan, in order."""


@dataclass(frozen=True)
class Frame:
    """Settings, periods and calendars."""

    settings: dict[str, Row]
    """Rows of province.csv by key."""
    periods: tuple[str, ...]
    """Identifiers of the periods."""
    days: tuple[float, ...]
    """Days of each period."""
    power_factors: tuple[float, ...]
    """Factor of each period's power limit; their mean is 1."""
    calendars: dict[str, tuple[float, ...]]
    """Shares of the year by calendar, one per period."""

    def number(self, key: str) -> float:
        """A setting that is a number."""
        return self.settings[key].number("value") if key in self.settings else 0.0

    def text(self, key: str) -> str:
        """A setting as it stands."""
        return self.settings[key].text("value") if key in self.settings else ""

    def even(self) -> tuple[float, ...]:
        """Shares of the year by days."""
        total = sum(self.days) or 1.0
        return tuple(days / total for days in self.days)

    def season(self, row: Row, column: str) -> tuple[float, ...]:
        """The shares of the calendar named in a cell; by days if the cell is blank."""
        name = row.text(column)
        return (
            self.calendars[row.known(column, self.calendars, "calendar")]
            if name in self.calendars
            else self._even(row, column)
        )

    def _even(self, row: Row, column: str) -> tuple[float, ...]:
        if row.text(column) not in ("", "even"):
            row.known(column, self.calendars, "calendar")
        return self.even()


SETTINGS = ("name", "local_name", "notes", "years", "base_scenario", "gateways", "power_overhead", "making_cost", "holding_cost",
            "quality_weight", "priority_weights", "shortage_bands", "own_needs_first")  # fmt: skip
"""Keys that province.csv must have."""


def read_frame(folder: Folder) -> Frame:
    """Settings, periods and calendars from province.csv, periods.csv and calendars.csv."""
    settings = folder.keyed("province.csv", "key", "value")
    rows = folder.keyed("periods.csv", "period", "days", "power_factor")
    for row in list(rows.values())[len(MONTHS) :]:
        row.wrong("period", f"a province has at most {len(MONTHS)} periods, one for each column of calendars.csv")
    calendars = {}
    for name, row in folder.keyed("calendars.csv", "calendar", *MONTHS[: len(rows)]).items():
        shares = tuple(row.number(month) for month in MONTHS[: len(rows)])
        if abs(sum(shares) - 1) > 1e-9:
            row.wrong("", f"the shares sum to {sum(shares):.6g}, not 1")
        calendars[name] = shares
    frame = Frame(
        settings=settings,
        periods=tuple(rows),
        days=tuple(row.number("days") for row in rows.values()),
        power_factors=tuple(row.number("power_factor") for row in rows.values()),
        calendars=calendars,
    )
    missing = [key for key in SETTINGS if key not in settings]
    if settings and missing:
        next(iter(settings.values())).wrong("key", f"the file lacks {', '.join(missing)}")
    return frame


def read_policy(frame: Frame) -> Policy:
    """Weights, bands and rules of conduct from province.csv."""
    row = frame.settings["shortage_bands"]
    bands = []
    for word in row.words("value"):
        width, _, weight = word.partition(":")
        bands.append(ShortageBand(width=min(row.parse("value", width), 1.0), weight=row.parse("value", weight)))
    weights = frame.settings["priority_weights"].numbers("value")
    policy = row.build(
        Policy,
        shortage_bands=tuple(bands),
        priority_weights={str(rank + 1): weight for rank, weight in enumerate(weights)},
        own_needs_first=frame.settings["own_needs_first"].flag("value"),
        quality_weight=frame.number("quality_weight"),
    )
    return policy or Policy()
