"""Where lines begin and end.

A line ends at LF, CRLF or a lone CR and nowhere else. `str.splitlines` also splits at U+0085, U+2028, form feed and
others, which scraped text holds inside its lines, so it is not used anywhere in scrubber.
"""

from __future__ import annotations

import re
from typing import NamedTuple

#: Zero-width characters that make no line: ZWSP, ZWNJ, ZWJ, word joiner, BOM, soft hyphen, directional marks.
ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f"

#: A sentence end, as it stands at the end of running text in the scripts that we meet.
SENTENCE_ENDS = "。．.!！?？…；;؟۔।"
_CLOSERS = "”’\"'』」）)】]》>〉»"

#: Fewer code points than this are a label, a heading or a bar rather than running text (DESIGN.md §5).
RUNNING_TEXT_CHARS = 30

#: Marks of notes behind a sentence, as encyclopaedias set them: [1], [2-4], [注 1].
_REFERENCE_MARKS = re.compile(r"(?:\s*[\[［](?:注|註|note|nb)?\s*\d{1,4}(?:\s*[-–,，]\s*\d{1,4})*[\]］])+$")

_LINE_END = re.compile(r"\r\n|\n|\r")


class LineBounds(NamedTuple):
    """Half-open code-point offsets of one line: `start` to `stop` without its ending, `next` behind the ending."""

    start: int
    stop: int
    next: int


def line_bounds(text: str) -> list[LineBounds]:
    """All lines of `text` in order. A text that ends in a line end has no empty line behind it. O(n).

    >>> [tuple(b) for b in line_bounds("a\\r\\nb\\rc")]
    [(0, 1, 3), (3, 4, 5), (5, 6, 6)]
    >>> line_bounds("")
    []
    """
    bounds: list[LineBounds] = []
    start = 0
    if "\r" not in text:
        find = text.find
        stop = find("\n")
        while stop >= 0:
            bounds.append(LineBounds(start, stop, stop + 1))
            start = stop + 1
            stop = find("\n", start)
    else:
        for match in _LINE_END.finditer(text):
            bounds.append(LineBounds(start, match.start(), match.end()))
            start = match.end()
    if start < len(text):
        bounds.append(LineBounds(start, len(text), len(text)))
    return bounds


def text_lines(text: str) -> list[str]:
    """The lines of `text` without their endings, as `line_bounds` has them. O(n).

    >>> text_lines("a\\r\\nb\\rc"), text_lines("a\\n\\n"), text_lines("")
    (['a', 'b', 'c'], ['a', ''], [])
    """
    lines = text.split("\n") if "\r" not in text else _LINE_END.split(text)
    if not lines[-1]:
        lines.pop()
    return lines


def is_blank(line: str) -> bool:
    """Whether a line holds nothing but white space (U+00A0 and U+3000 too) and zero-width characters.

    >>> is_blank("\\u3000\\u200b "), is_blank("0")
    (True, False)
    """
    if not line or line.isspace():
        return True
    return line[0] in _BLANK_STARTS and not line.strip(_BLANKS)


#: Every code point that `str.isspace` accepts, and the zero-width ones: what a blank line may be made of.
_SPACES = "".join(chr(point) for point in range(0x3001) if chr(point).isspace())
_BLANKS = _SPACES + ZERO_WIDTH
_BLANK_STARTS = frozenset(_BLANKS)


def trim(line: str) -> str:
    """The line without white space and zero-width characters at its ends."""
    return line.strip(_BLANKS)


def ends_sentence(line: str) -> bool:
    """Whether the line's last character, closing quotes, brackets and reference marks aside, ends a sentence.

    >>> ends_sentence("他说：“好。”"), ends_sentence("Share this story"), ends_sentence("相关阅读：")
    (True, False, False)
    >>> ends_sentence("It sank in 1912.[3][4]")
    True
    """
    bare = line.strip(_BLANKS)
    if not bare:
        return False
    if bare[-1] in "]］":
        bare = _REFERENCE_MARKS.sub("", bare[-60:]) or bare
    if bare[-1] in SENTENCE_ENDS:
        return True
    bare = bare.rstrip(_CLOSERS)
    return bool(bare) and bare[-1] in SENTENCE_ENDS


def is_running_text(line: str) -> bool:
    """Whether the line is running text: at least 30 code points and a sentence end at its end.

    >>> is_running_text("渡轮今天中午返航，码头将于星期一重新开放，港务处表示，所有班次将恢复正常运行。")
    True
    >>> is_running_text("首页 > 新闻 > 正文")
    False
    """
    return len(line) >= RUNNING_TEXT_CHARS and len(trim(line)) >= RUNNING_TEXT_CHARS and ends_sentence(line)


def newline_style(text: str) -> str:
    """How lines end in `text`: `lf`, `crlf`, `cr`, `mixed`, or `none` where there is one line at most."""
    if "\r" not in text:
        return "lf" if "\n" in text else "none"
    crlf = text.count("\r\n")
    lone_lf = text.count("\n") - crlf
    lone_cr = text.count("\r") - crlf
    found = [name for name, count in (("lf", lone_lf), ("crlf", crlf), ("cr", lone_cr)) if count]
    if not found:
        return "none"
    return found[0] if len(found) == 1 else "mixed"
