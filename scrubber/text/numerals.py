"""Numbers in a line, whichever way they are written: 二十三 is 23. Refuses to add up what several words say."""

from __future__ import annotations

import re
from functools import lru_cache

from scrubber.text.terms import REMEMBERED_CHARS, REMEMBERED_LINES

_NUMERALS = "\\d〇零二三四五六七八九十百千万亿萬億两兩壹贰叁肆伍陆柒捌玖拾佰仟"
_COUNTED = "年月日时時点點分条條款章节節人名个個位次天周期号號岁倍成件元"
_NUMBER = re.compile(
    # A lone 一 is mostly no number: 一早, 一起, 一些.
    rf"(?:[{_NUMERALS}]|(?<=第)一|一(?=[{_NUMERALS}一{_COUNTED}]))[{_NUMERALS}一]*"
    r"|\b(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|(?:twen|thir|for|fif|six|seven|eigh|nine)ty|hundred|thousand|[mb]illion|first|second|third|fourth|fifth|sixth"
    r"|seventh|eighth|ninth|tenth|once|twice|half|double|(?:mon|tues|wednes|thurs|fri|satur|sun)day|january|february"
    r"|march|april|may|june|july|august|september|october|november|december)\b"
)
_DIGITS = {
    **{digit: value for value, digit in enumerate("〇一二三四五六七八九")},
    **{digit: value for value, digit in enumerate("零壹贰叁肆伍陆柒捌玖")},
    "两": 2,
    "兩": 2,
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1_000, "仟": 1_000}
_MYRIADS = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
_WORDS = {
    word: str(value)
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
}


def numbers(key: str) -> tuple[str, ...]:
    """The numbers in a folded line, in order: decimal digits, Chinese numerals, English number words, month, day.

    Chinese numerals and English words to twenty come as digits, so that a number is the same however it is written.
    O(n).

    >>> numbers("第十二条 罚款 1.5 万元"), numbers("three of 20")
    (('12', '1', '5', '万'), ('3', '20'))
    """
    return _of_short(key) if len(key) <= REMEMBERED_CHARS else _numbers(key)


def _numbers(key: str) -> tuple[str, ...]:
    return tuple(map(_as_digits, _NUMBER.findall(key)))


_of_short = lru_cache(maxsize=REMEMBERED_LINES)(_numbers)


def without_numbers(key: str) -> str:
    """The letters of a folded line that are left when its numbers are taken out.

    >>> without_numbers("3 march, fair") == without_numbers("4 april, fair")
    True
    """
    return "".join(filter(str.isalpha, _NUMBER.sub("", key)))


def _as_digits(number: str) -> str:
    """A numeral in digits if all of it is Chinese and says how much, else as it is.

    >>> _as_digits("二〇二三"), _as_digits("三百零五"), _as_digits("两万四千"), _as_digits("十"), _as_digits("万")
    ('2023', '305', '24000', '10', '万')
    """
    if number in _WORDS:
        return _WORDS[number]
    if number[0] not in _DIGITS and number[0] not in _UNITS:
        return number
    if all(character in _DIGITS for character in number):
        return "".join(str(_DIGITS[character]) for character in number)
    total = myriad = 0
    digit: int | None = None
    for character in number:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _UNITS:
            myriad += (1 if digit is None else digit) * _UNITS[character]
            digit = None
        elif character in _MYRIADS:
            total += (myriad + (digit or 0)) * _MYRIADS[character]
            myriad, digit = 0, None
        else:
            return number
    return str(total + myriad + (digit or 0))
