"""Lists under a heading: which lines stand in one. It knows nothing of what headings and entries say."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def listed(marks: Collection[int], own: Collection[int], running: Sequence[bool], blank: Sequence[bool]) -> list[int]:
    """Those of `own` that stand in a list under one of `marks`, ascending. O(lines).

    Lists stand below running text: above it a menu may end where the title begins. Running text that is none of `own`
    ends a list, and what stands right above it was no entry but its heading.

    >>> listed({2}, {1, 4, 6}, [True, False, False, False, True, False, True, True], [False] * 8)
    [4]
    """
    found: list[int] = []
    text_above = in_list = False
    for index in range(len(blank) if marks else 0):
        if index in marks:
            in_list = text_above
        elif index in own and in_list:
            found.append(index)
        elif running[index]:
            text_above = True
            if found and all(blank[found[-1] + 1 : index]):
                found.pop()
            in_list = False
    return found
