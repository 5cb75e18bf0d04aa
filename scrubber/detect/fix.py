"""Residue of conversion: replaced, not removed, and each replacement is an edit that can be undone.

Good text is never changed: entities stay where the document is about markup, zero-width joiners stay where a script or
a picture sequence needs them, and ideographic indents stay unless a rule set asks for `spaces`.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from scrubber.detect.scan import Scan
from scrubber.model.finding import Action, Confidence, Evidence, Finding, Span
from scrubber.rules.schema import FixRule

if TYPE_CHECKING:
    from scrubber.text.mojibake import Way

#: What a repair is called that cannot be made: it is shown, and nothing is changed.
LOST = "lost characters"

#: One replacement: start, end, what stands there instead, what it is called.
Repair = tuple[int, int, str, str]

_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
_UTF8_LEAD = re.compile("[\u00c2\u00c3\u00ce-\u00d1\u00e2]")
_SPACE_ENTITIES = frozenset(("&nbsp;", "&ensp;", "&emsp;", "&thinsp;", "&#160;", "&#xa0;", "&#xA0;", "&#12288;"))
#: A document with one of these words (outside addresses and file names), a tag, or code marks is about markup: its
#: entities may be its subject.
_ABOUT_MARKUP = re.compile(
    r"(?<![./\w-])(?:html|xml)|entit(?:y|ies)|markup|转义|轉義|实体|實體|</?[a-z][^>]{0,80}>|`&", re.IGNORECASE
)
#: A document that names what wrong decoding leaves may show it.
_ABOUT_MOJIBAKE = re.compile("mojibake|文字化け|乱码|亂碼|кракозябр|zeichensalat", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\x80-\x84\x86-\x9f]+")
_ZERO_WIDTH = re.compile("[\u200b\u2060\ufeff\u00ad]+")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_LINE_END = re.compile("\r\n?")
#: What UTF-8 read as a single-byte encoding leaves behind: two characters of Western, Mac or DOS sets side by side, or
#: the lead bytes of Cyrillic before what is no Cyrillic word. A line without them cannot be this mojibake.
_SIGNS = "\u0080-\u017f\u0192\u0218-\u021b\u02c6-\u02dd\u2013-\u25ff\ufb01\ufb02"
_LEADS = "\u0412\u0413\u0420\u0421\u0432\u043f\u0440"
_MOJIBAKE_SIGN = re.compile(
    f"[{_SIGNS}{_LEADS}](?:(?<=[{_SIGNS}])[{_SIGNS}]"
    f"|(?<=[{_LEADS}])[\u0080-\u00bf\u0402-\u040f\u0450-\u045f\u0490\u0491\u2013-\u2122]"
    "|(?<=[\u0080-\u009f]))"
)
_CJK_ENTITY_SPACE = {"&#12288;": "\u3000", "&emsp;": " ", "&ensp;": " ", "&thinsp;": " "}


class FixDetector:
    """Findings of `fix` rules: one for each stretch that is to be replaced."""

    def __init__(self, rules: Sequence[FixRule]) -> None:
        self.rules = tuple(rules)

    def find(self, scan: Scan) -> Iterator[Finding]:
        """All repairs of all rules, by rule and place. O(n) a repair (mojibake: only lines that show signs of it)."""
        for rule in self.rules:
            repairs = _joined(sorted(repair for name in rule.do for repair in REPAIRS[name](scan)))
            confidence = rule.confidence
            doubtful = "entities" in rule.do and any(repair[3] == "entity" for repair in repairs)
            about_markup = doubtful and _ABOUT_MARKUP.search(scan.document.text) is not None
            about_mojibake = (
                any(repair[3] == "mojibake" for repair in repairs)
                and _ABOUT_MOJIBAKE.search(scan.document.text) is not None
            )
            for start, end, replacement, name in repairs:
                action, sure = Action.REPLACE, confidence
                if (
                    rule.action is Action.FLAG
                    or name == LOST
                    or (name == "entity" and about_markup)
                    or (name == "mojibake" and about_mojibake)
                ):
                    action, sure = Action.FLAG, min(confidence, Confidence.POSSIBLE)
                yield Finding(
                    rule=rule.info,
                    span=Span(start, end),
                    action=action,
                    confidence=sure,
                    evidence=Evidence(_summary(scan.document.text[start:end], replacement, name)),
                    replacement=replacement,
                    anchor=Span(start, end),
                )


def _joined(repairs: Sequence[Repair]) -> list[Repair]:
    """Repairs of one name that stand side by side become one; of two that overlap the first stays."""
    joined: list[Repair] = []
    for start, end, replacement, name in repairs:
        if joined and start < joined[-1][1]:
            continue
        if joined and start == joined[-1][1] and name == joined[-1][3] and name != "line end":
            before = joined.pop()
            start, replacement = before[0], before[2] + replacement
        joined.append((start, end, replacement, name))
    return joined


def _summary(old: str, new: str, name: str) -> str:
    if name == "mojibake":
        return "text that was decoded with the wrong encoding"
    if name == LOST:
        return "characters were lost when this text was decoded; they cannot be had back"
    shown_old = old if old.isprintable() and not old.isspace() else " ".join(f"U+{ord(c):04X}" for c in old[:8])
    shown_new = new if new.strip() else ("a space" if new else "nothing")
    return f"{name} residue: {shown_old} becomes {shown_new}"


def _entities(scan: Scan) -> Iterator[Repair]:
    text = scan.document.text
    if "&" not in text:
        return
    for match in _ENTITY.finditer(text):
        source = match.group()
        if source in _SPACE_ENTITIES:
            replacement = _CJK_ENTITY_SPACE.get(source, " ")
        else:
            replacement = html.unescape(source)
            if replacement == source or not replacement.isprintable() or "\ufffd" in replacement:
                continue
            if match.start() and "\u00ac" <= replacement < "\u00c0" and _UTF8_LEAD.match(text, match.start() - 1):
                continue  # half of a character that was decoded wrongly; mending the half alone would hide it
        yield match.start(), match.end(), replacement, "entity"


def _control(scan: Scan) -> Iterator[Repair]:
    for match in _CONTROL.finditer(scan.document.text):
        yield match.start(), match.end(), "", "control character"


def _zero_width(scan: Scan) -> Iterator[Repair]:
    for match in _ZERO_WIDTH.finditer(scan.document.text):
        yield match.start(), match.end(), "", "zero-width"


def _spaces(scan: Scan) -> Iterator[Repair]:
    for match in _SPACES.finditer(scan.document.text):
        yield match.start(), match.end(), " " * (match.end() - match.start()), "space"


def _newlines(scan: Scan) -> Iterator[Repair]:
    if "\r" not in scan.document.text:
        return
    for match in _LINE_END.finditer(scan.document.text):
        yield match.start(), match.end(), "\n", "line end"


def _mojibake(scan: Scan) -> Iterator[Repair]:
    document = scan.document
    if document.text.isascii():
        return
    from scrubber.text.characters import cheapest
    from scrubber.text.mojibake import lost_places, may_be_lost, ways_back

    lines = [
        (start, stop, line)
        for (start, stop, _), line in zip(document.bounds, document.line_texts, strict=True)
        if not line.isascii()
    ]
    ways: dict[Way, None] = {}
    left: list[tuple[int, int, str]] = []
    signs = _MOJIBAKE_SIGN.search(document.text) is not None
    for start, stop, line in lines:
        repaired = _by_ftfy(line) if signs else line
        way, other = _kept_way(line) if len(line) <= _KEPT_CHARS else _way_of(line)
        # ftfy mends bits of UTF-8 wherever it sees them, also in what is GBK as a whole.
        if way is not None and (repaired == line or cheapest(other) < cheapest(repaired)):
            ways[way] = None
            repaired = other
        if repaired == line:
            left.append((start, stop, line))
        else:
            yield start, stop, repaired, "mojibake"
    if not may_be_lost(document.text) and not ways:
        return
    own = {bad.text_offset for bad in document.origin.repairs}
    for start, stop, line in left:
        if ways:
            again = next((text for _, text in ways_back(line, tuple(ways)) if _is_clean(text)), None)
            if again is not None:
                yield start, stop, again, "mojibake"
                continue
        for first, last in lost_places(line):
            if not own.issuperset(range(start + first, start + last)):
                yield start + first, start + last, "", LOST


def _way_of(line: str) -> tuple[Way | None, str]:
    """The best way back from a line by itself and what it leads to; none, and the line, where there is none."""
    from scrubber.text.mojibake import ways_back

    return next((pair for pair in ways_back(line) if _is_clean(pair[1])), (None, line))


#: Each pass asks again for the same lines: answers for so many, of so many code points, are kept.
_KEPT_CHARS = 1000
_kept_way = lru_cache(maxsize=2048)(_way_of)


def _by_ftfy(line: str) -> str:
    """The line as ftfy's repair of the encoding leaves it, if no more is lost in it than before."""
    if _MOJIBAKE_SIGN.search(line) is None:
        return line
    import ftfy

    repaired = ftfy.fix_encoding(line)
    lost = line.count("\ufffd") + line.count("ï¿½")
    return repaired if repaired.count("\ufffd") <= lost and _is_clean(repaired) else line


def _is_clean(line: str) -> bool:
    """Whether a repaired line holds no line end and no unassigned or control character."""
    return not any(
        unicodedata.category(character) in ("Cc", "Cn", "Zl", "Zp") for character in line if character != "\t"
    )


#: Name in `do` to the function that finds what is to be replaced.
REPAIRS: Mapping[str, Callable[[Scan], Iterator[Repair]]] = {
    "entities": _entities,
    "control": _control,
    "zero-width": _zero_width,
    "spaces": _spaces,
    "mojibake": _mojibake,
    "newlines": _newlines,
}
