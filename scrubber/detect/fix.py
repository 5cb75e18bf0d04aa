"""Residue of conversion: replaced, not removed, and each replacement is an edit that can be undone.

Good text is never changed: entities stay where the document is about markup, zero-width joiners stay where a script or
a picture sequence needs them, and ideographic indents stay unless a rule set asks for `spaces`.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence

from scrubber.detect.scan import Scan
from scrubber.model.finding import Action, Confidence, Evidence, Finding, Span
from scrubber.rules.schema import FixRule

#: One replacement: start, end, what stands there instead, what it is called.
Repair = tuple[int, int, str, str]

_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
_SPACE_ENTITIES = frozenset(("&nbsp;", "&ensp;", "&emsp;", "&thinsp;", "&#160;", "&#xa0;", "&#xA0;", "&#12288;"))
#: A document with one of these words (outside addresses and file names), a tag, or code marks is about markup: its
#: entities may be its subject.
_ABOUT_MARKUP = re.compile(
    r"(?<![./\w-])(?:html|xml)|entit(?:y|ies)|markup|转义|轉義|实体|實體|</?[a-z][^>]{0,80}>|`&", re.IGNORECASE
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\x80-\x84\x86-\x9f]+")
_ZERO_WIDTH = re.compile("[\u200b\u2060\ufeff\u00ad]+")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_LINE_END = re.compile("\r\n?")
#: What UTF-8 read as a single-byte encoding leaves behind; a line without any of it cannot be this mojibake.
_MOJIBAKE_SIGN = re.compile(
    "[\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]{2}"
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
            for start, end, replacement, name in repairs:
                action, sure = Action.REPLACE, confidence
                if rule.action is Action.FLAG or (name == "entity" and about_markup):
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
    for (start, stop, _), line in zip(document.bounds, document.line_texts, strict=True):
        if _MOJIBAKE_SIGN.search(line) is None:
            continue
        import ftfy

        repaired = ftfy.fix_encoding(line)
        if repaired != line and "\ufffd" not in repaired and _is_clean(repaired):
            yield start, stop, repaired, "mojibake"


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
