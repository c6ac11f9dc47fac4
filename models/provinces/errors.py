"""What can go wrong with provinces, beside what is wrong in their sheets (`InvalidProblemError`)."""


class ProvinceError(Exception):
    """A province, or its marks, could not be given."""


class UnknownProvinceError(ProvinceError):
    """No built-in province has that name."""


class InvalidMarksError(ProvinceError):
    """Marks or sources of figures are wrong; the message names every one by file, line and column."""
