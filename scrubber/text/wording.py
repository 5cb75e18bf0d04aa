"""How close a line comes to a known wording with slots.

A wording is plain text with `{slots}` for what varies: "This work is licensed under a {licence} licence".
"""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

from scrubber.text.fold import fold, skeleton

#: A slot may be filled with so many code points; what is longer counts against the score.
SLOT_CHARS = 60
_SLOT = re.compile(r"\{[^{}]*\}")
_PIECE_CHARS = 4


class Wording(Struct, frozen=True):
    """A wording, folded: its fixed parts without punctuation and spaces, and how many slots it has."""

    fixed: str
    slots: int
    pieces: tuple[str, ...]

    @staticmethod
    def of(wording: str) -> Wording:
        """Prepare a wording. Prepared ones are remembered."""
        return _prepared(wording)

    def may_match(self, key: str) -> bool:
        """A cheap test that no line passes unless it shares much of the wording. O(n)."""
        if len(key) * 2 < len(self.fixed):
            return False
        found = sum(1 for piece in self.pieces if piece in key)
        return found * 2 >= len(self.pieces)

    def marks(self) -> tuple[str, ...]:
        """Pieces of which each line that may match holds one; none where any line may match.

        A line that holds half of the pieces holds one of any larger half, so the longest pieces in UTF-8 will do: they
        are rarer than those of Latin letters.
        """
        by_rarity = sorted(dict.fromkeys(self.pieces), key=lambda piece: (-len(piece.encode()), piece))
        missing = len(self.pieces) - -(-len(self.pieces) // 2)
        return tuple(by_rarity[: missing + 1])

    def score(self, key: str) -> int:
        """How much of line and wording is common, in thousandths; what fills slots is not counted.

        >>> Wording.of("licensed under {name} licence").score("licensed under cc by licence")
        1000
        """
        bare = skeleton(key)
        if bare == self.fixed:
            return 1000
        from scrubber.text.sketch import differing_spans

        common = position = 0
        for (start, end), _ in (*differing_spans(self.fixed, bare), ((len(self.fixed), len(self.fixed)), (0, 0))):
            # Letters that two texts share by chance lie scattered; a wording is shared in stretches.
            if start - position >= _PIECE_CHARS:
                common += start - position
            position = end
        extra = len(bare) - common
        counted = len(bare) - min(extra, self.slots * SLOT_CHARS)
        total = len(self.fixed) + counted
        return 2000 * common // total if total else 0


@lru_cache(maxsize=1024)
def _prepared(wording: str) -> Wording:
    parts = [fold(part) for part in _SLOT.split(wording)]
    fixed = "".join(skeleton(part) for part in parts)
    pieces: list[str] = []
    for part in parts:
        pieces.extend(part[start : start + _PIECE_CHARS] for start in range(0, len(part), _PIECE_CHARS))
    return Wording(fixed, len(_SLOT.findall(wording)), tuple(piece for piece in pieces if len(piece) == _PIECE_CHARS))
