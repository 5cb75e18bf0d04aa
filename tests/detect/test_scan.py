"""What a scan knows: the body, the title, what is enclosed, and when a rule keeps quiet."""

from __future__ import annotations

from pathlib import Path

import pytest

from scrubber.engine.clean import Cleaner
from scrubber.errors import RuleFileError
from scrubber.model import Document
from scrubber.rules.load import load_rules

RUNNING = "渡轮今天中午返航，码头将于星期一重新开放，港务处表示，所有班次将恢复正常运行。"
OTHER = "港口今年共接待旅客三十万人次，比去年增长一成，其中外地旅客占六成，本地旅客占四成。"

RULES = """
[ruleset]
name = "t"
version = "1"
description = "test"

[[rule]]
id = "bar"
kind = "line"
title = "Bar"
why = "Buttons."
match = { equals = ["分享到", "首页 | 新闻", "字号 大 中 小", "友情链接", "回复 举报"] }

[[rule]]
id = "above-title"
kind = "line"
title = "Above the title"
why = "Navigation."
match = { regex = ['^.{1,20}$'] }
where = "above-title"

[[rule]]
id = "enclosed"
kind = "line"
title = "Enclosed"
why = "Between bars."
match = { regex = ['^.{1,20}$'] }
where = "after-body"
enclosed = 2

[[rule]]
id = "image"
kind = "line"
title = "Image stand-in"
why = "A file name."
match = { regex = ['^\\d+\\.jpg$'] }
quiet = { contains = [".jpg"] }
"""


def cleaned(tmp_path: Path, *lines: str) -> list[str]:
    path = tmp_path / "t.toml"
    path.write_text(RULES, encoding="utf-8")
    result = Cleaner(load_rules([path])).clean(Document("d", "\n".join(lines) + "\n"))
    return result.text.splitlines()


def test_what_stands_above_navigation_and_title_goes(tmp_path: Path) -> None:
    assert cleaned(tmp_path, "港城日报网", "首页 | 新闻", "渡轮今天返航", "字号 大 中 小", RUNNING, OTHER) == [
        "渡轮今天返航",
        RUNNING,
        OTHER,
    ]


def test_a_title_above_the_navigation_stays(tmp_path: Path) -> None:
    assert cleaned(tmp_path, "渡轮今天返航", "首页 | 新闻", "港口处的消息", RUNNING, OTHER) == [
        "渡轮今天返航",
        "港口处的消息",
        RUNNING,
        OTHER,
    ]


def test_a_heading_stays_where_no_title_can_be_told(tmp_path: Path) -> None:
    assert cleaned(tmp_path, "远方", "首页 | 新闻", "归来", RUNNING, OTHER) == ["远方", "归来", RUNNING, OTHER]


def test_lines_between_bars_below_the_text_go(tmp_path: Path) -> None:
    lines = ("渡轮返航", RUNNING, OTHER, "港务处", "分享到", "一条旧闻", "友情链接", "某某网", "某某论坛")
    assert cleaned(tmp_path, *lines) == ["渡轮返航", RUNNING, OTHER, "港务处"]


def test_longer_runs_than_allowed_stay(tmp_path: Path) -> None:
    lines = ("渡轮返航", RUNNING, OTHER, "分享到", "一", "二", "三", "友情链接")
    assert cleaned(tmp_path, *lines) == ["渡轮返航", RUNNING, OTHER, "一", "二", "三"]


def test_buttons_that_recur_below_each_post_enclose_nothing(tmp_path: Path) -> None:
    lines = ("渡轮返航", RUNNING, OTHER, "回复 举报", "顶一下", "回复 举报", "谢谢", "回复 举报")
    assert cleaned(tmp_path, *lines) == ["渡轮返航", RUNNING, OTHER, "顶一下", "谢谢"]


def test_a_rule_is_quiet_where_the_text_is_about_such_lines(tmp_path: Path) -> None:
    assert cleaned(tmp_path, "渡轮返航", RUNNING, "1.jpg", OTHER) == ["渡轮返航", RUNNING, OTHER]
    about = "把文件按 1.jpg 到 9.jpg 的顺序改名，再放进同一个文件夹，顺序就不会乱了，试试看吧。"
    assert cleaned(tmp_path, "怎样改名", about, "1.jpg", OTHER) == ["怎样改名", about, "1.jpg", OTHER]


def test_a_licence_rule_cannot_ask_what_licence_lines_decide(tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    path.write_text(
        '[ruleset]\nname = "t"\nversion = "1"\n[[rule]]\nid = "c"\nkind = "licence"\ntitle = "C"\n'
        'match = { starts = ["copyright"] }\nwhere = "above-title"\n',
        encoding="utf-8",
    )
    with pytest.raises(RuleFileError, match="above-title"):
        load_rules([path])


@pytest.mark.parametrize(("members", "stays"), [(1, True), (2, False)])
def test_a_rule_acts_only_where_the_document_holds_what_it_needs(tmp_path: Path, members: int, stays: bool) -> None:
    path = tmp_path / "n.toml"
    path.write_text(
        '[ruleset]\nname = "n"\n[[rule]]\nid = "floor"\nkind = "line"\ntitle = "Floor"\nwhy = "A button."\n'
        'match = { equals = ["楼主"] }\nneeds = { starts = ["积分"] }\nneeds-lines = 2\n',
        encoding="utf-8",
    )
    lines = ["楼主", *(f"积分 {number}" for number in range(members)), RUNNING, OTHER]
    result = Cleaner(load_rules([path])).clean(Document("d", "\n".join(lines) + "\n"))
    assert ("楼主" in result.text.splitlines()) is stays


FIVE_BARS = tuple(f"按钮{number}" for number in range(5))
ROWS = tuple(f"行{number}" for number in range(5))
BAR_RULES = """
[ruleset]
name = "t"
version = "1"
description = "test"

[[rule]]
id = "bar"
kind = "line"
title = "Bar"
why = "Buttons."
match = { regex = ['^按钮[0-2]$'] }

[[rule]]
id = "other-bar"
kind = "line"
title = "Bar"
why = "Buttons."
match = { regex = ['^按钮[3-9]$'] }

[[rule]]
id = "row"
kind = "line"
title = "Row"
why = "Rows."
match = { regex = ['^行.$'] }

[[rule]]
id = "foot"
kind = "line"
title = "Foot"
why = "Links of a footer."
match = { equals = ["评论", "要闻"] }
where = "outside-body"
"""
LONG = "码头的老房子去年冬天修缮完毕，屋顶换了新瓦。" * 4
NOTICE = "本站所载内容仅供读者参考之用，不代表编辑部的观点，如有异议请来信告知，谢谢合作。"


@pytest.mark.parametrize(
    ("lines", "stays"),
    [
        # a notice that bars part from the text ends no body, above it or below it
        ((LONG, OTHER, "评论", *FIVE_BARS, NOTICE), (LONG, OTHER, NOTICE)),
        ((NOTICE, *FIVE_BARS, "要闻", LONG, OTHER), (NOTICE, LONG, OTHER)),
        # so many lines of one rule may be the rows of a list
        ((LONG, OTHER, "评论", *ROWS, NOTICE), (LONG, OTHER, "评论", NOTICE)),
        # few bars, or bars that recur, as below each post of a thread, part nothing
        ((LONG, OTHER, "评论", *FIVE_BARS[:2], NOTICE), (LONG, OTHER, "评论", NOTICE)),
        ((LONG, OTHER, "评论", *FIVE_BARS, NOTICE, *FIVE_BARS), (LONG, OTHER, "评论", NOTICE)),
        # nor does a piece that is about as long as the rest stand apart
        ((RUNNING, OTHER, "评论", *FIVE_BARS, NOTICE), (RUNNING, OTHER, "评论", NOTICE)),
        # a long clause introduces what stands below it
        ((RUNNING[:-1] * 2 + "：", "要闻", NOTICE, OTHER), (RUNNING[:-1] * 2 + "：", "要闻", NOTICE, OTHER)),
    ],
)
def test_where_the_body_ends(tmp_path: Path, lines: tuple[str, ...], stays: tuple[str, ...]) -> None:
    path = tmp_path / "t.toml"
    path.write_text(BAR_RULES, encoding="utf-8")
    result = Cleaner(load_rules([path])).clean(Document("d", "\n".join(lines) + "\n"))
    assert tuple(result.text.splitlines()) == stays
