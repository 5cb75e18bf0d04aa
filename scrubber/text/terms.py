"""The words of a line, as far as they can be told without a dictionary, and what a byline looks like."""

from __future__ import annotations

import re
from functools import lru_cache

_RUN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\u3040-\u30ff\uac00-\ud7af]+|[^\W\d_]{4,}")
_DIGIT = re.compile(r"\d")
#: What bylines hold: dates and times. All of it holds a digit.
_DATED = re.compile(
    r"(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}|\b\d{1,2}:\d\d\b"
    r"|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d\d"
    r"|\b\d{1,2}\.? (?:de |of )?[^\W\d_]{3,10}\.?,? (?:de |del )?(?:19|20)\d\d"
)
#: A day, as notices are dated.
_DATE = re.compile(
    r"(?:19|20)\d\d ?[-/.年] ?\d{1,2} ?[-/.月] ?\d{1,2} ?日?|[二一][〇零○九][〇零○一二三四五六七八九]{2}年.{1,3}月.{1,3}日"
    r"|\d{1,2}\.? [^\W\d_]{3,10}\.? (?:19|20)\d\d|[^\W\d_]{3,10}\.? \d{1,2},? (?:19|20)\d\d"
)
#: What they begin with.
_LABELLED = re.compile(
    r"(?:来源|來源|作者|记者|記者|时间|時間|日期|编辑|編輯|责任编辑|責任編輯|发布|發布|發佈|发表于|浏览|瀏覽|阅读|閱讀|点击|字号|文号|索引号)"
    r"|(?:by|author|source|published|posted|updated|written by|von|par|von|por)\b"
)

_SECTION = re.compile(
    r"第 ?[\d〇一二三四五六七八九十百]+ ?[条條章节節款项項]|[一二三四五六七八九十]{1,3}[、.]|\([\d一二三四五六七八九十]{1,3}\)"
    r"|\d{1,2}[.、)] ?(?=[^\d\s])|(?:§|article|art\.|section|artikel|artículo|artigo|articolo|статья|раздел|제) ?\d{1,3}"
)


def terms(key: str) -> frozenset[str]:
    """The terms of a folded line: pairs of neighbouring characters for Han, kana and hangul, words of four letters
    and more for other scripts. O(n).

    >>> sorted(terms("渡轮返航 at the pier"))
    ['pier', '渡轮', '轮返', '返航']
    """
    if len(key) <= REMEMBERED_CHARS:
        return _of_short(key)
    return _of_long(key) if len(key) <= _LONG_CHARS else _terms(key)


def _terms(key: str) -> frozenset[str]:
    found: set[str] = set()
    for run in _RUN.findall(key):
        if run[0] >= "\u3040":
            found.update(run[place : place + 2] for place in range(len(run) - 1))
        else:
            found.add(run)
    return frozenset(found)


#: Each pass over a document asks the same of its lines. What was found of so many is kept, of lines up to so many code
#: points; of longer ones of fewer.
REMEMBERED_CHARS, REMEMBERED_LINES = 200, 4096
_LONG_CHARS, _LONG_LINES = 1000, 512
_of_short = lru_cache(maxsize=REMEMBERED_LINES)(_terms)
_of_long = lru_cache(maxsize=_LONG_LINES)(_terms)


def is_byline(key: str) -> bool:
    """Whether a folded line says when, where or by whom a text was published, rather than what it is about.

    >>> is_byline("2021-03-04 来源:港口日报"), is_byline("渡轮今天返航")
    (True, False)
    """
    return _is_short_byline(key) if len(key) <= REMEMBERED_CHARS else _is_byline(key)


def _is_byline(key: str) -> bool:
    return (
        _LABELLED.match(key) is not None
        or "http://" in key
        or "https://" in key
        or (_DIGIT.search(key) is not None and _DATED.search(key) is not None)
    )


_is_short_byline = lru_cache(maxsize=REMEMBERED_LINES)(_is_byline)


def is_date(key: str) -> bool:
    """Whether a folded line is a day's date and nothing else.

    >>> is_date("2022年1月27日"), is_date("27 january 2022"), is_date("2022年1月27日 发布")
    (True, True, False)
    """
    return _DATE.fullmatch(key) is not None


def section_form(key: str) -> str:
    """The form of the number that a section begins with, empty if there is none.

    >>> section_form("第十条 联系我们"), section_form("10. contact"), section_form("ten lines")
    ('第条', '1.', '')
    """
    match = _SECTION.match(key)
    return (
        re.sub(r"[\d〇一二三四五六七八九十百ivx]+", lambda number: "1" if number[0].isdigit() else "", match[0]).strip()
        if match
        else ""
    )


def weight_of(key: str) -> int:
    """How long a line looks: its code points, wide ones twice.

    >>> weight_of("pier"), weight_of("渡轮")
    (4, 4)
    """
    return sum(2 if character >= "\u1100" else 1 for character in key)
