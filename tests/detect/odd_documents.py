"""Documents that are no articles, whole and without anything around them: nothing in them is boilerplate."""

from __future__ import annotations

from odd_records import RECORDS

ODD: dict[str, str] = {
    **RECORDS,
    "recipe, en": """\
Fish soup for six

Ingredients
1 kg mixed white fish, cleaned
2 onions
3 cloves of garlic
4 ripe tomatoes
1 bulb of fennel
100 ml olive oil
1 pinch of saffron
2 bay leaves
salt, pepper

Method
Chop the onions and the fennel, and soften them in the oil for ten minutes.
Add garlic and tomatoes, and cook until the tomatoes fall apart.
Pour in two litres of water, add saffron and bay leaves, and bring to the boil.
Simmer for twenty minutes.
Put in the fish, the firm pieces first, and cook for eight minutes more.
Season.
Serve with toasted bread.
""",
    "recipe, zh": """\
家常红烧鱼

用料
鲫鱼 两条
姜 一块
葱 三根
生抽 两勺
老抽 半勺
料酒 一勺
糖 一小勺
盐 少许

做法
1. 鱼洗净，两面划几刀，抹上盐和料酒，腌十分钟。
2. 锅里放油烧热，把鱼煎到两面金黄。
3. 放姜片和葱段，炒出香味。
4. 加生抽、老抽、糖和一碗热水，大火烧开。
5. 转小火焖十五分钟。
6. 大火收汁，撒上葱花就可以出锅了。

小贴士
煎鱼的时候不要急着翻面，鱼皮才不会破。
""",
    "reference list": """\
References

Achterberg, R. (2019). Silt and tide: Sediment transport in small harbours. Quay Press.
Dunne, M. & Osei, T. (2022). Counting boats from the shore. Journal of Coastal Practice, 14(2), 88-103.
Iyer, S. (2017). A history of the inner basin. Old Customs House.
Low, A. (2020). Lanterns and lamps: Navigation lights before electricity. Harbour Studies, 7, 1-29.
Low, A. & Venn, P. (2023). The herring years. In S. Iyer (Ed.), Fishing towns (pp. 201-244). Quay Press.
Osei, T. (2015). Rope. Maritime Crafts, 3(1), 15-22.
Venn, P. (2011). Fees and dues of minor ports. Port Economics Review, 29, 310-331.
Venn, P. (2018). Who owns the quay? Retrieved from https://example.org/venn-2018
Yardley, C. (1998). Fog signals of the north coast. Lighthouse Society.
Zell, B. (2024). Dredging without tears. Proceedings of the Estuary Conference, 55-61.
""",
    "notice of three lines, en": """\
Notice
The ferry does not run on Sunday.
The harbour master
""",
    "notice of three lines, zh": """\
通知
本周日渡轮停航一天，请相互转告。
港务处
""",
    "notice of a few lines, zh": """\
停水通知

各位住户：
因主管道检修，三号楼和五号楼将于本周四上午九点至下午四点停水。
请提前储水，关好水龙头。
不便之处，敬请谅解。
联系人：周师傅
电话：0000-1234567
物业服务中心
三月十四日
""",
    "chat": """\
[18:02] mira: anyone on the east quay?
[18:02] tom: yes
[18:03] tom: why
[18:03] mira: my fender fell off
[18:03] mira: the white one
[18:04] jo: lol again
[18:05] tom: i see it
[18:05] tom: drifting towards the steps
[18:06] mira: can you get it
[18:07] tom: got it
[18:07] mira: you are a hero
[18:08] jo: that is the third this year
[18:09] mira: fourth
[18:10] tom: knots!!
[18:11] mira: i know how to tie a knot
[18:12] jo: evidence says otherwise
""",
    "thread, zh": """\
楼主：东码头的夜钓位置还能去吗？
听说最近在修路。

张三：上周去过，路能走，就是没有灯。
李四：带头灯就行。
楼主：停车方便吗？
张三：免费，但是位置少，早点去。
王五：我昨晚去的，钓了三条鲈鱼。
李四：用的什么饵？
王五：活虾。
赵六：冷不冷？
王五：冷，多穿点。
楼主：谢谢各位，周末去试试。
李四：等你的好消息。
""",
    "glossary, en": """\
Words of the quay

Bollard: a short thick post to which a ship's rope is made fast.
Chart datum: the level from which depths on a chart are counted.
Ebb: the falling tide.
Fairway: the part of a channel that is kept clear.
Fender: a cushion between hull and wall.
Flood: the rising tide.
Hawser: a heavy rope.
Leeward: on the side away from the wind.
Neap: a tide of small range.
Painter: the rope at the bow of a dinghy.
Slack: the short time when the water stands.
Spring: a tide of great range, at new and full moon.
Warp: to move a ship by hauling on ropes.
Windward: on the side of the wind.
""",
    "glossary, zh": """\
航运名词解释

潮高：从海图基准面算起的水面高度。
大潮：朔望之后潮差最大的潮。
小潮：上下弦之后潮差最小的潮。
航道：供船舶航行的水域。
泊位：供一艘船停靠的位置。
缆桩：码头上系缆绳用的矮柱。
护舷：船与码头之间的缓冲物。
引航：由引航员带领船舶进出港口。
压载：为使船舶稳定而装载的水或重物。
吃水：船底到水面的垂直距离。
""",
    "questions and answers, en": """\
Questions about the winter berth

When can I bring my boat?
From 1 October, at high water.
How long may it stay?
Until 15 April.
Is there electricity?
Yes, 16 A at every post.
May I live on board?
No. One night before departure is allowed.
Who looks after the ropes?
You do. The watchman checks them after storms and calls you.
What does it cost?
See the list of fees. Members pay half.
Can I work on the hull?
Only in the shed, and not on Sundays.
Where do I leave the old paint?
In the green container behind the shed.
""",
    "questions and answers, zh": """\
常见问题

问：什么时候可以办理年票？
答：每年十二月一日起。
问：需要带什么材料？
答：身份证和一张照片。
问：老人可以免费吗？
答：七十岁以上免费。
问：年票可以转让吗？
答：不可以。
问：丢了怎么补？
答：到服务台补办，收工本费十元。
问：节假日能用吗？
答：能。
""",
    "interview, en": """\
"I never wanted to be an engineer"
A conversation with the last keeper of Cold Point

You came here in 1981. What was it like?
Wet. And loud. The horn went every ninety seconds.
For how long?
The first fog lasted four days.
Did you sleep?
You learn to. You wake up when it stops.
What did you do all day?
Paint. Salt eats everything. When you are done at the top, you start again at the bottom.
And in the evening?
I read. My wife knitted. We had no television until 1990.
Did you miss it?
No.
When did they tell you that the light would be automatic?
By letter, in spring. I still have it.
Were you angry?
No. A machine does not mind the horn.
""",
    "interview, zh": """\
最后一位守塔人

记者：您是哪一年来的？
林一：一九八一年春天。
记者：当时是什么感觉？
林一：潮，吵。雾笛九十秒响一次。
记者：睡得着吗？
林一：习惯了就睡得着。它一停，反而醒了。
记者：每天都做些什么？
林一：刷漆。海风什么都吃，从上刷到下，刷完了又从上面开始。
记者：晚上呢？
林一：看书，听收音机。
记者：想家吗？
林一：想。
记者：后来灯塔改成自动的，您难过吗？
林一：不难过。机器不怕吵。
""",
    "terms of use, en": """\
Terms of use of the harbour network

1. Who we are
The network is run by the Harbour Users' Association.
2. What you may do
You may use the network for any lawful purpose.
You may share your password with your crew.
3. What you may not do
You may not sell access.
You may not run a server that others depend on.
4. Privacy
We keep the time of each login for seven days.
We keep nothing of what you read or write.
Cookies are only used on the login page.
5. Liability
The network is free. It may fail at any time, and we owe you nothing if it does.
6. Copyright
What you publish remains yours. All rights of others are to be respected.
7. Changes
We may change these terms. We will post the new text at the office.
8. Contact
Write to the office, or come by.
""",
    "terms of use, zh": """\
港区无线网络使用条款

一、服务提供者
本网络由港区用户协会提供。
二、使用规则
用户可以将本网络用于任何合法用途。
用户不得转售网络，不得发布违法信息。
三、隐私
我们保存登录时间七天。
我们不保存用户浏览的内容。
登录页面使用必要的 Cookie。
四、免责声明
本网络免费提供，可能随时中断，由此造成的损失本协会不承担责任。
五、版权
用户发布的内容，版权归用户所有。未经授权不得转载他人的作品。
六、修改
本协会可以修改本条款，修改后的条款在办公室公布。
七、联系我们
请到办公室咨询。
""",
    "letter, en": """\
Cold Point, 3 November

Dear Ada,

Your parcel came on Tuesday, and the socks fit.
Thank you.
We have had no boat for nine days. The bread is gone, but there is flour.
I have finished the red book. You were right about the ending.
The boy has learned to whistle and will not stop.
Please send lamp wicks, the broad ones, and a new deck of cards.
Tell Father that the roof held.
I think of the garden, and whether anyone has picked the pears.

Yours,
Peter

P.S. Two packs, if they are cheap.
""",
    "letter, zh": """\
亲爱的妹妹：

你好！
包裹星期二收到了，袜子很合脚。
这里已经九天没有船来。面包吃完了，还有面粉。
红皮的那本书我看完了，结局果然和你说的一样。
孩子学会了吹口哨，整天吹个不停。
下次请寄几根灯芯来，要宽的那种，再带一副扑克牌。
告诉父亲，屋顶没有漏。
院子里的梨有人摘了吗？
祝
平安

哥哥
十一月三日
""",
    "programme of an event": """\
Day of the open harbour

09:00 Flags, brass band at the north pier
09:30 Tour of the lock (meet at gate A)
10:15 Splicing for children
11:00 The fire boat shows what it can do
12:00 Fish soup
13:00 Lecture: Silt and tide, by R. Achterberg
14:00 Rowing race, juniors
14:45 Rowing race, seniors
15:30 Tour of the lock
16:00 Prize giving
16:30 Shanties
18:00 Lights out, lantern procession
""",
    "job description": """\
Deck hand, full time

Your work
Make fast and cast off
Check tickets
Keep the deck clean and dry
Help passengers with prams and wheelchairs
Stand watch in fog

You have
Good health
Sea legs
A friendly manner on wet mornings

We offer
Pay by the harbour scale
Thirty days of leave
Free travel on all lines

Send your application to the office by 30 June.
""",
    "timetable with notes": """\
North pier - Cold Point

Monday to Friday
06:10 06:55
07:40 08:25
09:10 09:55
12:30 13:15
16:00 16:45
18:20 19:05
Saturday
08:00 08:45
13:00 13:45
18:00 18:45
Sunday
No service

Bicycles travel free if there is room on deck, which is rarely the case before eight in the morning.
In fog the first boat may leave up to half an hour late, and the harbour office announces it on channel 12.
""",
    "names of a crew": """\
The crew of the Marie

Ada Low
Peter Venn
Ruth Achterberg
Sunil Iyer
Moira Dunne
Tom Osei
Clive Yardley
Beate Zell
Jo Marsh
Mira Holt
Anders Lund
Inês Prado
""",
    "exercise sheet": """\
Exercises: distance and time

1. A ferry needs 45 minutes for 18 km. What is its speed?
2. At the same speed, how long does it need for 30 km?
3. The tide runs at 3 km/h against it. How long does it need now?
4. Two boats leave opposite piers at the same time. When do they meet?
   a) after 20 minutes
   b) after 22.5 minutes
   c) never
5. Draw the way of both boats in one diagram.
6. A boat drifts for ten minutes. How far is it off its course?

Solutions
1. 24 km/h
2. 75 minutes
3. 51 minutes and 26 seconds
4. b)
6. 500 m
""",
}
