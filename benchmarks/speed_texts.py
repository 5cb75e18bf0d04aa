"""An invented dump of web pages, and 200 invented rules for it: what `speed.py` measures on.

Everything is made from word lists with a fixed seed, so each run sees the same bytes. Pages have 2 to 20 kB, are
Chinese and English-like in turns, and hold running text between lines of chrome; one in twelve has a part of its body
twice. No text of anybody is in here.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

SEED = 20240607
RULES = 200
#: Share of the lines of a page that are chrome, in hundredths; the rest is running text and headings.
CHROME_PERCENT = 25
LEAST_BYTES, MOST_BYTES = 2_000, 20_000
_ONE_BODY_TWICE_IN = 12

#: Lines of chrome with slots: # is a number, * a word. The generated rules know these forms, the bundled ones
#: most of them.
CHROME_EN = (
    "Home | About us | Contact us | Sitemap", "Share this article", "Skip to main content", "Sign in | Register",
    "Print this page", "Back to top", "# comments", "Read more: * * *", "Related articles", "© # *. All rights reserved.",
    "Subscribe to our newsletter", "Follow us on Twitter", "Previous: * * *", "Next: * * *", "Privacy policy | Terms of use",
    "Tags: *, *, *", "Posted in *", "# views", "Advertisement", "Leave a reply", "We use cookies to improve *. Accept",
    "Facebook Twitter Email Print", "Menu", "Search this site", "Filed under: *", "Page # of #", "Download our app",
    "Powered by *", "Log in to reply", "Click here to *",
)  # fmt: skip
CHROME_ZH = (
    "首页 > 新闻 > 正文", "分享到：微信 微博 QQ空间", "上一篇：***", "下一篇：***", "责任编辑：*", "版权所有 © # **", "京ICP备#号",
    "设为首页 | 加入收藏 | 联系我们", "相关阅读", "打印本页", "返回顶部", "阅读次数：#", "登录 | 注册", "网站地图", "友情链接",
    "扫一扫关注公众号", "点击查看更多", "评论（#）", "字号：大 中 小", "关闭窗口", "热门推荐", "来源：**", "浏览次数：#次",
    "下载客户端", "举报 | 收藏 | 转发", "推荐阅读：****", "加载更多", "广告", "客服热线：#", "您的位置：首页 > * > *",
)  # fmt: skip

_ONSETS = (*"bdfghklmnprstvwz", "br", "cl", "dr", "fl", "gr", "pl", "st", "tr")
_VOWELS = (*"aeiou", "ai", "ea", "ou")
_CODAS = ("", *"nrstl", "nd", "rk", "st")
_COMMON = (
    "the",
    "of",
    "and",
    "to",
    "in",
    "that",
    "was",
    "for",
    "with",
    "on",
    "by",
    "from",
    "this",
    "are",
    "more",
    "about",
)
_COMMON_HAN = (
    "的",
    "了",
    "在",
    "是",
    "和",
    "有",
    "也",
    "这",
    "一个",
    "我们",
    "可以",
    "没有",
    "进行",
    "以及",
    "已经",
    "因为",
)


class Words:
    """The words of one language; some are common, most are rare."""

    def __init__(self, dense: bool) -> None:
        rng = random.Random(SEED + dense)
        self.dense = dense
        self.joint = "" if dense else " "
        if dense:
            han = [chr(0x4E00 + 5 * number) for number in range(3_000)]
            words = ["".join(rng.choices(han, k=rng.choice((1, 2, 2, 2, 3)))) for _ in range(6_000)]
            self.words = [*_COMMON_HAN, *words]
        else:
            syllables = [
                rng.choice(_ONSETS) + rng.choice(_VOWELS) + rng.choice(_CODAS) for _ in range(2_000)
            ]  # fmt: skip
            words = ["".join(rng.choices(syllables, k=rng.choice((1, 2, 2, 3)))) for _ in range(6_000)]
            self.words = [*_COMMON, *words]
        self.weights = list(accumulate(1_000_000 // (rank + 12) for rank in range(len(self.words))))

    def pick(self, rng: random.Random, count: int) -> list[str]:
        """Some words, as often as they are common."""
        return rng.choices(self.words, cum_weights=self.weights, k=count)

    def chrome(self, rng: random.Random) -> str:
        """One line of chrome, its slots filled."""
        form = rng.choice(CHROME_ZH if self.dense else CHROME_EN)
        pieces = (
            str(rng.randint(2, 2_400)) if part == "#" else rng.choice(self.words) if part == "*" else part
            for part in form
        )
        return "".join(pieces)

    def paragraph(self, rng: random.Random) -> str:
        """One line of running text: a few sentences."""
        sentences = []
        for _ in range(rng.randint(1, 5)):
            words = self.pick(rng, rng.randint(8, 22))
            if rng.random() < 0.2:
                words[rng.randrange(len(words))] = str(rng.randint(2, 2_400))
            if len(words) > 12:
                words[7] += "，" if self.dense else ","
            sentences.append(self.joint.join(words) + ("。" if self.dense else "."))
        return self.joint.join(sentences)

    def heading(self, rng: random.Random) -> str:
        """One short line without a sentence end."""
        return self.joint.join(self.pick(rng, rng.randint(3, 7)))


def page(rng: random.Random, words: Words, size_bytes: int) -> str:
    """One page of about so many bytes: chrome above and below, some of it between paragraphs."""
    body: list[str] = []
    reached = 0
    while reached < size_bytes:
        draw = rng.randrange(100)
        if body and draw < CHROME_PERCENT // 3:
            line = words.chrome(rng)
        else:
            line = words.heading(rng) if draw > 92 else words.paragraph(rng)
        body.append(line)
        reached += len(line.encode()) + 1
    if rng.randrange(_ONE_BODY_TWICE_IN) == 0:
        body += ["", *body[: max(4, len(body) // 3)]]
    around = len(body) * CHROME_PERCENT // (100 - CHROME_PERCENT) * 2 // 3
    above = [words.chrome(rng) for _ in range(around // 2 + 1)]
    below = [words.chrome(rng) for _ in range(around - around // 2 + 1)]
    return "\n".join((*above, words.heading(rng), *body, *below)) + "\n"


def pages(size_bytes: int) -> Iterator[str]:
    """Pages of together about so many bytes, the same ones for the same size and a prefix of those for a larger one."""
    rng = random.Random(SEED)
    languages = (Words(dense=True), Words(dense=False))
    reached = number = 0
    while reached < size_bytes:
        text = page(rng, languages[number % 2], min(rng.randint(LEAST_BYTES, MOST_BYTES), size_bytes))
        yield text
        reached += len(text.encode())
        number += 1


def write_dump(folder: Path, size_bytes: int) -> int:
    """The pages as files, a hundred to a folder. Returns their size in bytes."""
    total = 0
    for number, text in enumerate(pages(size_bytes)):
        path = folder / f"{number // 100:04d}" / f"{number:06d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        content = text.encode()
        path.write_bytes(content)
        total += len(content)
    return total


def rule_file() -> str:
    """A rule file with 200 line rules: one for each form of chrome, the others for words of the dump and for none."""
    rng = random.Random(SEED)
    patterns = [_pattern_of(form) for form in (*CHROME_EN, *CHROME_ZH)]
    languages = (Words(dense=True), Words(dense=False))
    while len(patterns) < RULES:
        words = languages[len(patterns) % 2]
        one, two, three, four = rng.sample(words.words[200:], 4)
        joint = " ?" if words.dense else " "
        patterns.append(
            rng.choice(
                (
                    rf"^(?:{one}|{two}){joint}{three}(?:{joint}{four})?$",
                    rf"^{one}{joint}(?:{two}|{three}){joint}\d{{1,4}}$",
                    rf"^\d{{1,3}} ?{one}{joint}{two}$",
                    rf"{one}{joint}{two}{joint}{three}",
                    rf"^.{{1,30}}[|>] ?{one}{joint}{two}$",
                    rf"^{one}: ?.{{1,60}}$",
                )
            )
        )
    rules = (
        f'[[rule]]\nid = "r{number}"\nkind = "line"\ntitle = "r{number}"\nwhy = "A rule of the benchmark."\n'
        f"confidence = \"certain\"\nmatch = {{ regex = ['''{pattern}'''] }}\n"
        for number, pattern in enumerate(patterns)
    )
    head = '[ruleset]\nname = "bench"\nversion = "1"\ndescription = "200 rules of the benchmark"\n\n'
    return head + "\n".join(rules)


def _pattern_of(form: str) -> str:
    """The pattern of a form of chrome, as somebody would write it for folded lines."""
    slots = {"#": r"\d{1,6}", "*": ".{1,20}", "|": r"\|", "(": r"\(", ")": r"\)", ".": r"\."}
    folded = {"：": ":", "（": r"\(", "）": r"\)"}
    return "^" + "".join(slots.get(part) or folded.get(part) or part.lower() for part in form) + "$"
