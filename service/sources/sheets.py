"""Bodies that may be sheets: understood like JSON, with findings named by sheet, row and column."""

from collections.abc import Callable
from typing import TypeVar

from service.settings import Settings
from service.sheets.kinds import SheetKind
from service.sheets.opening import read_sheets
from service.web.bodies import Document, decode
from service.web.limits import refuse_if_too_big

Result = TypeVar("Result")


def understood(raw: bytes, kind: SheetKind | None, settings: Settings, work: Callable[[Document], Result]) -> Result:
    """What `work` makes of the document in a body: JSON, or a province in sheets of a kind.

    Raises InvalidProblem with everything wrong with the sheets and with the problem in them, before `work` is begun where the sheets
    are wrong; TooLarge, Unreadable.
    """
    if kind is None:
        return work(decode(raw))
    reading = read_sheets(raw, kind, settings)
    refuse_if_too_big(reading.problem, settings, "/problem")
    reading.refuse()
    with reading.located():
        return work(reading.document)
