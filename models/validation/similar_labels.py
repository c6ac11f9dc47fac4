"""Pairs of labels that are probably meant to be one: they differ in case, width, or one letter or syllable."""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from models.labels import fold_label, fold_words, split_letters

MAX_COMPARED_LABELS = 2_000
"""Largest number of labels that are compared letter by letter; more are compared in case, width and separators only."""

_MIN_WORD = 5
"""Fewest letters of a word in which one letter more, less or different is taken for a slip."""

_MIN_SYLLABLES = 4
"""Fewest syllables of a label in which any other syllable but the first is taken for a slip."""

_NUMBERING = frozenset("가나다라마바사아자차카타파하")
"""Syllables that number things as letters do; labels that differ in them are different."""

_PLURALS = ("들", "s")


class SimilarPair(NamedTuple):
    """Two labels that are probably meant to be one."""

    label: str
    """The later of the two."""
    other: str
    """The earlier of the two."""
    is_same_letters: bool
    """Whether they differ in nothing but case, width, separators, or letters of another script that look alike."""


def find_similar_pairs(labels: Iterable[str], *, by_letter: bool = True) -> Iterator[SimilarPair]:
    """Yield pairs of different labels that resemble each other; `by_letter` also compares letter by letter."""
    by_fold: dict[str, str] = {}
    for label in dict.fromkeys(labels):
        folded = fold_label(label)
        if folded in by_fold:
            yield SimilarPair(label, by_fold[folded], is_same_letters=True)
        else:
            by_fold[folded] = label
    if by_letter and len(by_fold) <= MAX_COMPARED_LABELS:
        by_words = {fold_words(label): label for label in by_fold.values()}
        for words, others in _find_near_pairs(list(by_words)):
            yield SimilarPair(by_words[words], by_words[others], is_same_letters=False)


def _find_near_pairs(folded: list[str]) -> Iterator[tuple[str, str]]:
    """Yield pairs one slip apart. Texts one letter apart share a text that lacks one of their letters."""
    seen: set[tuple[str, str]] = set()
    index: dict[str, list[str]] = {}
    for text in folded:
        letters = split_letters(text)
        shortened = {letters[:k] + letters[k + 1 :] for k in range(len(letters))}
        shortened |= {split_letters(text[:k] + text[k + 1 :]) for k in range(len(text))}
        for key in (letters, *sorted(shortened)):
            for other in index.get(key, ()):
                if (text, other) not in seen and is_slip_apart(text, other):
                    seen.add((text, other))
                    yield text, other
            index.setdefault(key, []).append(text)


def is_slip_apart(label: str, other: str) -> bool:
    """Whether two folded labels are one slip of the keyboard apart: a letter, a plural, or two letters exchanged."""
    shorter, longer = sorted((label, other), key=len)
    begin = next((k for k, pair in enumerate(zip(shorter, longer, strict=False)) if pair[0] != pair[1]), len(shorter))
    if len(longer) == len(shorter) + 1:
        is_inserted = shorter[begin:] == longer[begin + 1 :]
        return is_inserted and _is_letter_slip(longer, begin)
    if len(longer) != len(shorter) or begin == len(longer):
        return False
    if shorter[begin + 1 :] == longer[begin + 1 :]:
        return _is_substitution_slip(shorter, longer, begin)
    is_swap = shorter[begin] == longer[begin + 1] and shorter[begin + 1] == longer[begin]
    return (
        is_swap
        and shorter[begin + 2 :] == longer[begin + 2 :]
        and (_is_syllable(longer[begin]) or _measure_word(longer, begin) >= _MIN_WORD)
        and len(longer) > 2
    )


def _is_letter_slip(longer: str, position: int) -> bool:
    """Whether the letter at `position` may be there by mistake."""
    if position == len(longer) - 1 and longer.endswith(_PLURALS):
        return len(longer) > 2
    letter, is_last = longer[position], not longer[position + 1 : position + 2].isalpha()
    return letter.isalpha() and not is_last and not _is_syllable(letter) and _measure_word(longer, position) > _MIN_WORD


def _is_substitution_slip(label: str, other: str, position: int) -> bool:
    """Whether the letters at `position` may have been taken for each other."""
    pair = (label[position], other[position])
    if all(map(_is_syllable, pair)):
        parts = map(_split_syllable, pair)
        differing = sum(a != b for a, b in zip(*parts, strict=True))
        # A first syllable often distinguishes, as in 소학생 and 중학생; a later one of a long word seldom does.
        is_close = (differing == 1 and len(label) > 1) or (position > 0 and len(label) >= _MIN_SYLLABLES)
        return is_close and not _NUMBERING.issuperset(pair)
    is_letters = all(letter.isalpha() and not _is_syllable(letter) for letter in pair)
    # A last letter that differs usually numbers things, as in `pressA` and `pressB`.
    is_last = not label[position + 1 : position + 2].isalpha()
    return is_letters and not is_last and _measure_word(label, position) >= _MIN_WORD


def _is_syllable(character: str) -> bool:
    return "가" <= character <= "힣"


def _split_syllable(syllable: str) -> tuple[str, str, str]:
    """Split a Hangul syllable into its first consonant, vowel and last consonant, which may be empty."""
    letters = unicodedata.normalize("NFD", syllable)
    return letters[0], letters[1], letters[2:]


def _measure_word(text: str, position: int) -> int:
    """Count the letters of the word around `position`."""
    begin, end = position, position
    while begin and text[begin - 1].isalpha():
        begin -= 1
    while end < len(text) and text[end].isalpha():
        end += 1
    return end - begin
