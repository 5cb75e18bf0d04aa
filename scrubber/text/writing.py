"""How a line is written: counts of its kinds of characters and words, in whatever script.

Every character is of one class (`class_of`); a line's classes are counted, never its words looked up, but for a few
hundred function words that tell running text from labels in the languages that part their words by spaces.
"""

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple

from scrubber.text.lines import SENTENCE_ENDS, trim

_WIDE = (
    (0x3400, 0x4DC0), (0x4E00, 0xA000), (0xF900, 0xFB00), (0x3040, 0x3100), (0x31F0, 0x3200), (0xAC00, 0xD7B0),
    (0x20000, 0x31350),
)  # fmt: skip
_SENTENCE_MARKS = frozenset(SENTENCE_ENDS + ";；")
_COMMAS = frozenset(",，、،")
_SEPARATORS = frozenset("|｜>»›·•/\\_-–—<«[]【】+*#")
_COLONS = frozenset(":：")
_QUOTES = frozenset("\"'“”‘’「」『』()（）《》")
_CLOSERS = frozenset("”’\"'；;)）」』】")
#: Characters that stand in sentences and seldom in labels: particles and pronouns of Chinese and Japanese.
_FUNCTION_CHARACTERS = frozenset(
    "的了在是和有不这这我他也就都说为以着与到被而对她们你上中其所会要从但把让还将及之于后前没很更這說為著與對們會從讓還將後沒"
    "のはをがにでとも"
)
_FUNCTION_WORD_ROWS = (
    "the of and to in a is that for it was on with as he be by at from his this are or an not have had which but they",
    "you were her she one all their there been if has when who will more out so we can my i your our its would could",
    "said than then them about",
    "der die und das den von zu mit ist auf für im nicht ein eine sich dem des auch als es wir er sie war wird",
    "le la les et du que de el los las un una por con para se su al lo en qui dans pour sur pas au une ce il elle",
    "y e o do da em um uma os as não no na dos das ao mais",
    "che per non è di del della gli si nel sono",
    "и в на не что с по как это из я он она они мы вы но за от для его её их был была было были к у о же",
    "yang dan ke dari untuk dengan ini itu bir ve bu için",
)
FUNCTION_WORDS = frozenset(word for row in _FUNCTION_WORD_ROWS for word in row.split())


class Writing(NamedTuple):
    """The counts of one line. `weight` is in half-width characters, of which a wide one is worth five halves.

    `shape` is the line in classes, runs of one class as one letter. The last three say how it ends, as 0 or 1.
    """

    length: int
    weight: int
    wide: int
    digits: int
    sentences: int
    commas: int
    separators: int
    colons: int
    quotes: int
    spaces: int
    capitals: int
    words: int
    capitalised: int
    function_words: int
    shape: str
    closed: int
    ends_sentence: int
    ends_in_colon: int

    @property
    def is_wide(self) -> bool:
        """Whether the line is in a script that is written without spaces between words."""
        return 10 * self.wide > 3 * self.length


def class_of(character: str) -> str:
    """The class of a character as one ASCII letter or mark.

    `F` wide and a function character, `C` wide, `0` digit, `A` capital, `a` other letter, `.` sentence mark, `,` comma,
    `|` separator, `:` colon, `"` quote or bracket, blank for white space, `?` anything else.

    >>> [class_of(character) for character in "的船0Aaé。、|：「\\u3000$"]
    ['F', 'C', '0', 'A', 'a', 'a', '.', ',', '|', ':', '"', ' ', '?']
    """
    if character in _FUNCTION_CHARACTERS:
        return "F"
    code = ord(character)
    if any(start <= code < stop for start, stop in _WIDE):
        return "C"
    for marks, letter in ((_SENTENCE_MARKS, "."), (_COMMAS, ","), (_SEPARATORS, "|"), (_COLONS, ":"), (_QUOTES, '"')):
        if character in marks:
            return letter
    if character.isspace() or character in "\u200b\ufeff":
        return " "
    if character.isdigit():
        return "0"
    if character.isupper():
        return "A"
    return "a" if character.isalpha() else "?"


class _Classes(dict[int, str]):
    """Code point to class, filled as characters are met."""

    def __missing__(self, code: int) -> str:
        found = self[code] = class_of(chr(code))
        return found


CLASSES = _Classes()


def writing_of(line: str, key: str) -> Writing:
    """How a line that is not blank is written; `key` is its folded form. O(n).

    >>> writing_of("Ferries ran on time.", "ferries ran on time.").words
    4
    """
    bare = trim(line) or line
    classes = bare.translate(CLASSES)
    count = classes.count
    function_characters = count("F")
    wide = count("C") + function_characters
    length = len(bare)
    last = bare[-1]
    words = [word for word in key.split() if word[0].isalpha()] if wide < length else []
    is_wide = 10 * wide > 3 * length
    ends_sentence = int(last in SENTENCE_ENDS)
    return Writing(
        length=length,
        weight=(2 * length + 3 * wide) // 2,
        wide=wide,
        digits=count("0"),
        sentences=count("."),
        commas=count(","),
        separators=count("|"),
        colons=count(":"),
        quotes=count('"'),
        spaces=count(" "),
        capitals=count("A"),
        words=len(words),
        capitalised=int(classes[0] == "A") + count(" A") + count('"A'),
        function_words=function_characters if is_wide else sum(map(FUNCTION_WORDS.__contains__, words)),
        shape="".join([kind for kind, _ in groupby(classes[:60].replace("F", "C").replace("A", "a"))]),
        closed=int(ends_sentence or last in _CLOSERS),
        ends_sentence=ends_sentence,
        ends_in_colon=int(classes[-1] == ":"),
    )
