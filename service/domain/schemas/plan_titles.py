"""Schemas of titles and tags of plans."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from models.base import Frozen, Label
from models.labels import normalise_raw_label

MAX_TAGS = 20
"""Maximum number of tags of a plan."""


class TitleBody(Frozen):
    """Title and tags of a plan."""

    title: Annotated[str, Field(max_length=200), BeforeValidator(normalise_raw_label)] = ""
    """Title for people, kept in the form of a label; empty for none."""
    tags: Annotated[tuple[Label, ...], Field(max_length=MAX_TAGS)] = ()
    """Labels by which people group plans; repeated ones count once."""


class TitleView(Frozen):
    """Title and tags of a plan."""

    plan: str
    """Identifier of the plan."""
    title: str
    """Title for people; empty without one."""
    tags: tuple[str, ...]
    """Labels by which people group plans."""
    version: int
    """Version: 1 before the first change, increased by one with every change; also the `ETag`."""
