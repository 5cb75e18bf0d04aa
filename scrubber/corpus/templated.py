"""Whether two texts fill in one template: the same words, but for numbers or names, say different things.

Refuses to guess from a single changed word: a revision changes words, too.
"""

from __future__ import annotations

import re

from scrubber.text.numerals import numbers

_TOKEN = re.compile(r"\d+|[^\W\d_]+|_")


def fill_one_template(a: str, b: str) -> bool:
    """Whether all that differs between two folded texts is which numbers stand in them, and next to nothing else.

    >>> fill_one_template("gate 12 opens at 7", "gate 14 opens at 9"), fill_one_template("gate 12 opens", "gate 12 opened")
    (True, False)
    """
    return numbers(a) != numbers(b) and _DIGITS.sub("0", a) == _DIGITS.sub("0", b)


_DIGITS = re.compile(r"\d+(?:[.,:]\d+)*")
