"""Verse, and other short lines that speak: the line model takes them for names of a menu, for it has seen few of them.

Menus and lists name things; verse says something. Its lines hold the small words and the endings that sentences are held
together by, and in scripts with capitals many begin in the middle of a sentence. Refuses to judge single lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrubber.detect.scan import Scan


#: So many lines make verse, if at least this share of them (thousandths) speaks.
_LEAST_LINES, _SPEAKING_SHARE = 6, 500
#: So many lines that do not speak may stand between two that do.
_SILENT_LINES = 2
#: In scripts with capitals this share (thousandths) of the lines begins in the middle of a sentence.
_GOES_ON_SHARE = 200
#: The longest line, and the longest that lines are on average, in code points: with spaces, and of Han and kana.
_MOST_CHARS, _MOST_ON_AVERAGE = 70, 48
_MOST_DENSE_CHARS, _MOST_DENSE_ON_AVERAGE = 24, 14
_LEAST_WORDS = 3
#: More lines with a number than this share (thousandths) are no verse.
_NUMBERED_SHARE = 200

_DIGIT = re.compile(r"\d")
_HAN = re.compile("[的了着著我你他她它们們这那這不没沒也都就还還又把被像得从從向吗嗎呢吧啊]")
_KANA = re.compile("[^ぁ-ん][をがはにへでも]|[たるうくすむぬてだい]$")
_HANGUL = re.compile(r"[가-힣](?:은|는|이|가|을|를|에|로|와|과|도|며|고|서|다|네|요|까|데|듯|듯이|면|던)(?: |$)")
_SMALL_WORDS = frozenset(
    # en de fr es pt it ru
    [
        "the",
        "a",
        "an",
        "and",
        "but",
        "or",
        "of",
        "to",
        "in",
        "on",
        "at",
        "by",
        "from",
        "with",
        "for",
        "as",
        "is",
        "was",
        "are",
        "were",
        "be",
        "been",
        "i",
        "you",
        "he",
        "she",
        "it",
        "we",
        "they",
        "my",
        "your",
        "his",
        "her",
        "its",
        "our",
        "their",
        "me",
        "him",
        "them",
        "us",
        "that",
        "this",
        "who",
        "when",
        "where",
        "not",
        "no",
        "so",
        "if",
        "then",
        "there",
        "till",
        "until",
        "before",
        "after",
        "like",
        "would",
        "could",
        "der",
        "die",
        "das",
        "den",
        "dem",
        "des",
        "ein",
        "eine",
        "einen",
        "und",
        "oder",
        "aber",
        "nicht",
        "ich",
        "du",
        "er",
        "sie",
        "es",
        "wir",
        "ihr",
        "mich",
        "dich",
        "ihn",
        "mein",
        "dein",
        "sein",
        "ist",
        "war",
        "im",
        "am",
        "zum",
        "zur",
        "von",
        "mit",
        "auf",
        "aus",
        "bei",
        "nach",
        "vor",
        "wie",
        "wenn",
        "als",
        "noch",
        "nur",
        "so",
        "was",
        "wo",
        "bis",
        "über",
        "unter",
        "um",
        "le",
        "la",
        "les",
        "un",
        "une",
        "des",
        "du",
        "de",
        "et",
        "ou",
        "mais",
        "que",
        "qui",
        "ne",
        "pas",
        "je",
        "tu",
        "il",
        "elle",
        "on",
        "nous",
        "vous",
        "ils",
        "mon",
        "ma",
        "mes",
        "son",
        "sa",
        "ses",
        "ce",
        "cette",
        "est",
        "dans",
        "sur",
        "par",
        "pour",
        "avec",
        "sans",
        "comme",
        "quand",
        "si",
        "au",
        "aux",
        "en",
        "y",
        "se",
        "me",
        "te",
        "el",
        "los",
        "las",
        "una",
        "unos",
        "y",
        "o",
        "pero",
        "no",
        "yo",
        "tú",
        "él",
        "ella",
        "me",
        "te",
        "se",
        "mi",
        "tu",
        "su",
        "sus",
        "es",
        "era",
        "en",
        "con",
        "por",
        "para",
        "sin",
        "como",
        "cuando",
        "si",
        "al",
        "del",
        "lo",
        "que",
        "os",
        "as",
        "um",
        "uma",
        "e",
        "ou",
        "mas",
        "não",
        "eu",
        "ele",
        "ela",
        "meu",
        "minha",
        "teu",
        "seu",
        "sua",
        "é",
        "era",
        "em",
        "no",
        "na",
        "nos",
        "nas",
        "com",
        "por",
        "para",
        "sem",
        "como",
        "quando",
        "se",
        "ao",
        "do",
        "da",
        "il",
        "lo",
        "gli",
        "un",
        "una",
        "e",
        "o",
        "ma",
        "non",
        "io",
        "lui",
        "lei",
        "mi",
        "ti",
        "si",
        "mio",
        "mia",
        "suo",
        "sua",
        "è",
        "era",
        "nel",
        "nella",
        "con",
        "per",
        "da",
        "come",
        "quando",
        "se",
        "al",
        "del",
        "della",
        "che",
        "и",
        "а",
        "но",
        "или",
        "не",
        "ни",
        "на",
        "в",
        "во",
        "с",
        "со",
        "к",
        "ко",
        "о",
        "об",
        "от",
        "до",
        "из",
        "за",
        "по",
        "под",
        "над",
        "у",
        "я",
        "ты",
        "он",
        "она",
        "оно",
        "мы",
        "вы",
        "они",
        "мой",
        "моя",
        "твой",
        "её",
        "его",
        "их",
        "меня",
        "тебя",
        "мне",
        "тебе",
        "ему",
        "ей",
        "нам",
        "вам",
        "им",
        "что",
        "кто",
        "как",
        "где",
        "когда",
        "уже",
        "ещё",
        "лишь",
        "бы",
        "же",
        "ли",
        "то",
        "так",
        "был",
        "была",
        "было",
        "были",
    ]
)
_JOINING = frozenset(
    [
        "and",
        "but",
        "or",
        "nor",
        "of",
        "till",
        "until",
        "und",
        "oder",
        "doch",
        "et",
        "ou",
        "mais",
        "ni",
        "y",
        "pero",
        "e",
        "mas",
        "ma",
        "и",
        "а",
        "но",
        "или",
    ]
)
_WORDS = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ELIDED = re.compile(r"(?:[cdjlmnst]|qu)['’]|['’](?:s|ll|d|re|ve|t|m)\b")


def verse_lines(scan: Scan) -> frozenset[int]:
    """Lines that may be verse: runs of short lines that no rule hits, most of which speak. O(code points)."""
    document = scan.document
    found: set[int] = set()
    for run in _short_lines(scan):
        speaks = [_speaks(document.keys[index]) for index in run]
        for first, last in _speaking_parts(speaks):
            part = run[first : last + 1]
            if sum(speaks[first : last + 1]) * 1000 >= len(part) * _SPEAKING_SHARE and _is_verse(scan, part):
                found.update(run[max(0, first - 1) : last + 2])
    return frozenset(found)


def _short_lines(scan: Scan) -> Iterator[list[int]]:
    """Runs of lines, blank ones left out, that are not long and that no rule hits; those that are long enough."""
    document, chrome = scan.document, scan.chrome
    run: list[int] = []
    for index, key in enumerate(document.keys):
        if document.blank[index]:
            continue
        if chrome[index] or len(key) > (_MOST_DENSE_CHARS if _is_dense(key) else _MOST_CHARS):
            if len(run) >= _LEAST_LINES:
                yield run
            run = []
        else:
            run.append(index)
    if len(run) >= _LEAST_LINES:
        yield run


def _speaking_parts(speaks: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """From the first to the last line that speaks, where few lines between do not; those that are long enough."""
    first = last = -1
    for place, says in enumerate(speaks):
        if not says:
            continue
        if last >= 0 and place - last > _SILENT_LINES + 1:
            if last - first + 1 >= _LEAST_LINES:
                yield first, last
            first = place
        first, last = (place if first < 0 else first), place
    if first >= 0 and last - first + 1 >= _LEAST_LINES:
        yield first, last


def _is_verse(scan: Scan, part: Sequence[int]) -> bool:
    keys = [scan.document.keys[index] for index in part]
    chars = sum(map(len, keys))
    if sum(_DIGIT.search(key) is not None for key in keys) * 1000 > len(keys) * _NUMBERED_SHARE:
        return False
    dense = sum(map(_is_dense, keys)) * 2 > len(keys)
    if chars > len(keys) * (_MOST_DENSE_ON_AVERAGE if dense else _MOST_ON_AVERAGE):
        return False
    if dense or sum(_HANGUL.search(key) is not None for key in keys) * 2 >= len(keys):
        return True
    return sum(_goes_on(scan.document.line_texts[index].strip()) for index in part) * 1000 >= len(part) * _GOES_ON_SHARE


def _goes_on(line: str) -> bool:
    """Whether a line begins or ends in the middle of a sentence: with a small letter or a word that joins; with a comma."""
    word = _WORDS.match(line)
    return line.endswith((",", ";")) or (word is not None and (word[0][0].islower() or word[0].lower() in _JOINING))


def _is_dense(key: str) -> bool:
    return any("\u3040" <= character <= "\u30ff" or "\u3400" <= character <= "\u9fff" for character in key)


def _speaks(key: str) -> bool:
    """Whether a folded line holds what sentences are held together by."""
    if _is_dense(key):
        return (_KANA if any("\u3040" <= character <= "\u30ff" for character in key) else _HAN).search(key) is not None
    if _HANGUL.search(key):
        return " " in key
    words = _WORDS.findall(key)
    return len(words) >= _LEAST_WORDS and (not _SMALL_WORDS.isdisjoint(words) or _ELIDED.search(key) is not None)
