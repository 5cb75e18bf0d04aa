"""More documents that are no articles, whole and without anything around them: what schools, stages and offices write."""

from __future__ import annotations

PAPERS: dict[str, str] = {
    "examination, zh": """\
2019年秋季期中考试 六年级语文
一、选择题（每题2分，共20分）
1. 下列词语中，没有错别字的一项是（ ）
A. 川流不息 再接再厉
B. 穿流不息 再接再励
C. 川流不息 再接再励
D. 穿流不息 再接再厉
2. 下列句子中标点使用正确的一项是（ ）
A. 他问我去不去？
B. 他问我去不去。
C. 他问：我去不去。
D. 他问我“去不去”。
二、阅读短文，回答问题（30分）
渡口的老人每天天不亮就起来，先把船里的水舀干，再把缆绳解开，坐在船头等第一个过河的人。
他说，等人是撑船人的本分，人来了船就开，人不来船就等。
1. 短文中“本分”是什么意思？（5分）
2. 老人为什么天不亮就起来？（5分）
3. 用自己的话说说你对最后一句的理解。（10分）
三、作文（50分）
题目：我最难忘的一次等待
要求：不少于四百字，不得写真实姓名和校名。
""",
    "riddles, zh": """\
渡口小学元宵灯谜
1、白天空着肚子睡，夜里吐出一条光，风吹不走雨不怕，站在江边给人望。（打一建筑）
谜底：灯塔
2、一根身子两头系，拉来拉去过江去，人人坐船要靠它，它却从来不上岸。（打一物）
谜底：缆绳
3、四方脸，一肚话，天天有人翻肚皮。（打一物）
谜底：信箱
4、住在水里不是鱼，走起路来横着去，两把剪刀不裁衣。（打一动物）
谜底：河蟹
5、早上长，中午短，晚上不见它的面。（打一现象）
谜底：影子
""",
    "couplets, zh": """\
渡口村春联集
上联：一桨划开江上雪
下联：双灯照见岸边春
横批：渡口迎春
上联：船到湾头风自顺
下联：人归村口酒先温
横批：岁岁平安
上联：渡口风平迎客早
下联：江头水暖送春归
横批：春到人间
""",
    "sayings, zh": """\
撑船人的老话
船头坐得住，船尾才稳当。——上渡口老船工林一
看水先看风
看风先看云
一根缆绳系两岸
三分力气七分等
水不急，人不急，船自己会到。
过了河还记得桨的人，才算会坐船。——下湾村周二
""",
    "days of a journey, zh": """\
河谷三日游行程安排
第一天
08:30 县城汽车站集合
10:00 抵达上渡口，参观老码头
12:00 午餐（自理）
14:00 登望江亭
18:00 入住江边客栈
第二天
07:00 早餐
08:00 乘船游下河湾
12:00 船上午餐
15:00 参观造船作坊
第三天
09:00 自由活动
12:00 返程
费用说明
包含：车费、船票、两晚住宿
不含：午餐、个人消费
""",
    "song with marks of its parts, en": """\
The Lower Landing
[Verse 1]
I left my coat on the lower landing
With the rain coming down
And nobody there was understanding
Why I walked out of town
[Chorus]
Take me over, take me over
Take me over to the other side
Take me over, take me over
Before the turning of the tide
[Verse 2]
The ferryman he never asked me
For a name or for a fare
He only held the rope and passed me
The lamp he carried there
[Chorus]
Take me over, take me over
Take me over to the other side
Take me over, take me over
Before the turning of the tide
[Outro]
Before the turning of the tide
""",
    "screenplay, en": """\
THE LAST FERRY
INT. FERRY OFFICE - NIGHT
A lamp. A ledger. RUTH (60) counts coins into a tin.
RUTH
Fourteen. Fifteen. That's the lot.
The door opens. TOM (30), wet through.
TOM
Is there another boat?
RUTH
There was.
TOM
I have to get across.
RUTH
Everybody has to get across.
She closes the tin.
EXT. LANDING - CONTINUOUS
Rain. The boat at its rope.
TOM
How much?
RUTH
What have you got?
FADE OUT.
""",
    "leaflet of a medicine, de": """\
Gebrauchsinformation: Hustensaft Flussblick
Was ist Hustensaft Flussblick und wofür wird er angewendet?
Hustensaft Flussblick ist ein pflanzliches Mittel, das zähen Schleim löst und das Abhusten erleichtert.
Was müssen Sie vor der Einnahme beachten?
Nehmen Sie den Saft nicht ein, wenn Sie gegen Thymian allergisch sind.
Wie ist der Saft einzunehmen?
Erwachsene: 3-mal täglich 10 ml
Kinder ab 6 Jahren: 3-mal täglich 5 ml
Kinder unter 6 Jahren: nicht anwenden
Welche Nebenwirkungen sind möglich?
Selten: Übelkeit
Sehr selten: Hautausschlag
Wie ist der Saft aufzubewahren?
Nicht über 25 °C lagern
Weitere Informationen
Zulassungsinhaber: Flussblick Arzneimittel
Stand der Information: März 2019
""",
    "programme of an evening, fr": """\
Programme de la soirée du mardi 12 mars
20h50 Le bac du bas
Téléfilm. Un passeur découvre une lettre dans le manteau d'un noyé.
22h25 Les rives
Documentaire. Trois villages de la vallée racontent la crue de 1955.
23h20 Journal de la nuit
23h45 Concert au vieux moulin
00h50 Météo
00h55 Fin des programmes
""",
    "obituary, en": """\
Ada Marsh, ferrywoman
Born 4 May 1931
Died 12 March 2019
Ada Marsh, who ran the lower ferry for forty-one years, has died at the age of 87.
She took the rope from her father in 1952 and gave it to her niece in 1993.
She is survived by two sisters
by nine nieces and nephews
and by the ferry
The funeral will be held at the chapel by the landing on Saturday at eleven.
No flowers, please.
Donations to the Lower Ferry Fund
""",
    "phrases in two languages": """\
Useful phrases at the landing
Good morning
Guten Morgen
Where is the ferry?
Wo ist die Fähre?
How much is it?
Was kostet das?
One ticket, please
Eine Karte, bitte
Thank you
Danke
Help!
Hilfe!
Contact me
Kontaktieren Sie mich
Search
Suchen
Learn these ten phrases by heart before you travel, and the ferryman will answer you in his own words.
""",
    "judgment, zh": """\
河谷县人民法院
民事判决书
（2019）河0103民初112号
原告：林一，男，1968年3月4日出生，住河谷县上渡口村。
被告：河谷县江运有限公司，住所地河谷县城关镇滨江路3号。
法定代表人：周二，经理。
原告林一与被告河谷县江运有限公司运输合同纠纷一案，本院于2019年2月11日立案后，依法适用简易程序，公开开庭进行了审理。
原告林一向本院提出诉讼请求：1．判令被告赔偿损失3200元；2．案件受理费由被告负担。
本院认为，原告乘坐被告的渡船，双方形成运输合同关系，被告应当将旅客的行李安全运送到约定地点。
判决如下：
一、被告于本判决生效之日起十日内赔偿原告3200元；
二、案件受理费25元，由被告负担。
审判员 陈三
二〇一九年三月十二日
书记员 刘四
""",
    "small notices of a village, ko": """\
나루터 마을 소식지 알림난
팝니다: 노 젓는 배 한 척, 상태 좋음
구합니다: 나룻배 사공, 주말 근무
찾습니다: 갈색 강아지 '복실이'
알립니다: 다음 주 화요일 나룻배 운항 중지
나눕니다: 중학교 참고서 열두 권
마을 회관에서 매주 목요일 저녁 일곱 시에 바둑 모임이 열리니 관심 있는 분은 누구나 오시면 됩니다.
문의: 마을 회관
""",
    "letters quoted, en": """\
Subject: Re: Re: rope for the ferry
From: Ruth Achterberg
To: Tom Osei
Date: Tue, 12 Mar 2019 09:14
Tom, the new rope is here. It is forty metres and not thirty, but we can cut it.
Ruth
> From: Tom Osei
> Date: Mon, 11 Mar 2019 17:40
> Is the rope there yet? The old one will not hold another week.
> Tom
>> From: Ruth Achterberg
>> I have ordered it from the mill. It should be here on Monday.
>> Ruth
""",
    "what is in the biscuits, es": """\
Galletas de avena El Molino
Información nutricional por 100 g
Valor energético 452 kcal
Grasas 18 g
de las cuales saturadas 3,2 g
Hidratos de carbono 62 g
de los cuales azúcares 21 g
Fibra 6,1 g
Proteínas 7,8 g
Sal 0,6 g
Ingredientes: copos de avena, harina de trigo, azúcar, aceite de girasol, miel, sal.
Conservar en lugar fresco y seco. Una vez abierto el paquete, consumir en un plazo de quince días.
Peso neto: 250 g
Origen: España
""",
    "results of a regatta, ru": """\
Регата на реке: итоги первого дня
В субботу на реке прошла регата, в которой участвовали двенадцать лодок из четырёх городов, и ветер стих только к вечеру.
1. «Чайка» 42:10
2. «Мария» 43:05
3. «Волна» 44:51
4. «Старый мост» 47:20
5. «Надежда» сошла
Юниоры
1. «Стриж» 51:02
2. «Ласточка» 52:44
Женские экипажи
1. «Ока» 49:13
Судьи
Анна Лебедева
Пётр Соколов
""",
}
