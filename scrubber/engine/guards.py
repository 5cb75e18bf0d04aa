"""Limits of the document: what keeps a wrong rule from eating a text.

Each guard compares the base (what decisions, fixes, certain cuts, copies and what a whole dump shares leave) with the text that all applied
findings would leave, and says why the second is refused, or nothing. Their order is the order of `GUARDS`.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from scrubber.model.document import Document
from scrubber.model.finding import Confidence
from scrubber.text.lines import trim


class Limits(Struct, frozen=True):
    """How far a run may go.

    Lowest confidence applied, largest share of running text cut (thousandths), fewest code points left, and the
    lines of text below which only certain findings may cut. `max_page_share` is the largest share for pages whose markup
    is known, where it is another one (None: the same): most running text of a page with a short report is teasers.
    """

    min_confidence: Confidence = Confidence.LIKELY
    max_share: int = 800
    min_left_chars: int = 80
    short_lines: int = 3
    max_page_share: int | None = None

    def share_for(self, document: Document) -> int:
        """The largest share of a document's running text that may go, in thousandths."""
        if document.page is None or self.max_page_share is None:
            return self.max_share
        return self.max_page_share


#: So few lines of running text that hold less than a quarter of the characters are not what a document consists of.
_FEW_RUNNING_LINES = 3

#: `--profile`: three switches each.
PROFILES: dict[str, Limits] = {
    "careful": Limits(Confidence.CERTAIN, 600, 80),
    "standard": Limits(Confidence.LIKELY, 800, 80),
    "thorough": Limits(Confidence.POSSIBLE, 950, 40, max_page_share=1000),
}


def text_chars(document: Document) -> int:
    """Code points of all lines that are not blank, ends trimmed."""
    return sum(len(trim(line)) for line, blank in zip(document.line_texts, document.blank, strict=True) if not blank)


def running_chars(document: Document) -> int:
    """Code points of running text; of all lines that are not blank where there is no running text."""
    return _in_running_lines(document) or text_chars(document)


def _in_running_lines(document: Document) -> int:
    return sum(len(trim(line)) for line, running in zip(document.line_texts, document.running, strict=True) if running)


def _share(base: Document, final: Document, limits: Limits) -> str:
    before = running_chars(base)
    if any(base.running) and not _is_in_short_lines(base):
        after = _in_running_lines(final)
    else:
        before, after = text_chars(base), text_chars(final)
    cut = before - after
    most = limits.share_for(base)
    if before and 1000 * cut > most * before:
        return f"{100 * cut // before} % of the running text would go, more than {most // 10} %"
    return ""


def _is_in_short_lines(document: Document) -> bool:
    """Whether the text is made of short lines, as a poem or a table: the few sentences there may all be notices."""
    return sum(document.running) <= _FEW_RUNNING_LINES and running_chars(document) * 4 < text_chars(document)


def _left(base: Document, final: Document, limits: Limits) -> str:
    left = text_chars(final)
    if left < limits.min_left_chars and left < text_chars(base):
        return f"only {left} characters would be left, fewer than {limits.min_left_chars}"
    return ""


def _short(base: Document, final: Document, limits: Limits) -> str:
    lines = sum(1 for blank in base.blank if not blank)
    if lines < limits.short_lines and final.text != base.text:
        return f"the document has only {lines} lines of text, so only certain findings may cut"
    return ""


Guard = Callable[[Document, Document, Limits], str]

GUARDS: tuple[Guard, ...] = (_share, _left, _short)


def refusal(base: Document, final: Document, limits: Limits) -> str:
    """Why `final` must not replace `base`, or an empty string. The first guard that refuses speaks."""
    if final.text == base.text:
        return ""
    return next((reason for guard in GUARDS if (reason := guard(base, final, limits))), "")


def passes_any_base(source: Document, final: Document, limits: Limits) -> bool:
    """Whether no guard would refuse `final`, whatever base the source has; False where that takes the base to tell.

    A base is the source without what surely goes: it holds no more than the source, and no less than what is left when
    all goes. So what may be cut from the source may be cut from it. O(code points).
    """
    if text_chars(final) < limits.min_left_chars or final.blank.count(False) < limits.short_lines:
        return False
    most = limits.share_for(source)
    if most >= 1000:
        return True
    return all(
        1000 * (before - after) <= most * before
        for before, after in (
            (text_chars(source), text_chars(final)),
            (_in_running_lines(source), _in_running_lines(final)),
        )
    )


def base_refusal(source: Document, base: Document, decided_chars: int, limits: Limits) -> str:
    """Why not even the base may replace the input, or an empty string.

    `decided_chars` is what recorded decisions took, and what replacements are shorter by: it counts as left.
    """
    left, before = text_chars(base) + decided_chars, text_chars(source)
    if left < limits.min_left_chars and 3 * left < before:
        return f"only {left} of {before} characters would be left"
    return ""
