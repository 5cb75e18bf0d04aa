"""Articles that hold, or end in, what articles seldom hold: short lines that belong to them."""

from __future__ import annotations

_EN = """\
The regatta came back to the inner basin on Saturday after three years, and some four thousand people watched from the quay.
The wind, which had worried the organisers all week, dropped at noon and let even the smallest boats finish.
"We had feared that nobody would remember how to do it," said Ruth Achterberg, who ran the start boat. "They remembered."
"""
_ZH = """\
停办三年之后，内港赛船会上周六重新举行，约四千人在码头上观看了比赛。
让组织者担心了一个星期的大风在中午停了下来，连最小的船也顺利到达了终点。
“我们原以为没有人记得该怎么比了。”负责发令的林一说，“结果大家都记得。”
"""

#: Whole documents; every line of them is content.
ARTICLES: dict[str, str] = {
    "results below the report, en": f"""\
Regatta returns to the inner basin

{_EN}
Results
Dinghies: 1. Kestrel, 2. Marie, 3. Oyster
Juniors: 1. Tern, 2. Plover
Seniors: 1. Old Bones
Boats with one sail: 1. Mira Holt, 2. Jo Marsh, 3. Tom Osei
Slowest boat: Harbour Office
""",
    "results below the report, zh": f"""\
赛船会重回内港

{_ZH}
比赛结果
小艇组：第一名 红隼号，第二名 玛丽号
少年组：第一名 燕鸥号
老年组：第一名 老骨头号
单帆组：第一名 陈三，第二名 吴四
最慢的船：港务处
""",
    "a list of tips, en": f"""\
Seven things to know before you sail in the regatta

{_EN}
1. Check your ropes
Salt makes them stiff, and a stiff rope slips when you need it least.
2. Eat breakfast
3. Know the flags
Blue: come closer. Yellow: stay away.
4. Listen to channel 12
5. Wear a hat
6. Do not race the ferry
It is bigger than you, and it has right of way in the fairway at all times.
7. Enjoy it
""",
    "dates and places below, en": f"""\
Regatta returns to the inner basin

{_EN}
When: Saturday, 6 June, 11:00 to 17:00
Where: inner basin, east quay
Entry: free
Food: fish soup, bread, lemonade
Questions: harbour office, ground floor
""",
    "dates and places below, zh": f"""\
赛船会重回内港

{_ZH}
时间：六月六日上午十一时至下午五时
地点：内港东码头
门票：免费
餐饮：鱼汤、面包、柠檬水
咨询：港务处一楼
""",
    "sources below, en": f"""\
A short history of the regatta

{_EN}
The first regatta was held in 1887, with nine boats and one accident.

Notes
1. Low 2020, p. 14.
2. Ibid., p. 17.
3. Harbour archive, box 9.

Sources
Low, A. (2020). Lanterns and lamps. Harbour Studies, 7, 1-29.
Venn, P. (2011). Fees and dues of minor ports. Port Economics Review, 29, 310-331.
""",
    "chronicle, zh": f"""\
内港赛船会大事记

{_ZH}
1887年 第一届赛船会，九条船参加
1903年 首次允许女子参赛
1914年 停办
1921年 恢复举行
1938年 大风，全部船只返航
1952年 增设少年组
1979年 改在六月举行
2004年 参赛船只超过一百条
""",
    "poem in a report, en": f"""\
A song for the last race

{_EN}
At the end they sang what their grandparents had sung on the same steps.

Row, brothers, row,
The tide is low,
The bread is dear,
The home is near,
Row.

Nobody knew the second verse, so they sang the first one again until the lamps were lit along the quay.
""",
    "questions inside a report, zh": f"""\
赛船会问答

{_ZH}
谁可以参加？
十二岁以上、会游泳的人都可以参加，少年组需要家长签字。
要交钱吗？
不用。
下雨怎么办？
照常举行。
刮大风呢？
改期，港务处会在十二频道通知。
""",
    "quotations of three people, en": f"""\
What they say about the regatta

{_EN}
Ada Low, keeper
"I heard it more than I saw it. It was enough."
Peter Venn, treasurer
"It cost less than last time."
Mira Holt, winner
"I tied every knot twice."
Jo Marsh, second
"I did not."
""",
    "ingredients in a story, zh": f"""\
赛船会上的鱼汤

{_ZH}
汤是周二的母亲做的，方子用了四十年，她第一次肯告诉别人。
鲜鱼 两斤
洋葱 两个
番茄 四个
姜 一块
盐 适量
鱼先煎后煮，水要一次加够，大火煮到汤色发白，再放番茄和姜，小火慢炖半个小时就可以了。
""",
    "signatures below a letter, en": f"""\
Open letter on the east quay

{_EN}
We ask the council to keep the east quay open to small boats, as it has been since the first regatta was held there.

Ada Low, keeper
Peter Venn, treasurer
Ruth Achterberg, start boat
Sunil Iyer, archive
Moira Dunne, minutes
Tom Osei, ropes
Clive Yardley, fog signals
""",
    "a talk with short turns, zh": f"""\
赛后谈话

{_ZH}
记者：累吗？
陈三：累。
记者：怕吗？
陈三：有一点。
记者：明年还来吗？
陈三：来。
记者：想对对手说什么？
陈三：谢谢你们等我。我知道你们等了，我在后面都看见了，谁也没有说，可是船都慢了下来。
""",
    "essay about share and menu words, en": f"""\
Home, search, contact: words of a harbour

{_EN}
Home is where the rope is.
Search is what the pilot boat does at night, with one lamp and a good deal of swearing.
Contact means that you have hit the quay.
About is how the wind goes.
Share your catch, or do not come back.
Subscribe? Nobody here subscribes to anything but the tide.
Log in: the log of a lost raft, drifting in.
Terms are what the cannery offers.
""",
}

#: What a scraper keeps around an article. These lines may go; the article may not.
ABOVE_EN = "Harbour News\nHome\nNews\nSport\nWeather\nSearch\nSign in\nSubscribe\n"
BELOW_EN = """\
Share this story
Facebook
Twitter
Related stories
New lock gates arrive by barge
Council votes on fees
Fog closes the fairway for a day
Most read
Herring are back
Copyright 2031 Harbour News. All rights reserved.
Terms of use | Privacy | Contact
"""
ABOVE_ZH = "港口新闻网\n首页\n新闻\n体育\n天气\n登录 注册\n当前位置：首页 > 新闻 > 正文\n"
BELOW_ZH = """\
分享到：
微信 微博
相关阅读
新船闸大门运抵码头
停泊费用下月调整
大雾封航一天
热门排行
鲱鱼回来了
版权所有 港口新闻网 未经授权不得转载
关于我们 | 联系我们 | 网站地图
"""


def framed(text: str) -> tuple[str, int]:
    """A text within the frame of a page in its script, and where the text begins."""
    is_wide = 4 * sum("\u4e00" <= character <= "\u9fff" for character in text) > len(text)
    above, below = (ABOVE_ZH, BELOW_ZH) if is_wide else (ABOVE_EN, BELOW_EN)
    return above + text + below, len(above)
