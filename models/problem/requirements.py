"""Requirements: needs that several items can meet, such as energy, washing or grain."""

from models.base import Amount, ByLabel, Frozen, Id, Label, Name, PerPeriod, Share
from models.problem.items import DueDate, Priority


class BasketShare(Frozen):
    """Limits on the share of an item in what people take to meet a requirement."""

    least: Share = 0.0
    """Least share, 0 to 1; 0 by default. A least share of something scarce holds back everything else."""
    most: Share = 1.0
    """Greatest share, 0 to 1; 1 by default."""


class Requirement(Frozen):
    """A need that several items can meet; `provides` of an item states how much of it one unit provides."""

    id: Id
    """Identifier, unique among requirements."""
    name: Name = ""
    """Name in English; Allot shows the identifier if empty."""
    local_name: Name = ""
    """Name in the region's own language."""
    unit: Label = "unit"
    """Unit of the requirement, such as kcal or kg of rice equivalent."""
    value: Amount = 1.0
    """Value of one unit, in won; 1 by default. It is the weight of a shortage."""
    priority: Priority = 2
    """Priority class of a shortage: 1 first, 3 last; 2 by default."""
    importance: PerPeriod = 1.0
    """Factor on the weight of a shortage, by period; 1 by default."""
    norms: ByLabel[Label, Amount] = {}
    """Least amount per head and year, by population group."""
    most: ByLabel[Label, Amount] = {}
    """Greatest amount per head and year, by population group; no limit if absent. It is spread over the periods by
    `period_days`, and is never below the need of a period."""
    calendar: Label = "even"
    """Distribution of the plan's need over its periods: `even`, or a name in `calendars`."""
    carry_over: Share = 0.0
    """Share of a shortage that is needed again in the next period, 0 to 1; 0 (the default) if what is short is lost."""
    due: ByLabel[Id, DueDate] = {}
    """Part of the need that is due before a period ends, by period."""
    shares: ByLabel[Id, BasketShare] = {}
    """Least and greatest share of items in what people take to meet the requirement, by item."""
