"""Breaking, shortening and counting for a page of fixed width. Knows cells, not colours.

`cells` arguments give the width of one character in terminal cells: 0, 1 or 2.
"""

from __future__ import annotations

from collections.abc import Callable

Cells = Callable[[str], int]

#: What may not begin a row, and what may not end one, where rows break between wide characters.
_NOT_FIRST = frozenset("，。、；：？！）」』】》〉”’…％℃·,.;:?!)]}>%ー々")
_NOT_LAST = frozenset("（「『【《〈“‘([{<")


def row_breaks(text: str, width: int, cells: Cells) -> list[int]:
    """Offsets at which `text` is broken into rows of at most `width` cells. O(n).

    Rows break behind spaces and beside wide characters, and inside a word only where it is longer than a row.
    A character without width stays with the one before it.

    >>> row_breaks("the ferry returns", 9, lambda c: 1)
    [10]
    >>> row_breaks("渡轮返航，码头", 8, lambda c: 2)
    [3]
    """
    width = max(2, width)
    if len(text) * 2 <= width:
        return []
    breaks: list[int] = []
    start = used = 0
    last = -1  # the last place where this row may break
    used_at_last = 0
    previous, previous_cells = "", 0
    for offset, character in enumerate(text):
        size = cells(character)
        if size and offset > start and _may_break(previous, previous_cells, character, size):
            last, used_at_last = offset, used
        if used + size > width and offset > start and character != " ":
            at, taken = (last, used_at_last) if last > start else (offset, used)
            breaks.append(at)
            start, used, last = at, used - taken, -1
        used += size
        if size:
            previous, previous_cells = character, size
    return breaks


def _may_break(before: str, before_cells: int, after: str, after_cells: int) -> bool:
    if after == " ":
        return False
    if before == " ":
        return True
    if before_cells < 2 and after_cells < 2:
        return False
    return after not in _NOT_FIRST and before not in _NOT_LAST


def shorten_middle(text: str, width: int, cells: Cells) -> str:
    """`text` in at most `width` cells, with `...` in its middle if need be; the end gets more than the start.

    >>> shorten_middle("dump/1998/04/harbour/0417.txt", 20, lambda c: 1)
    'dump/1...ur/0417.txt'
    """
    if len(text) * 2 <= width or sum(map(cells, text)) <= width:
        return text
    room = max(2, width - 3)
    head, used = 0, 0
    while used + cells(text[head]) <= room * 2 // 5:
        used += cells(text[head])
        head += 1
    tail = len(text)
    while tail > head and used + cells(text[tail - 1]) <= room:
        used += cells(text[tail - 1])
        tail -= 1
    return f"{text[:head]}...{text[tail:]}"


def size_words(count: int) -> str:
    """A number of bytes for people.

    >>> size_words(812), size_words(2214), size_words(311_000_000)
    ('812 B', '2.2 kB', '311.0 MB')
    """
    if count < 1000:
        return f"{count} B"
    for unit, size in (("kB", 10**3), ("MB", 10**6), ("GB", 10**9)):
        tenths = (count * 10 + size // 2) // size
        if tenths < 10_000 or unit == "GB":
            break
    return f"{tenths // 10:,}.{tenths % 10} {unit}"


def share_words(part: int, whole: int) -> str:
    """A share in per cent for people: a tenth below ten per cent, and never 0 for something.

    >>> share_words(12, 100), share_words(184, 1000), share_words(1, 60), share_words(1, 10**6)
    ('12 %', '18 %', '1.7 %', '<0.1 %')
    """
    if not part or not whole:
        return "0 %"
    tenths = (1000 * part + whole // 2) // whole
    if not tenths:
        return "<0.1 %"
    if tenths < 100:
        return f"{tenths // 10}.{tenths % 10} %"
    return f"{(100 * part + whole // 2) // whole} %"


def count_words(count: int, noun: str) -> str:
    """A number with its noun.

    >>> count_words(1, "flag"), count_words(1204, "flag")
    ('1 flag', '1,204 flags')
    """
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"
