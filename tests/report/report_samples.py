"""Results to report, built by hand: no detector and no plan is asked."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from scrubber.model import (
    Action,
    CleanResult,
    Confidence,
    Document,
    Edit,
    Evidence,
    Finding,
    Kin,
    Origin,
    Outcome,
    Plan,
    RuleInfo,
    Span,
    Verdict,
    apply_edits,
)
from strategies import documents

FERRY = (
    "首页 > 新闻 > 正文\n"
    "渡轮今天中午返航\n"
    "\n"
    "渡轮今天中午返航，码头将于星期一重新开放，港务处表示，所有班次将恢复正常运行，夜班船也会在下周末以前全部恢复。\n"
    "The ferry carries 240 people and 12 cars.\n"
    "Tickets\u00a0cost 9 euros, said the office\u200b on Sunday.\n"
    "\n"
    "The ferry carries 180 people and 9 cars.\n"
    "Correction: it returned at noon.\n"
    "Related stories\n" + "".join(f"{number}. 港口动态：第{number}条消息\n" for number in range(1, 13))
)

HOSTILE = (
    "Harbour \x1b[31mnews\x1b[0m [/] [bold]here[/bold] :smile: \u202eevil\u202c\n"
    "\x1b]8;;http://example.org\x07link\x1b]8;;\x07 \x9b1m zero\u200bwidth\ttab\n"
    "Share this \u2066story\u2069 [link=x]y[/link] \x00\x7f\ud7ff\ue000\n"
    "The last line stays.\n"
)


def rule(name: str, kind: str = "line") -> RuleInfo:
    return RuleInfo(name, kind, f"Title of {name}", "why", "rules/x.toml:1")


def span_of(text: str, part: str, start: int = 0) -> Span:
    place = text.index(part, start)
    return Span(place, place + len(part))


def verdict(
    name: str,
    span: Span,
    outcome: Outcome,
    summary: str,
    *,
    confidence: Confidence = Confidence.LIKELY,
    action: Action = Action.REMOVE,
    reason: str = "",
    kin: Kin | None = None,
    kind: str = "line",
    replacement: str = "",
    rights: str | None = None,
) -> Verdict:
    evidence = Evidence(summary, (("lines", "3"),), kin)
    finding = Finding(
        rule(name, kind), span, action, confidence, evidence,
        replacement=replacement, rights=rights, fingerprint="0123456789abcdef",
    )  # fmt: skip
    return Verdict(finding, outcome, reason)


def result(
    text: str,
    edits: Sequence[Edit],
    verdicts: Sequence[Verdict],
    *,
    id: str = "seeds/ferry.txt",  # noqa: A002
    note: str = "",
    origin: Origin | None = None,
) -> CleanResult:
    origin = origin or Origin(path=id, sha256="0" * 64, size=len(text.encode("utf-8", "replace")))
    document = Document(id, text, origin)
    return CleanResult(document, apply_edits(text, edits), Plan(id, tuple(edits), tuple(verdicts), note))


def ferry() -> CleanResult:
    """One of each: removal, replacement, flag with kin, protected line, and findings that are settled."""
    text = FERRY
    head = Span(0, text.index("渡轮"))
    first = span_of(text, "The ferry carries 240 people and 12 cars.")
    second = span_of(text, "The ferry carries 180 people and 9 cars.")
    space, zero = span_of(text, "\u00a0"), span_of(text, "\u200b")
    correction = span_of(text, "Correction: it returned at noon.")
    tail = Span(text.index("Related"), len(text))
    entry = span_of(text, "3. 港口动态：第3条消息\n")
    kin = Kin(
        "seeds/ferry.txt", 8, 8, "jaccard", 810, second,
        ((Span(18, 21), Span(18, 21)), (Span(33, 35), Span(33, 34))),
    )  # fmt: skip
    verdicts = (
        verdict("zh/breadcrumb", head, Outcome.REMOVED, "A path of links stands above the title",
                confidence=Confidence.CERTAIN),
        verdict("core/near-duplicate", first, Outcome.FLAGGED, "81 % of its shingles are in line 8; numbers differ",
                confidence=Confidence.POSSIBLE, action=Action.FLAG, kin=kin, kind="neardup"),
        verdict("core/spaces", space, Outcome.REPLACED, "A no-break space between words", action=Action.REPLACE,
                confidence=Confidence.CERTAIN, replacement=" ", kind="fix"),
        verdict("core/spaces", zero, Outcome.REPLACED, "A zero-width space", action=Action.REPLACE,
                confidence=Confidence.CERTAIN, kind="fix"),
        verdict("core/keep-corrections", correction, Outcome.KEPT, "Correction notices are content",
                action=Action.KEEP, confidence=Confidence.CERTAIN, kind="keep"),
        verdict("seed-news/related-tail", tail, Outcome.REMOVED,
                '"Related stories" opens a tail of 12 entries that reaches the end'),
        verdict("zh/entry", entry, Outcome.OVERLAPPED, "A numbered entry", reason="inside seed-news/related-tail"),
    )  # fmt: skip
    edits = (
        Edit(head, "", ("zh/breadcrumb",), (0,)),
        Edit(space, " ", ("core/spaces",), (2,)),
        Edit(zero, "", ("core/spaces",), (3,)),
        Edit(tail, "", ("seed-news/related-tail", "zh/entry"), (5,)),
    )
    return result(text, edits, verdicts)


def hostile() -> CleanResult:
    """A text, a path, a rule and a reason that would all like to steer the terminal."""
    text = HOSTILE
    line = Span(text.index("Share"), text.index("The last"))
    first = Span(0, 7)
    verdicts = (
        verdict("x/\x1b[2J[red]", line, Outcome.REMOVED, "says \x1b[1m [/] :smile: \u202e\n::stop", rights="CC\x1b[1m"),
        verdict("x/flag", first, Outcome.FLAGGED, "[bold]no[/bold]", reason="\x9b2J",
                kin=Kin("evil\x1b[3m\n.txt", 1, 2, "\x1b[4m", 700)),
    )  # fmt: skip
    edits = (Edit(line, "", ("x/\x1b[2J[red]", "y/\u202e"), (0,)),)
    origin = Origin(path="in/\x1b]0;title\x07\u202etxt.exe", sha256="", size=1, encoding="x\x1b[5m")
    return result(text, edits, verdicts, id="in/h.txt", note="left\x1b[6m alone", origin=origin)


@st.composite
def edited(draw: st.DrawFn) -> CleanResult:
    """A generated document with any sorted, disjoint edits: spans of characters, whole lines, replacements."""
    text = draw(documents(most_lines=24))
    document = Document("in/a.txt", text)
    edits: list[Edit] = []
    position = 0
    for _ in range(draw(st.integers(0, 6))):
        if position > len(text):
            break
        start = draw(st.integers(position, len(text)))
        end = draw(st.integers(start, min(len(text), start + 60)))
        if draw(st.booleans()) and document.bounds:
            first, last = document.lines_of(Span(start, end))
            whole = document.span_of(first, last)
            if whole.start >= position:
                start, end = whole
        replacement = draw(st.sampled_from(["", "", "", " ", "\n", "x\ny", "渡", "\r\n"]))
        edits.append(Edit(Span(start, end), replacement, ("t/rule",)))
        position = end + draw(st.integers(0, 30))
    return result(text, edits, (), id="in/a.txt")
