"""Lines that a count of answers or comments promises: what a reader wrote may be three words between buttons.

Refuses to know where posts end: only the first lines below a count are told.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_SOME = r"[1-9]\d{0,5}"
_NOUNS = (
    r"(?:answers?|comments?|repl(?:y|ies)|responses?|antwort(?:en)?|kommentare?|réponses?|commentaires?|respuestas?|comentarios?"
    r"|respostas?|comentários?|rispost[ae]|comment[oi]|ответ(?:а|ов|ы)?|комментари(?:й|я|ев|и)|回答|答案|评论|評論|回复|回覆|留言|コメント|답변|댓글)"
)
#: A folded line that says how many posts there are, or that the best one follows.
_PROMISE = re.compile(
    rf"(?:共|全部|所有)? ?{_SOME} ?(?:个|個|条|條|则|則|件の|개의)? ?{_NOUNS}(?: ?\({_SOME}\))?"
    rf"|(?:all |全部|所有|网友|網友)?{_NOUNS} ?[:(]? ?{_SOME} ?(?:个|個|条|條|件|개)?\)?"
    r"|(?:最佳|满意|滿意|推荐|推薦|精彩)(?:答案|回答|回复|回覆)|(?:best|accepted|top) answer|beste antwort|meilleure réponse"
)
_PROMISE_CHARS = 40
#: A count and the post may be parted by so many lines that rules cut: the order of posts, a name.
_PARTED_BY = 3
#: So many lines are promised.
_LINES = 3


def promised_lines(keys: Sequence[str], cut: Sequence[bool]) -> frozenset[int]:
    """The first lines that stay below each count, indexes from 0; `keys` are folded, blank ones empty. O(lines).

    >>> sorted(promised_lines(["text.", "1 answer", "sort by: votes", "use a comb", "share"], [False, True, True, False, True]))
    [3]
    """
    found: set[int] = set()
    for count, key in enumerate(keys):
        if not key or len(key) > _PROMISE_CHARS or not _PROMISE.fullmatch(key):
            continue
        parted = told = 0
        for index in range(count + 1, len(keys)):
            if not keys[index]:
                continue
            if cut[index]:
                parted += 1
                if told or parted > _PARTED_BY:
                    break
            else:
                found.add(index)
                told += 1
                if told == _LINES:
                    break
    return frozenset(found)
