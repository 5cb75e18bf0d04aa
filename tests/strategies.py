"""Generated documents in several scripts, with everything that scraped text brings along."""

from __future__ import annotations

from hypothesis import strategies as st

SENTENCES = (
    "渡轮今天中午返航，码头将于星期一重新开放，港务处表示，所有班次将恢复正常运行。",
    "港務處表示，碼頭將於星期一重新開放，所有班次恢復正常，旅客可以照常購票上船。",
    "The ferry returned at noon, and the harbour office said that all services would run again on Monday.",
    "Die Fähre kehrte mittags zurück, und das Hafenamt teilte mit, dass alle Linien am Montag wieder fahren.",
    "フェリーは正午に戻り、港湾局は月曜日からすべての便が通常どおり運航すると発表しました。",
    "Паром вернулся в полдень, и портовая служба сообщила, что с понедельника все рейсы возобновятся.",
    "بعض السفن عادت إلى الميناء ظهر اليوم، وقالت السلطات إن الرحلات ستستأنف يوم الاثنين.",
    "Cafe\u0301 und Bu\u0308hne öffnen heute, sagte der Wirt, und am Montag kommt die Fähre wieder zurück.",
    "2023年共运送旅客 1377 人次，比上年增长 12%，其中节假日 304 人次，平日 1073 人次。",
    "2022年共运送旅客 1290 人次，比上年增长 11%，其中节假日 298 人次，平日 992 人次。",
)
CHROME = (
    "Share this story",
    "分享到",
    "首页 > 新闻 > 正文",
    "相关阅读",
    "相關閱讀",
    "推荐阅读",
    "Related stories",
    "Copyright © 2021 Harbour News. All rights reserved.",
    "京ICP备20221234号-1",
    "1.jpg",
    "0",
    "其他文献",
    "期刊",
    "上一篇：码头重新开放",
    "责任编辑：林一",
    "更正：返航时间为中午",
    "扫一扫关注我们",
)
SHORT = (
    "返航",
    "Stop at noon",
    "一条新闻",
    "另一条新闻：渡轮",
    "",
    " ",
    "\u3000",
    "\u200b",
    "- - -",
    "&nbsp;&nbsp;",
    "a\u2028b",
    "x\x0cy",
)

lines = st.one_of(
    st.sampled_from(SENTENCES),
    st.sampled_from(CHROME),
    st.sampled_from(SHORT),
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\n"), max_size=40),
)
endings = st.sampled_from(("\n", "\n", "\n", "\r\n", "\r", "\n\n"))


@st.composite
def documents(draw: st.DrawFn, *, most_lines: int = 40) -> str:
    """A text of lines with mixed endings, sometimes with a run of lines twice, sometimes without a final newline."""
    parts = draw(st.lists(st.tuples(lines, endings), max_size=most_lines))
    if parts and draw(st.booleans()):
        start = draw(st.integers(0, len(parts) - 1))
        stop = draw(st.integers(start, min(len(parts), start + 12)))
        place = draw(st.integers(0, len(parts)))
        parts[place:place] = parts[start:stop]
    text = "".join(line + end for line, end in parts)
    if text and draw(st.booleans()):
        text = text.rstrip("\r\n")
    return text
