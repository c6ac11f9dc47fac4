"""Labels: one form for texts that look alike, and a form that shows what cannot be seen.

Labels, identifiers and names come from keyboards, spreadsheets and web pages. The same word may arrive composed or
decomposed (NFC, NFD), with blanks around it, with no-break spaces, or with characters without width. `normalise_label`
gives all of them one form, so that they are one label.
"""

import re
import unicodedata

_SPACES = "\u115f\u1160\u2800\u3164\uffa0"
"""Characters that look like a space although Unicode does not call them one: fillers of Hangul, and the blank pattern of
braille."""

_KEPT_SPACES = re.compile(rf"[\s{_SPACES}]+")

_LOOKALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТХУаеорсухіјѕһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧονρ", "ABESIJKMHOPCTXYaeopcyxijshdqwABEZHIKMNOPTYXovp"
)
"""Cyrillic and Greek letters that look like Latin ones."""

_LATIN = re.compile(r"[A-Za-z]")


def normalise_label(text: str) -> str:
    """Return the form in which a label is kept.

    The form is composed (NFC) and has no characters without width. Every run of white space is one space, and there is
    none at the ends. A text in this form is returned itself.
    """
    if text.isascii() and text.isprintable() and "  " not in text and text[:1] != " " and text[-1:] != " ":
        return text
    composed = unicodedata.normalize("NFC", _KEPT_SPACES.sub(" ", text))
    visible = "".join(character for character in composed if not _is_without_width(character))
    kept = _KEPT_SPACES.sub(" ", unicodedata.normalize("NFC", visible)).strip()
    return text if kept == text else kept


def normalise_raw_label(value: object) -> object:
    """Return the form of a text in which it is kept; anything else is returned itself, for the models to reject."""
    return normalise_label(value) if isinstance(value, str) else value


def _is_without_width(character: str) -> bool:
    """Whether a character takes no room: control and format characters, and selectors of variants."""
    return unicodedata.category(character) in ("Cc", "Cf") or "\ufe00" <= character <= "\ufe0f"


def show_invisible(text: str) -> str:
    r"""Return a text in which everything that cannot be seen is escaped, such as `school\xa0` or `\u200b`.

    Letters of other scripts that look like Latin ones are escaped where they stand beside Latin letters.
    """
    if text.isascii() and text.isprintable() and text == text.strip():
        return text
    is_mixed = _LATIN.search(text) is not None
    shown = "".join(
        _escape(character)
        if _is_invisible(character) or (is_mixed and character.translate(_LOOKALIKES) != character)
        else character
        for character in text
    )
    core = shown.strip(" ")
    if not core:
        return _escape(" ") * len(shown)
    begin = len(shown) - len(shown.lstrip(" "))
    return _escape(" ") * begin + core + _escape(" ") * (len(shown) - begin - len(core))


def _is_invisible(character: str) -> bool:
    return character != " " and (not character.isprintable() or character in _SPACES or _is_without_width(character))


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def fold_label(text: str) -> str:
    """Return the same text for labels that differ only in case, width, separators, or letters that look alike.

    Separators between digits count, so that `1-2` and `12` differ.
    """
    spaced = fold_words(text)
    return re.sub(r"(?<!\d) | (?!\d)", "", spaced) or spaced


def fold_words(text: str) -> str:
    """Return the words of a label in one case and width, with a space for every run of separators."""
    wide = unicodedata.normalize("NFKC", normalise_label(text)).translate(_LOOKALIKES).casefold()
    return unicodedata.normalize("NFC", re.sub(r"[\s_.·-]+", " ", wide))


def split_letters(text: str) -> str:
    """Return a text with every Hangul syllable split into its letters, for comparisons letter by letter."""
    return unicodedata.normalize("NFD", text)
