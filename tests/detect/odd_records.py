"""Poems, tables, code, logs, statutes, minutes, subtitles: documents of which nothing is boilerplate."""

from __future__ import annotations

RECORDS: dict[str, str] = {
    "poem with a refrain, en": """\
The Lamp at Cold Point

The boats go out at four o'clock,
The tide is on the turn;
My mother counts them from the rock,
And lets the lantern burn.
    Burn, lantern, burn,
    Till all the boats return.

They set their nets off Hollow Head
Where herring shoals are thick;
The sky behind the hills is red,
She trims the lantern's wick.
    Burn, lantern, burn,
    Till all the boats return.

One boat, two boats, three boats in,
The fourth is long delayed;
The rain comes in so cold and thin,
She lifts the lamp and prayed.
    Burn, lantern, burn,
    Till all the boats return.

And I have now her lamp, her chair,
Her way to tell the foam;
I see a spark, I see it there,
And call the last one home.
    Burn, lantern, burn,
    Till all the boats return.
""",
    "poem with a refrain, zh": """\
渡口的灯

天还没有亮
你就把缆绳解开
江面上只有一条白线
那是你走过的路
    灯亮着，灯亮着
    等你回来

早饭的烟升起来了
孩子在门口数着船
一条两条三条
没有一条是红帆
    灯亮着，灯亮着
    等你回来

傍晚下起了雨
雨把石阶洗得发亮
我把灯芯又挑高一寸
高过了屋檐
    灯亮着，灯亮着
    等你回来

很多年以后
渡口修了一座桥
没有人再坐船过江
只有我还在这里
    灯亮着，灯亮着
    等你回来
""",
    "table, en": """\
Passengers by month, all lines

Month\tNorth pier\tEast quay\tTotal
January\t12,304\t8,112\t20,416
February\t11,870\t7,903\t19,773
March\t14,221\t9,340\t23,561
April\t18,555\t12,078\t30,633
May\t22,019\t15,462\t37,481
June\t27,730\t19,004\t46,734
July\t34,118\t25,876\t59,994
August\t35,902\t26,430\t62,332
September\t25,447\t18,120\t43,567
October\t19,013\t12,779\t31,792
November\t13,226\t8,850\t22,076
December\t12,991\t8,604\t21,595
Total\t247,396\t172,558\t419,954

Figures for August include two special sailings during the regatta.
""",
    "table, zh": """\
各码头全年客流统计表

月份 北码头 东码头 合计
一月 12304 8112 20416
二月 11870 7903 19773
三月 14221 9340 23561
四月 18555 12078 30633
五月 22019 15462 37481
六月 27730 19004 46734
七月 34118 25876 59994
八月 35902 26430 62332
九月 25447 18120 43567
十月 19013 12779 31792
十一月 13226 8850 22076
十二月 12991 8604 21595
注：八月的数字包括龙舟节期间加开的两班船。
""",
    "price list, zh": """\
望江饭馆菜单

凉菜
拍黄瓜 12元
凉拌木耳 16元
酱牛肉 48元
热菜
清蒸鲈鱼 78元
红烧狮子头 58元
蒜蓉空心菜 22元
麻婆豆腐 26元
干煸四季豆 28元
主食
米饭 2元/碗
葱油拌面 14元
虾仁馄饨 20元
饮料
酸梅汤 8元/杯
菊花茶 18元/壶
本店不收服务费，欢迎自带酒水。
""",
    "price list, en": """\
Harbour Hardware, summer prices

Mooring rope, 10 mm, per metre     1.90
Mooring rope, 14 mm, per metre     2.80
Fender, white, small              14.50
Fender, white, large              23.00
Anchor, folding, 3.2 kg           31.00
Anchor, folding, 6 kg             54.00
Bilge pump, by hand               39.90
Bilge pump, 12 V                  62.50
Bucket, galvanised                11.00
Deck brush with handle             9.80
Varnish, 750 ml                   27.40
Antifouling, red, 2.5 l           88.00
Life jacket, adult                69.00
Life jacket, child                54.00
All prices include tax. Rope is cut to length at no charge.
""",
    "code": """\
# Tide tables from harmonic constants.
import math
from dataclasses import dataclass


@dataclass
class Constituent:
    name: str
    speed: float      # degrees an hour
    amplitude: float  # metres
    phase: float      # degrees


def height(constituents, hours, mean_level):
    \"\"\"Height of the water above chart datum, in metres.\"\"\"
    total = mean_level
    for part in constituents:
        angle = math.radians(part.speed * hours - part.phase)
        total += part.amplitude * math.cos(angle)
    return total


def next_high_water(constituents, start, mean_level, step=0.1):
    before = height(constituents, start, mean_level)
    here = height(constituents, start + step, mean_level)
    hours = start + step
    while True:
        after = height(constituents, hours + step, mean_level)
        if before < here >= after:
            return hours, here
        before, here = here, after
        hours += step


if __name__ == "__main__":
    m2 = Constituent("M2", 28.9841042, 1.42, 112.0)
    s2 = Constituent("S2", 30.0, 0.47, 158.0)
    print(next_high_water([m2, s2], 0.0, 2.1))
""",
    "log file": """\
2031-04-02 05:58:11 INFO  lockgate: starting, version 2.4.1
2031-04-02 05:58:11 INFO  lockgate: reading /etc/lockgate.conf
2031-04-02 05:58:12 INFO  sensors: 14 found
2031-04-02 05:58:12 WARN  sensors: level-3 answers slowly (412 ms)
2031-04-02 06:00:00 INFO  schedule: day plan loaded, 31 passages
2031-04-02 06:12:45 INFO  gate-A: opening
2031-04-02 06:13:29 INFO  gate-A: open
2031-04-02 06:21:02 INFO  gate-A: closing
2031-04-02 06:21:46 INFO  gate-A: closed
2031-04-02 06:21:50 INFO  chamber: filling
2031-04-02 06:27:13 ERROR valve-2: does not answer
2031-04-02 06:27:14 WARN  chamber: filling by valve-1 alone
2031-04-02 06:34:40 INFO  chamber: level reached
2031-04-02 06:34:41 INFO  gate-B: opening
2031-04-02 06:35:25 INFO  gate-B: open
2031-04-02 06:40:00 INFO  mail: sent to duty engineer
2031-04-02 06:52:18 INFO  valve-2: answers again
""",
    "statute, en": """\
Harbour Bye-law No. 7
on the mooring of small craft

Section 1. Scope
(1) This bye-law applies to craft of less than twelve metres.
(2) It does not apply to craft of the pilots or the fire service.
Section 2. Permission
(1) No person shall moor a craft in the inner basin without a permit.
(2) A permit is valid for one season and one berth.
(3) The harbour master may refuse a permit where
(a) the craft is not seaworthy,
(b) the fee of a former season is unpaid, or
(c) no berth of sufficient depth is free.
Section 3. Fees
(1) The fee is set out in the Schedule.
(2) It falls due on 1 April.
Section 4. Duties
A person who holds a permit shall
(a) keep the craft in good repair,
(b) show its name or number on both bows, and
(c) leave the fairway clear.
Section 5. Offences
A person who contravenes section 2 (1) or section 4 commits an offence.
Section 6. Commencement
This bye-law comes into force on the first day of May.
""",
    "statute, zh": """\
小型船舶停泊管理办法

第一章 总则
第一条 为了规范内港小型船舶的停泊秩序，保障航道畅通，制定本办法。
第二条 本办法适用于长度不足十二米的船舶。
引航艇和消防艇不适用本办法。
第二章 许可
第三条 未取得停泊许可的，不得在内港停泊。
第四条 有下列情形之一的，不予许可：
（一）船舶不适航的；
（二）上一年度费用尚未缴清的；
（三）没有足够水深的泊位的。
第五条 停泊许可的有效期为一年。
第三章 义务
第六条 许可持有人应当遵守下列规定：
（一）保持船舶状况良好；
（二）在船首两侧标明船名；
（三）不得占用航道。
第四章 附则
第七条 本办法由港务处负责解释。
第八条 本办法自五月一日起施行。
""",
    "minutes, en": """\
Harbour Users' Association
Minutes of the spring meeting

Date: 14 March
Place: Old Customs House
Present: A. Low (chair), P. Venn, R. Achterberg, S. Iyer, M. Dunne (minutes)
Apologies: T. Osei

1. Minutes of the last meeting
Approved.
2. Fees
Mr Venn reported that fees rise by three per cent.
Ms Iyer asked whether the rise covers the new showers.
It does.
3. Dredging
Starts in week 41.
The east quay will be closed for nine days.
4. Regatta
Volunteers wanted for the start boat.
Names to Ms Dunne by the end of May.
5. Any other business
None.
Next meeting: 12 September, same place.
""",
    "minutes, zh": """\
业主委员会会议纪要

时间：三月十四日晚七点
地点：二号楼一层活动室
主持：林一
记录：周二
出席：林一、周二、陈三、吴四、郑五
缺席：王六（出差）
一、电梯维修
陈三报告：两家公司报价分别为四万二和四万八。
决定：请第三家报价，下次会议表决。
二、停车位
吴四提出地面车位应当重新划线。
表决：同意四票，弃权一票。通过。
三、花园
决定今年春天补种桂花六棵。
四、其他
无。
下次会议：四月十一日。
""",
    "subtitles": """\
1
00:00:01,200 --> 00:00:03,400
The tide won't wait for you.

2
00:00:03,900 --> 00:00:05,100
Nor for you.

3
00:00:06,000 --> 00:00:09,250
Father sold the boat
before the winter came.

4
00:00:10,000 --> 00:00:11,300
He did what?

5
00:00:12,050 --> 00:00:14,800
He sold it. To the man
from the cannery.

6
00:00:15,500 --> 00:00:16,400
No.

7
00:00:17,100 --> 00:00:20,000
I signed the papers myself.
""",
}
