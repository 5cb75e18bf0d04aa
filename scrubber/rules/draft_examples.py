"""Examples for a drafted rule, taken from real texts: one that it cuts, one that it must leave alone.

How a rule cleans a text is none of this module's business: a trial is handed in, and no example leaves here that the
trial does not confirm. What no text shows is not made up: then the author is told that an example is still to be found.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from msgspec import Struct

from scrubber.model.document import Document
from scrubber.rules.draft import MIN_ENTRIES, Draft
from scrubber.rules.schema import Example, LicenceRule, LineRule
from scrubber.text.fold import skeleton
from scrubber.text.lines import SENTENCE_ENDS, ends_sentence, trim
from scrubber.text.terms import terms

#: The numbers (from 1) of the lines that go from a text under the drafted rule alone.
Trial = Callable[[str], tuple[int, ...]]

#: Lines around the cut that an example may show, tried in this order.
CONTEXTS = (1, 2, 4, 8)
#: No more lines of a long cut stand in an example.
MAX_CUT_LINES = 6
#: Longer lines around the cut are shortened to their last sentences, in code points.
MAX_CONTEXT_CHARS = 160
#: Terms that a line must share with the rule's own to be near it, in thousandths.
NEAR_TERMS = 500
#: What is left of a shortened line has so many code points or more.
_LEFT_CHARS = 40
_ELLIPSES = ("…", "...", "。。。")
#: A longer line is no sentence, in code points; it stands in the example as it is, for its words may be anywhere in it.
MAX_NEAR_CHARS = 500
#: So many near lines are tried as an example that must be left alone.
MAX_NEAR = 8


class NearLine(Struct, frozen=True):
    """A sentence that speaks as the rule's lines do and is not hit by it, with the lines around it.

    `nearness` is in thousandths: 1000 where it says all that they say.
    """

    nearness: int
    key: str
    name: str
    texts: tuple[str, ...]


class NearLines:
    """Looks through documents for sentences near to the lines of a line or licence rule; keeps the best few.

    Only sentences: what else is near may be chrome of its own. Of equally good ones the first stay, so that equal
    documents in equal order give equal lines.
    """

    def __init__(self, draft: Draft, document: Document) -> None:
        self.found: list[NearLine] = []
        self._own = {document.keys[index] for index in draft.lines}
        self._speaks = [(_words(key), terms(key)) for key in sorted(self._own)]
        self._wanted = isinstance(draft.rule, LineRule | LicenceRule)

    def look(self, document: Document, name: str, hit: Collection[int]) -> None:
        """Look through one document, of which the rule takes the lines at the indexes `hit`. O(its size x forms)."""
        if not self._wanted:
            return
        for index, key in enumerate(document.keys):
            if index in hit or key in self._own or not _is_sentence(document, index):
                continue
            said, found = _words(key), terms(key)
            nearness = max(_nearness(said, found, words, own) for words, own in self._speaks)
            if nearness >= NEAR_TERMS:
                self._add(document, index, name, hit, nearness)

    def _add(self, document: Document, index: int, name: str, hit: Collection[int], nearness: int) -> None:
        key = document.keys[index]
        full = len(self.found) >= MAX_NEAR
        if (full and nearness <= self.found[-1].nearness) or any(line.key == key for line in self.found):
            return
        above, below = (self._neighbour(document, index, hit, step) for step in (-1, 1))
        texts = (*above, document.line_texts[index], *below)
        self.found.append(NearLine(nearness, key, name, texts))
        self.found.sort(key=lambda line: -line.nearness)
        del self.found[MAX_NEAR:]

    def _neighbour(self, document: Document, index: int, hit: Collection[int], step: int) -> tuple[str, ...]:
        """The next line above or below that is neither blank nor the rule's, shortened, if there is one."""
        other = index + step
        while 0 <= other < len(document.blank):
            if not document.blank[other] and other not in hit and document.keys[other] not in self._own:
                return (_shortened(document.line_texts[other]),)
            other += step
        return ()


def _is_sentence(document: Document, index: int) -> bool:
    line = document.line_texts[index]
    if len(line) > MAX_NEAR_CHARS:
        return False
    return document.running[index] or (ends_sentence(line) and not trim(line).endswith(_ELLIPSES))


def _words(key: str) -> str:
    """What a folded line says, numbers and punctuation aside."""
    return "".join(character for character in skeleton(key) if not character.isdecimal())


def _nearness(said: str, found: frozenset[str], words: str, own: frozenset[str]) -> int:
    """In thousandths: the share of the rule's terms that a line has; 1000 where it holds all that the rule's says."""
    if len(words) > 1 and words in said:
        return 1000
    return 1000 * len(own & found) // len(own) if own else 0


def cutting_example(draft: Draft, document: Document, trial: Trial) -> Example | None:
    """The smallest window around the drafted lines from which the rule takes them; None where there is none.

    Cost: at most twice as many trials as there are `CONTEXTS`.
    """
    shown = _shown_lines(draft)
    for context in CONTEXTS:
        for joint in ("\n", "\n\n"):
            indexes = _window(draft, document, shown, context)
            text = _text(document, indexes, shown, joint)
            gone = trial(text)
            step = len(joint)
            wanted = {1 + step * indexes.index(index) for index in shown}
            if draft.rule.kind == "keep":
                return Example(_CUTS["keep"], text, ())
            if wanted <= set(gone):
                lines = "the line goes" if len(shown) == 1 else "the lines go"
                return Example(_CUTS.get(draft.rule.kind, lines), text, gone)
    return None


_CUTS = {
    "keep": "the line stays",
    "head": "what stands above goes",
    "tail": "what follows the text goes",
    "between": "the box goes, the text around it stays",
    "listing": "the list at the end goes",
}


def _shown_lines(draft: Draft) -> list[int]:
    """The drafted lines that an example shows: those next to what gives the cut its place."""
    lines = list(draft.lines)
    if len(lines) <= MAX_CUT_LINES:
        return lines
    if draft.rule.kind == "head":
        return lines[-MAX_CUT_LINES:]
    if draft.rule.kind == "between":
        return [*lines[: MAX_CUT_LINES - 1], lines[-1]]
    return lines[:MAX_CUT_LINES]


def _window(draft: Draft, document: Document, shown: Sequence[int], context: int) -> list[int]:
    """Indexes of the lines of an example: the cut, some lines around it, and running text on either side."""
    above = [index for index in range(draft.lines[0]) if not document.blank[index]]
    below = [index for index in range(draft.lines[-1] + 1, len(document.bounds)) if not document.blank[index]]
    running_above = [index for index in above if document.running[index]][-1:]
    running_below = [index for index in below if document.running[index]][:1]
    return sorted({*shown, *above[-context:], *running_above, *below[:context], *running_below})


def _text(document: Document, indexes: Sequence[int], shown: Sequence[int], joint: str) -> str:
    texts = [
        document.line_texts[index] if index in shown else _shortened(document.line_texts[index]) for index in indexes
    ]
    return joint.join(texts) + "\n"


def _shortened(line: str) -> str:
    """A long line's last sentences, or its end."""
    if len(line) <= MAX_CONTEXT_CHARS:
        return line
    end = line[-MAX_CONTEXT_CHARS:]
    cuts = [place + 1 for place, mark in enumerate(end[:-1]) if mark in SENTENCE_ENDS]
    whole = next(
        (end[place:].lstrip("”’\"'』」）)】]》>〉» \u3000") for place in cuts if len(end) - place >= _LEFT_CHARS), end
    )
    return whole.lstrip()


def sparing_example(draft: Draft, document: Document, near: Sequence[NearLine], trial: Trial) -> tuple[Example, bool]:
    """An example that the rule must leave alone, and whether it shows the rule's own words or shape left alone.

    Where no text shows them, it only shows that what stands around the cut stays; the author must find a better one.
    Its text is empty where not even that is there.
    """
    for name, texts in _spared(draft, document, near):
        text = "\n".join(texts) + "\n"
        if not trial(text):
            return Example(name, text, ()), True
    inside = set(draft.lines)
    around = [
        index
        for index in _window(draft, document, [], 2)
        if index not in inside and not trial(document.line_texts[index] + "\n")
    ]
    text = _text(document, around, [], "\n") if around else ""
    text = "" if trial(text) else text
    return Example("what stands around it stays", text, ()), False


def _spared(draft: Draft, document: Document, near: Sequence[NearLine]) -> Iterator[tuple[str, list[str]]]:
    """Texts that hold the rule's words or shape where it must not act: near sentences, then what its kind promises."""
    rule = draft.rule
    marker = draft.lines[0]
    if rule.kind == "head":
        marker = next(index for index in range(draft.lines[-1] + 1, len(document.bounds)) if not document.blank[index])
    mark = document.line_texts[marker]
    for line in near:
        yield f"a sentence with such words stays ({line.name})", list(line.texts)
    others = [
        index for index, flag in enumerate(document.running) if flag and index != marker and index not in draft.lines
    ]
    if len(others) < 2:
        return
    above, below = (_shortened(document.line_texts[index]) for index in others[:2])
    if isinstance(rule, LineRule | LicenceRule) and rule.where != "anywhere":
        yield "the same words inside the text stay", [above, mark, below]
    elif rule.kind == "head":
        yield "text above the line stays", [above, mark, below]
    elif rule.kind == "tail":
        yield "the heading stays where text follows it", [above, mark, below]
    elif rule.kind == "between":
        yield "the opening line stays where nothing closes the box", [above, mark, below]
    elif rule.kind == "listing":
        entries = [document.line_texts[index] for index in draft.lines[: MIN_ENTRIES - 1]]
        yield "fewer entries are no list", [above, below, *entries]
