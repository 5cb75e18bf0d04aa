# ruff: noqa: SIM905  (texts stand as they are read, a line for a line)
"""Invented texts that repeat themselves by nature: from none of them may a line go. Name to lines."""

from __future__ import annotations

from repeat_texts import CHINESE, ENGLISH, prose

TRAPS: dict[str, list[str]] = {}

_CHORUS = """Carry me over the water, the lanterns are low on the shore,
Carry me over the water, I will not be lonely no more.
The wind has a song for the morning, the tide has a song for the night,
And I have a song for my father who keeps the old harbour in sight.
Oh ring out the bell on the headland and let every sailor come home,
Oh ring out the bell on the headland, there is bread, there is tea, there is foam.
So carry me over the water, and carry me back to the sand,
So carry me over the water, and give me the warmth of your hand.""".split("\n")
_VERSES = [
    """When I was a boy on the island my mother would stand at the door,
She counted the sails in the evening and wished there were three or were four.
The lamp in the window was burning, the kettle was warm by the fire,
And all of the boats that she counted came up from the sea to the pier.""".split("\n"),
    """At twenty I signed for a schooner that carried the timber to town,
The captain was silent and gentle, the mate was a quarrelsome clown.
We lay by the bar for a fortnight, the fog was as thick as a wall,
And nobody spoke of the sunrise, for nobody saw it at all.""".split("\n"),
    """Now old men are mending the netting, and I am the oldest of those,
The schooner is firewood and ashes, the river is ice when it snows.
Yet still when the evening is quiet I walk to the end of the quay,
And somebody hums in the darkness the song that my mother taught me.""".split("\n"),
]
TRAPS["song with a chorus of eight lines"] = [
    "The Harbour Song", *_VERSES[0], "", *_CHORUS, "", *_VERSES[1], "", *_CHORUS, "", *_VERSES[2], "", *_CHORUS,
]  # fmt: skip
TRAPS["song whose chorus comes first and twice in the end"] = [
    *_CHORUS, "", *_VERSES[0], "", *_VERSES[1], "", *_CHORUS, "", *_CHORUS,
]  # fmt: skip
TRAPS["song whose chorus lines all end sentences"] = [
    line.rstrip(",.") + "." for line in [*_CHORUS, *_VERSES[0], *_CHORUS, *_VERSES[1], *_CHORUS, *_VERSES[2]]
]

_HAN_CHORUS = """归来吧归来，港口的灯还亮着，
归来吧归来，母亲的粥还热着，
海风吹过旧码头，吹不散我的歌，
潮水涨了又落，落了又涨起来，
撑船的人啊，你听见了没有，
远山的钟声，一声接着一声，
归来吧归来，不要再问路，
归来吧归来，家门永远开着。""".split("\n")
TRAPS["Chinese song with a refrain"] = [
    "港口之歌",
    "少年时我离开了小岛，背着一只木箱，",
    "母亲站在门口，没有说一句话，",
    "船开了，岛变成一条线，线变成一个点，",
    "点也不见了，我才想起哭。",
    *_HAN_CHORUS,
    "后来我在城里做工，每天搬运砖头，",
    "夜里睡在工棚，听得见火车开过，",
    "有人唱起家乡的小调，大家都安静，",
    "谁也不肯先睡。",
    *_HAN_CHORUS,
    "如今我老了，坐在码头补网，",
    "年轻人问我城里好不好，",
    "我指一指海上的云，",
    "云正慢慢地散开。",
    *_HAN_CHORUS,
]

_CLAUSES = [
    "违反本办法第{a}条规定的，由县级以上人民政府主管部门责令限期改正，逾期不改正的，处{b}万元以上{c}万元以下罚款。",
    "前款规定的当事人拒不改正，或者造成严重后果的，主管部门可以吊销其许可证件，并在{b}年内不再受理其申请。",
    "对直接负责的主管人员和其他直接责任人员，处{b}千元以上{c}千元以下罚款，构成犯罪的，依法追究刑事责任。",
    "主管部门作出处罚决定之前，应当告知当事人享有陈述和申辩的权利，当事人在{c}日内提出的，应当予以复核。",
]
_HAN_DIGITS = "一二三四五六七八九"
TRAPS["statute whose articles differ in Chinese numerals"] = [
    f"第{'十' + _HAN_DIGITS[n]}条　" * (k == 0)
    + clause.format(a="二十" + _HAN_DIGITS[n], b=_HAN_DIGITS[n], c=_HAN_DIGITS[n + 2])
    for n in range(6)
    for k, clause in enumerate(_CLAUSES)
]
TRAPS["statute whose articles differ in digits"] = [
    clause.format(a=20 + n, b=n + 1, c=n + 4) for n in range(6) for clause in _CLAUSES
]

_QUARTER = [
    "Revenue from ferry tickets rose by {a} percent to {b} thousand crowns, helped by mild weather and by two school holidays.",
    "Costs for fuel and wages grew by {c} percent, and the company expects them to remain at about this level until spring.",
    "The number of passengers came to {d} thousand, while freight reached {e} tons, most of it timber and animal feed.",
    "The board proposes a dividend of {f} crowns a share and confirms its outlook for the rest of the financial year.",
    "The auditors have looked through the figures of the period and raised no objection to the way in which they were drawn up.",
]
TRAPS["quarterly reports that differ in figures"] = [
    line
    for n in range(4)
    for line in [
        f"Report for quarter {n + 1}",
        *(text.format(a=3 + n, b=410 + 17 * n, c=2 + n, d=61 + 3 * n, e=880 - 9 * n, f=n + 2) for text in _QUARTER),
    ]
]

_BRANCH = [
    "The {town} branch opened in spring and has since become a meeting place for people who mend their own tools and bicycles.",
    "Visitors to {town} find a workshop with eight benches, a small library and a kitchen in which soup is served at noon.",
    "Courses in {town} are held in the evening, and members may bring a friend who has never held a soldering iron before.",
    "Whoever wants to help in {town} is asked to leave a note at the counter, since the team there is always short of hands.",
    "The house in {town} is heated with wood from the parish forest, which members cut together on the last weekend of autumn.",
]
TRAPS["descriptions that differ in a name"] = [
    line.format(town=town) for town in ("Bradford", "Lincoln", "Aberdeen") for line in _BRANCH
]
_BRANCH_HAN = [
    "{town}分社今年春天开门，很快成了大家修理工具和自行车的去处，每到周末门口都停满了车，连巷子里也热闹起来。",
    "来到{town}的客人可以看到八张工作台、一间小书房和一个中午供应热汤的厨房，墙上还挂着历年会员做的木器。",
    "{town}的课程安排在晚上，会员可以带一位从未拿过烙铁的朋友来，老师会从怎样拿工具开始，一步一步慢慢教起。",
    "愿意到{town}帮忙的人，请在柜台留一张字条，那里的人手一向不够，尤其是秋天收木柴的时候，更需要年轻力壮的人。",
]
TRAPS["Chinese descriptions that differ in a name"] = [
    line.format(town=town) for town in ("桐庐", "绍兴", "嘉善") for line in _BRANCH_HAN
]

_DAY = [
    "Wind light from the west, sea calm, barometer steady; the watch was changed at the usual hours and all lamps were trimmed.",
    "The crew aired the bedding, scrubbed the deck and greased the winches, and the carpenter went on with the new hatch cover.",
    "Two casks of water were opened and found sweet; the cook reports that flour and peas will last until the next harbour.",
    "Prayers were read after supper, the log was signed by the mate, and the night passed without anything worth noting here.",
]
TRAPS["logbook with equal days under different dates"] = [
    line for day in (3, 4, 5) for line in [f"{day} March, at sea", *_DAY]
]
TRAPS["logbook of two equal days"] = [line for day in ("Monday", "Tuesday") for line in [day, *_DAY]]
_DAY_HAN = [
    "西风二级，海面平静，气压稳定，各班按时交接，桅灯和舷灯都已检查加油，夜间能见度良好，没有遇到其他船只靠近。",
    "水手们晒了被褥，刷了甲板，给绞盘上了油，木匠继续修理新的舱盖，预计再有几天就可以装上，届时货舱不再漏水。",
    "打开淡水舱检查，水质清甜，厨师报告说面粉和豆子可以吃到下一个港口，蔬菜已经吃完，只剩一些腌菜和干鱼可用。",
    "晚饭后船长检查了航海日志，由大副签字，全船一夜平安，没有什么值得特别记下的事情，天亮之前换上了新的一班人。",
]
TRAPS["Chinese logbook"] = [
    line for day in ("三月五日　晴", "三月六日　晴", "三月七日　晴") for line in [day, *_DAY_HAN]
]

TRAPS["table with equal rows"] = ["Boat\tSeats\tLength", *["Gull\t40\t18 m", "Tern\t40\t18 m", "Heron\t60\t22 m"] * 12]
TRAPS["table with rows that come in blocks"] = [
    "item, place, amount in crowns, condition of the goods on arrival",
    *(
        f"{thing}, {place}, sold by weight, in good condition on arrival at the quay"
        for thing in ("timber", "feed", "copper", "paper", "glass", "rope")
        for place in ("North Bay", "Long Isle")
    ),
    "totals are carried over to the next sheet and were checked by two clerks",
    *(
        f"{thing}, {place}, sold by weight, in good condition on arrival at the quay"
        for thing in ("timber", "feed", "copper", "paper", "glass", "rope")
        for place in ("North Bay", "Long Isle")
    ),
]
TRAPS["litany"] = [
    line
    for saint in ("the fields", "the rivers", "the mountains", "the harbours", "the orchards", "the winds", "the roads")
    for line in (
        f"For {saint} that were given to us and to all who came before us in this valley:",
        "We give thanks with one voice, and we ask that they may be kept from harm.",
    )
]
TRAPS["interview with a repeated answer"] = [
    line
    for question in prose(11, 7, "en")
    for line in (
        "Q: " + question.rstrip(".") + "?",
        "A: I have nothing to say about that as long as the inquiry is going on, and I ask you to respect this.",
    )
]
_MINUTES = [
    "The chairwoman opened the meeting, welcomed the members and found that the invitations had been sent out in time.",
    "The minutes of the last meeting were read out by the secretary and approved by all members without changes.",
    "The treasurer gave an account of income and expenses, and was thanked for her careful work by the whole board.",
    "There being no further business, the chairwoman thanked everyone for coming and closed the meeting in the evening.",
]
TRAPS["minutes with recurring formulas"] = [
    line
    for n in range(4)
    for line in [
        f"Meeting no. {n + 1}",
        _MINUTES[0],
        _MINUTES[1],
        *prose(20 + n, 3, "en"),
        _MINUTES[2],
        *prose(30 + n, 2, "en"),
        _MINUTES[3],
    ]
]
TRAPS["subtitles"] = [
    line
    for n in range(40)
    for line in (
        str(n + 1),
        f"00:{n:02}:01,000 --> 00:{n:02}:04,000",
        ["Where are you going?", "To the harbour.", "Take me with you.", "There is no room."][n % 4],
        "",
    )
]
TRAPS["mail that quotes the one before"] = [
    "From the list of the harbour society",
    *ENGLISH[1:7],
    "Yours, Edith",
    "On 3 March Edith Marlow wrote:",
    *("> " + line for line in ENGLISH[1:7]),
    "Thank you, this is what I had hoped for. I shall be on the first boat, and I will bring the children.",
]
TRAPS["forum post quoted without marks"] = [
    *CHINESE[1:8],
    "下一楼",
    "引用 海边人 发表于 昨天 的帖子",
    *CHINESE[1:8],
    "同意楼主的看法，首班船确实坐满了人，大家都很高兴，希望以后不要再停航这么久。",
]
TRAPS["same notes under parallel headings"] = [
    line for model in ("Kettle, small model", "Kettle, large model") for line in [model, *prose(41, 4, "en")]
]
TRAPS["clauses that recur far apart"] = [*_MINUTES, *prose(51, 20, "en"), *_MINUTES, *prose(52, 20, "en")]
TRAPS["three equal paragraphs"] = [*CHINESE[1:3], CHINESE[4], "分享", *CHINESE[1:3], CHINESE[4], *prose(61, 4)]
TRAPS["one long paragraph twice"] = ["".join(CHINESE), "分享", "".join(CHINESE)]
TRAPS["one line many times"] = [CHINESE[1]] * 300
TRAPS["few lines in turn"] = [*CHINESE[1:4]] * 40
TRAPS["poem that begins as it ends"] = [*_VERSES[0], *_VERSES[1], *_VERSES[2], *_VERSES[0]]
