"""Parts of a workbook as streams of XML: memory does not grow with a part, and entities are not expanded."""

import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import Protocol
from xml.parsers import expat

from service.core.errors import ContentTooLargeError
from service.spreadsheets.archive import InvalidFileError

_MAX_ELEMENTS = 12_000_000
_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_FORMAT_LITERALS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_ESCAPED_CHARACTER = re.compile(r"_x([0-9A-Fa-f]{4})_")


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


class XmlPart:
    """A part of which only attributes of elements matter."""

    def __init__(self) -> None:
        """Start empty."""
        self.path: list[str] = []

    def parse_chunks(self, chunks: Iterable[bytes]) -> None:
        """Parse the part."""
        for _ in scan_elements(chunks, self):
            pass

    def start_element(self, name: str, attributes: dict[str, str]) -> None:
        """Handle the start of an element."""
        self.path.append(name)
        self.handle_element(name, attributes)

    def end_element(self, _name: str) -> None:
        """Handle the end of an element."""
        self.path.pop()

    def handle_text(self, text: str) -> None:
        """Ignore text."""

    def handle_element(self, name: str, attributes: dict[str, str]) -> None:
        """Handle an element with its attributes; subclasses override it."""


class WorkbookPart(XmlPart):
    """`workbook.xml`: names of sheets with the identifiers of their parts."""

    def __init__(self) -> None:
        """Start without sheets."""
        super().__init__()
        self.sheets: list[tuple[str, str]] = []

    def handle_element(self, name: str, attributes: dict[str, str]) -> None:
        """Record a sheet."""
        if name == "sheet":
            identifier = next((value for key, value in attributes.items() if key.rpartition(":")[2] == "id"), "")
            self.sheets.append((attributes.get("name", ""), identifier))


class RelationshipsPart(XmlPart):
    """`….rels`: addresses of parts, by identifier and by type."""

    def __init__(self, base: str) -> None:
        """Resolve addresses relative to the folder `base`."""
        super().__init__()
        self._base = base
        self.targets: dict[str, str] = {}
        self.types: dict[str, str] = {}

    def handle_element(self, name: str, attributes: dict[str, str]) -> None:
        """Record the address of a part."""
        target = attributes.get("Target", "")
        if name == "Relationship" and target and attributes.get("TargetMode") != "External":
            path = posixpath.normpath(posixpath.join("/", self._base, target)).lstrip("/")
            self.targets[attributes.get("Id", "")] = path
            self.types.setdefault(attributes.get("Type", "").rpartition("/")[2], path)


class StylesPart(XmlPart):
    """`styles.xml`: cell formats that show dates or times."""

    def __init__(self) -> None:
        """Start without formats."""
        super().__init__()
        self._codes: dict[str, bool] = {}
        self._formats: list[str] = []

    def handle_element(self, name: str, attributes: dict[str, str]) -> None:
        """Record a number format or a cell format."""
        if name == "numFmt":
            code = _FORMAT_LITERALS.sub("", attributes.get("formatCode", "")[:500]).lower()
            self._codes[attributes.get("numFmtId", "")] = any(sign in code for sign in "ymdhs")
        elif name == "xf" and self.path[-2:-1] == ["cellXfs"]:
            self._formats.append(attributes.get("numFmtId", "0"))

    def list_date_styles(self) -> frozenset[str]:
        """List the styles, by number, that show dates."""
        return frozenset(
            str(n) for n, one in enumerate(self._formats) if self._codes.get(one, _is_builtin_date_format(one))
        )


def _is_builtin_date_format(identifier: str) -> bool:
    return identifier.isascii() and identifier.isdigit() and len(identifier) < 6 and int(identifier) in _DATE_FORMATS


class SharedStringsPart(XmlPart):
    """`sharedStrings.xml`: texts by number; runs are joined, phonetic readings ignored."""

    def __init__(self) -> None:
        """Start without texts."""
        super().__init__()
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._phonetic_depth = 0

    def handle_element(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002
        """Begin a text."""
        if name == "si":
            self._parts = []
        self._phonetic_depth += name == "rPh"

    def end_element(self, name: str) -> None:
        """End a text."""
        super().end_element(name)
        self._phonetic_depth -= name == "rPh"
        if name == "si":
            self.texts.append(unescape_text("".join(self._parts)))

    def handle_text(self, text: str) -> None:
        """Append to a text."""
        if self.path[-1:] == ["t"] and not self._phonetic_depth:
            self._parts.append(text)


def unescape_text(text: str) -> str:
    """Decode `_xHHHH_` to the characters that they stand for; unpaired surrogates stay as they are written."""
    if "_x" not in text:
        return text
    return _ESCAPED_CHARACTER.sub(lambda found: _decode_character(found[0], int(found[1], 16)), text)


def _decode_character(written: str, code: int) -> str:
    return written if 0xD800 <= code <= 0xDFFF else chr(code)
