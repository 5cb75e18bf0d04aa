# ruff: noqa: SIM905  (texts stand as they are read, a line for a line)
"""Invented texts for the tests of the repeat detector, and a stand-in for the scan."""

from __future__ import annotations

import random
from collections.abc import Collection
from types import SimpleNamespace
from typing import Any

from scrubber.model.document import Document
from scrubber.model.finding import RuleInfo
from scrubber.rules.schema import RepeatRule

INFO = RuleInfo("test/twice-told", "repeat", "Body pasted twice", "a test", "rules.toml:1")


def rule(**settings: Any) -> RepeatRule:
    return RepeatRule(INFO, **settings)


def scan_of(text: str, *, chrome: Collection[int] = (), protected: Collection[int] = (), zones: Any = None) -> Any:
    """A scan of `text`; chrome and protected are line numbers from 1, zones a mapping of `where` to line numbers."""
    document = Document("page.txt", text)
    numbers = range(1, len(document.bounds) + 1)
    allowed = zones or {}
    return SimpleNamespace(
        document=document,
        chrome=[number in chrome for number in numbers],
        protected=[number in protected for number in numbers],
        titles=frozenset(index for index, running in enumerate(document.running) if not running),
        body=(0, len(document.bounds) - 1),
        zone=lambda where: lambda index: where == "anywhere" or index + 1 in allowed[where],
    )


# An article about a ferry, written for these tests.
CHINESE = """渡轮停航三周后恢复开行 岛上居民重新买到鲜菜
北湾港务处今天上午宣布，连接北湾与长屿岛的渡轮航线在停航三周之后恢复开行，首班船载着八十多名乘客准时离港。
停航的原因是码头的一段栈桥在台风中受损，工程队连夜抢修，先后更换了二十六根木桩，并对护栏重新做了防锈处理。
码头修复比预计提前两天
负责抢修的工程师告诉记者，原定工期较长，后来邻近几个渔村主动借出吊船和木料，大家轮班干活，工程才得以提前完成。
岛上唯一的菜店老板娘说，停航期间蔬菜只能靠小渔船零星捎带，价格涨了一倍，如今终于可以照常进货，她一早就贴出了新价目表。
学校的老师也松了一口气，住在北湾的学生这些天都在家里自习，从下周一开始他们可以重新坐船上学，落下的功课由几位老师分头补上。
港务处提醒乘客，首周班次较少，请提前半小时到码头候船，携带大件行李的旅客应当先到窗口登记，以免耽误开船的时间。""".split(
    "\n"
)

ENGLISH = """Ferry returns to Long Isle after three weeks of silence
The ferry between North Bay and Long Isle sailed again this morning, three weeks after a storm had broken the pier and left the island without a link.
Workers replaced dozens of timber piles and treated the railing against rust, and they did so partly at night, under the lamps of borrowed fishing boats.
Repairs ended ahead of plan
The engineer in charge said that the work had been meant to take much longer, but neighbours from the villages along the coast lent a floating crane.
The owner of the only grocery on the island said vegetables had come in small boats and at double the price, and that she had already put up a new list.
Teachers were relieved as well, because pupils who live on the mainland had studied at home and can now take the boat to school again from next week.
The harbour office asks passengers to come early during the first days, and to register large luggage at the counter so that boats can leave on time.""".split(
    "\n"
)

EXTRA_CHINESE = "当地气象台预计，未来几天海面风力不大，渡轮可以按计划开行，如果天气有变，港务处会在前一天晚上贴出通知。"
EXTRA_ENGLISH = "The weather office expects light winds for the coming days, and says a notice will be put up the evening before if sailings must be cancelled."

_HAN = "山川河海风雨云雪春夏秋冬东西南北城乡村镇街巷桥路船车人家学校老师学生工农商医食衣住行读写听说走跑看想做买卖新旧大小多少高低远近快慢好美真善"
_WORDS = """harbour pier boat rope sail cloud winter garden market bread window letter engine bridge valley river mill
teacher farmer doctor printer corner street village morning evening silence colour paper basket ladder copper silver
carry open close follow gather measure repair borrow remember answer promise travel listen build plant paint quiet narrow
early heavy broken bright distant common gentle proper useful ancient simple local northern southern eastern western""".split()


def chinese_line(rng: random.Random, least: int = 34, most: int = 110) -> str:
    """One invented line of running text in Chinese characters."""
    chars = [rng.choice(_HAN) for _ in range(rng.randint(least, most))]
    for place in range(9, len(chars) - 4, rng.randint(9, 16)):
        chars[place] = "，"
    return "".join(chars) + "。"


def english_line(rng: random.Random, least: int = 12, most: int = 40) -> str:
    """One invented line of running text in English words."""
    words = [rng.choice(_WORDS) for _ in range(rng.randint(least, most))]
    return " ".join(words).capitalize() + "."


def prose(seed: int, lines: int, language: str = "zh") -> list[str]:
    """Distinct invented lines of running text."""
    rng = random.Random(seed)
    return [chinese_line(rng) if language == "zh" else english_line(rng) for _ in range(lines)]
