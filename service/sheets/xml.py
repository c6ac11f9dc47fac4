"""Reading XML as it comes, without a tree: memory does not grow with the file, and there are no entities to expand."""

from collections.abc import Iterable, Iterator
from typing import Protocol
from xml.parsers import expat

from service.errors import TooLarge
from service.sheets.archive import BadFile

_MOST_ELEMENTS = 12_000_000


class Handler(Protocol):
    """What is told of elements, by their names without a namespace."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        ...

    def end(self, name: str) -> None:
        """An element ends."""
        ...

    def text(self, text: str) -> None:
        """A piece of text within an element."""
        ...


def scan(pieces: Iterable[bytes], handler: Handler) -> Iterator[None]:
    """Tell `handler` of everything in an XML file; yields after each piece, so that what was gathered can be taken.

    Raises BadFile for what is not well-formed or has a DTD, TooLarge for more elements than any real file has.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    left = _MOST_ELEMENTS

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise TooLarge(f"A sheet has more than {_MOST_ELEMENTS:,} elements.")
        handler.start(name.rpartition(":")[2], attributes)

    def refuse_dtd(*_: object) -> None:
        raise BadFile("The file has a document type definition, which workbooks never have.")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda name: handler.end(name.rpartition(":")[2])
    parser.CharacterDataHandler = handler.text
    parser.StartDoctypeDeclHandler = refuse_dtd
    parser.EntityDeclHandler = refuse_dtd
    try:
        for piece in pieces:
            parser.Parse(piece, False)
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        raise BadFile(f"The file is not well-formed XML: {error}.") from error
    except (UnicodeDecodeError, LookupError) as error:
        raise BadFile("The file is in an encoding that cannot be read.") from error
