"""A streaming XML parser: memory does not grow with the file, and entities are not expanded."""

from collections.abc import Iterable, Iterator
from typing import Protocol
from xml.parsers import expat

from service.core.errors import ContentTooLargeError
from service.spreadsheets.archive import InvalidFileError

_MAX_ELEMENTS = 12_000_000


class ElementHandler(Protocol):
    """Receives the elements of a file, by their names without a namespace."""

    def start_element(self, name: str, attributes: dict[str, str]) -> None:
        """Handle the start of an element."""
        ...

    def end_element(self, name: str) -> None:
        """Handle the end of an element."""
        ...

    def handle_text(self, text: str) -> None:
        """Handle a text within an element."""
        ...


def scan_elements(chunks: Iterable[bytes], handler: ElementHandler) -> Iterator[None]:
    """Give everything in an XML file to `handler`; yields after each chunk, so that the caller can take what was
    collected.

    Raises InvalidFileError for malformed XML or a DTD, ContentTooLargeError for more elements than any real file has.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    left = _MAX_ELEMENTS

    def forward_start(name: str, attributes: dict[str, str]) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise ContentTooLargeError(f"A sheet has more than {_MAX_ELEMENTS:,} elements.")
        handler.start_element(name.rpartition(":")[2], attributes)

    def reject_dtd(*_: object) -> None:
        raise InvalidFileError("The file has a document type definition, which workbooks never have.")

    parser.StartElementHandler = forward_start
    parser.EndElementHandler = lambda name: handler.end_element(name.rpartition(":")[2])
    parser.CharacterDataHandler = handler.handle_text
    parser.StartDoctypeDeclHandler = reject_dtd
    parser.EntityDeclHandler = reject_dtd
    try:
        for piece in chunks:
            parser.Parse(piece, False)
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        raise InvalidFileError(f"The file is not well-formed XML: {error}.") from error
    except (UnicodeDecodeError, LookupError) as error:
        raise InvalidFileError("The file is in an encoding that cannot be read.") from error
