"""Rules that no rule file declares: about how a document was encoded, comments that keep lines, and paragraphs that
another corpus holds."""

from __future__ import annotations

from scrubber.model.finding import RuleInfo

ENCODING = RuleInfo(
    id="core/encoding",
    kind="builtin",
    title="Text is written as UTF-8 without a byte order mark",
    why="The input is in another encoding or begins with a byte order mark; the output never is.",
    declared_at="built in",
)
BAD_BYTES = RuleInfo(
    id="core/bad-bytes",
    kind="builtin",
    title="Bytes that the encoding does not allow",
    why="They stand as U+FFFD in the clean text; the ledger holds the bytes.",
    declared_at="built in",
)
KEEP_COMMENT = RuleInfo(
    id="core/keep-comment",
    kind="builtin",
    title="Lines between comments that keep them",
    why="They stand between <!-- scrubber: keep --> and <!-- scrubber: end --> in the input.",
    declared_at="built in",
)
KNOWN_PARAGRAPH = RuleInfo(
    id="core/known-paragraph",
    kind="neardup",
    title="Paragraph that the corpus of --against holds already",
    why="It repeats, or nearly repeats, a paragraph of a document in that corpus. It is shown, and stays.",
    declared_at="built in",
)
BUILTINS = (ENCODING, BAD_BYTES, KEEP_COMMENT, KNOWN_PARAGRAPH)
