"""What is left of a document when the rules that need no other document are through with it: what the others are compared with.

Refuses to compare.
"""

from __future__ import annotations

from collections.abc import Iterator

from scrubber.corpus.observation import Observation, ObservedText
from scrubber.corpus.paragraphs import paragraphs_of, whole_document
from scrubber.engine.clean import Cleaner
from scrubber.engine.draft import Change, Draft
from scrubber.model.document import Document
from scrubber.model.edit import CleanResult
from scrubber.model.finding import Span


def cleaned_document(result: CleanResult) -> tuple[Document, Draft]:
    """The clean text as a document, with what is known of its lines; and the way back to the first text. O(n)."""
    document = result.document
    draft = Draft(document.text, tuple(Change(edit.span, edit.replacement, ()) for edit in result.plan.edits))
    if not draft.changes:
        return document, draft

    def line_of(start: int) -> int:
        return document.line_at(draft.to_source(Span(start, start + 1)).start)

    return document.edited(result.text, line_of), draft


def observe_result(cleaner: Cleaner, result: CleanResult, *, min_chars: int | None, whole: bool) -> Observation:
    """The paragraphs of at least `min_chars` folded code points (None: none) that are left, and the `whole` text.

    Paragraphs that only rules' lines make up are none; of equal ones the first is taken. O(n).
    """
    document, draft = cleaned_document(result)
    scan = cleaner.scan(document)
    protected = scan.protected

    def placed(first: int, last: int) -> tuple[int, int]:
        # Lines from 1 of the decoded original.
        span = draft.to_source(Span(document.bounds[first - 1].start, max(1, document.bounds[last - 1].stop)))
        lines = result.document.lines_of(span)
        return lines[0] + 1, lines[1] + 1

    def paragraphs(least: int) -> Iterator[ObservedText]:
        seen: set[str] = set()
        for first, last, text in paragraphs_of(document, least):
            if text not in seen and not all(scan.chrome[first - 1 : last]):
                seen.add(text)
                written = document.text[document.bounds[first - 1].start : document.bounds[last - 1].stop]
                yield ObservedText(*placed(first, last), text, written, any(protected[first - 1 : last]))

    found = next(whole_document(document), None) if whole else None
    return Observation(
        tuple(paragraphs(min_chars)) if min_chars is not None else (),
        ObservedText(*placed(found[0], found[1]), found[2], "", any(protected)) if found is not None else None,
    )
