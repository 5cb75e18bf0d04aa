"""Lines that a count of answers promises: an answer may be three words between two buttons.

What readers say below an article is no text of its own, and nothing is told of it. Refuses to know where long answers end:
only the first lines of each are told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_SOME = r"[1-9]\d{0,5}"
_NOUNS = (
    r"(?:answers?|repl(?:y|ies)|responses?|antwort(?:en)?|réponses?|respuestas?|respostas?|rispost[ae]|ответ(?:а|ов|ы)?"
    r"|回答|答案|回复|回覆|답변)"
)
#: A folded line that says how many answers there are, or that the best one follows.
_PROMISE = re.compile(
    rf"(?:共|全部|所有)? ?({_SOME}) ?(?:个|個|条|條|则|則|件の|개의)? ?{_NOUNS}(?: ?\({_SOME}\))?"
    rf"|(?:all |全部|所有|网友|網友)?{_NOUNS} ?[:(]? ?({_SOME}) ?(?:个|個|条|條|件|개)?\)?"
    r"|(?:最佳|满意|滿意|推荐|推薦|精彩)(?:答案|回答|回复|回覆)|(?:best|accepted|top) answer|beste antwort|meilleure réponse"
)
_PROMISE_CHARS = 40
#: A count and the first answer, or two answers, may be parted by so many lines that rules cut: the order of answers, buttons.
_PARTED_BY = 4
#: So many lines of each answer are promised, and so many answers.
_LINES, _ANSWERS = 3, 30


def promised_lines(keys: Sequence[str], cut: Sequence[bool]) -> frozenset[int]:
    """The first lines that stay of each answer below a count, indexes from 0; `keys` are folded, blank ones empty.

    Answers are parted by lines that are cut; where more lines stand together than three answers of this kind have, no more
    is told. O(lines * counts), at most `_ANSWERS` answers for each.

    >>> sorted(promised_lines(["text.", "1 answer", "sort by: votes", "use a comb", "share"], [False, True, True, False, True]))
    [3]
    """
    found: set[int] = set()
    for count, key in enumerate(keys):
        said = _PROMISE.fullmatch(key) if 0 < len(key) <= _PROMISE_CHARS else None
        if said is not None:
            found.update(_answers(keys, cut, count + 1, min(_ANSWERS, int(said[1] or said[2] or 1))))
    return frozenset(found)


def _answers(keys: Sequence[str], cut: Sequence[bool], begin: int, answers: int) -> list[int]:
    found: list[int] = []
    parted = lines = 0
    for index in range(begin, len(keys)):
        if not keys[index]:
            continue
        if cut[index]:
            answers -= lines > 0
            parted, lines = parted + 1, 0
            if not answers or parted > _PARTED_BY:
                break
            continue
        parted, lines = 0, lines + 1
        if lines > _LINES * _LINES:
            break
        if lines <= _LINES:
            found.append(index)
    return found
