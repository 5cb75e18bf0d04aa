"""Lists under a heading: which lines stand in one. It knows nothing of what headings and entries say."""

from __future__ import annotations

from collections.abc import Collection, Sequence


def listed(marks: Collection[int], own: Collection[int], running: Sequence[bool], blank: Sequence[bool]) -> list[int]:
    """Those of `own` that stand in a list under one of `marks`, ascending. O(lines).

    Running text that is none of `own` ends a list, and what stands right above it was no entry but its heading.

    >>> listed({0}, {2, 4}, [False, False, True, False, True, True], [False] * 6)
    [2]
    """
    found: list[int] = []
    in_list = False
    for index in range(min(marks, default=len(blank)), len(blank)):
        if index in marks:
            in_list = True
        elif index in own and in_list:
            found.append(index)
        elif running[index]:
            if found and all(blank[found[-1] + 1 : index]):
                found.pop()
            in_list = False
    return found
