"""Verse and the prose that speaks of it, on one page; and plain text with what its writers use to set it."""

from __future__ import annotations

#: For each script and language: title, verse, heading of the prose, prose.
_POEMS: dict[str, tuple[str, str, str, str]] = {
    "zh": (
        "渡口",
        """\
雪落在渡口的石阶上
没有人扫
船夫把缆绳
又系紧了一圈
对岸的灯
一盏一盏地灭了
我还在等
那个说要回来的人
水声很慢
像外婆数豆子
数到一百
又从头数起
天快亮的时候
风把芦苇
吹向同一个方向
我把信叠好
放进棉衣的口袋
船开了
雪还在落
""",
        "赏析",
        """\
这首诗写于一九九三年冬天，作者当时在江边的一所小学教书，每到周末便要坐渡船回家，诗里的渡口就是他每周要走过的地方。
全诗没有一个“愁”字，却处处写等待。缆绳系紧，灯火渐灭，水声缓慢，这些细小的声音和动作把一个夜晚拉得很长，读者仿佛也坐在石阶上。
“像外婆数豆子”一句最见功力，它把看不见的时间变成了一个看得见的动作，又带着童年的温度，使全诗的情绪在这里有了落点。
结尾“船开了，雪还在落”，人走了，景还在，诗人把说不出的话都留给了雪，余味深长，值得反复诵读。
""",
    ),
    "ja": (
        "渡し場",
        """\
雪が石段に降りていた
だれも掃く人はいない
船頭は綱をもう一度
かたく結びなおした
向こう岸の灯が
ひとつずつ消えていく
帰ると言った人を
わたしはまだ待っている
水の音はゆっくりと
祖母が豆を数えるように
百まで数えて
またはじめにもどる
夜が明けるころ
風が葦をなびかせた
手紙をたたんで
ふところに入れた
船が出た
雪はまだ降っている
""",
        "この詩について",
        """\
この詩は一九九三年の冬に書かれた。作者は当時、川辺の小さな学校で教えており、毎週末に渡し船で家に帰っていた。
悲しみという言葉は一度も出てこないが、どの行も待つことを語っている。結びなおされる綱、消えていく灯、ゆっくりとした水の音。
豆を数える祖母の姿は、目に見えない時間を目に見えるものに変え、幼い日のぬくもりを与えている。
終わりに船は出て、何も説明されない。読者は雪と手紙とともに石段に残される。
""",
    ),
    "ko": (
        "나루터",
        """\
눈이 돌계단에 내렸다
아무도 쓸지 않았다
사공은 밧줄을 한 번 더
단단히 묶었다
건너편 등불이
하나씩 꺼져 가는데
돌아온다던 사람을
나는 아직 기다린다
물소리는 느리게
할머니가 콩을 세듯이
백까지 세고
다시 처음부터 센다
동이 틀 무렵
바람이 갈대를 눕혔다
나는 편지를 접어
품속에 넣었다
배가 떠났다
눈은 아직 내린다
""",
        "작품 해설",
        """\
이 시는 1993년 겨울에 쓰였다. 시인은 당시 강가의 작은 학교에서 가르치며 주말마다 나룻배를 타고 집에 돌아갔다.
슬픔이라는 말은 한 번도 나오지 않지만 모든 행이 기다림을 말한다. 다시 묶는 밧줄, 꺼져 가는 등불, 느린 물소리가 그렇다.
콩을 세는 할머니의 모습은 보이지 않는 시간을 보이는 것으로 바꾸고 어린 날의 온기를 준다.
마지막에 배는 떠나고 아무것도 설명되지 않는다. 독자는 눈과 편지와 함께 돌계단에 남는다.
""",
    ),
    "en": (
        "The Ferry at Low Water",
        """\
Snow came down on the landing stair
and nobody swept it clear
the ferryman tied the rope again
though no one else was near
One by one the lamps went out
along the farther shore
and I was waiting for the man
who said he'd cross once more
The water went as slow as beads
my grandmother would tell
up to a hundred and back to one
until the morning bell
The wind bent all the reeds one way
before the light was grown
I folded the letter into my coat
and took the boat alone
""",
        "About this poem",
        """\
The poem was written in the winter of 1993, when its author taught at a small school by the river and had to take the ferry home every week.
There is no word of sorrow in it, and yet every line speaks of waiting: the rope that is tied, the lamps that go out, the slow water.
The image of the grandmother who counts her beads is the finest of all, for it makes time visible and gives it the warmth of childhood.
At the end the boat leaves and nothing is explained, and the reader is left on the stair with the snow and with the letter that nobody reads.
""",
    ),
    "de": (
        "Die Fähre bei Niedrigwasser",
        """\
Schnee fiel auf die Treppe am Kai
und keiner fegte ihn fort
der Fährmann band das Seil noch fester
und sprach dabei kein Wort
Am andern Ufer gingen die Lichter
eins nach dem andern aus
ich wartete immer noch auf den Mann
der sagte er kommt nach Haus
Das Wasser ging so langsam dahin
wie Perlen in einer Hand
die Großmutter zählte sie bis hundert
und hat sie noch alle gekannt
Der Wind bog alles Schilf zur Seite
bevor es Morgen war
ich steckte den Brief in meinen Mantel
der Schnee lag mir im Haar
""",
        "Zum Gedicht",
        """\
Das Gedicht entstand im Winter 1993, als sein Verfasser an einer kleinen Schule am Fluss unterrichtete und jede Woche mit der Fähre nach Hause fuhr.
Von Trauer ist nirgends die Rede, und doch spricht jede Zeile vom Warten: das Seil, das festgebunden wird, die Lichter, die ausgehen, das langsame Wasser.
Das Bild der Großmutter, die ihre Perlen zählt, ist das schönste von allen, denn es macht die Zeit sichtbar und gibt ihr die Wärme der Kindheit.
Am Ende legt das Boot ab, und nichts wird erklärt; der Leser bleibt mit dem Schnee auf der Treppe zurück.
""",
    ),
    "fr": (
        "Le bac",
        """\
La neige tombait sur l'escalier du quai
et personne ne la balayait
le passeur a serré la corde encore
et n'a rien dit jusqu'à l'aurore
Les lampes se sont éteintes là-bas
une par une sur l'autre bord
moi j'attendais celui qui n'est pas
revenu et que j'attends encore
L'eau s'en allait aussi lentement
que ma grand-mère comptait ses pois
jusqu'à cent et puis du commencement
et c'était toujours la même voix
Le vent couchait tous les roseaux
avant que le jour soit levé
j'ai mis la lettre sous mon manteau
et le bac s'en est allé
""",
        "Commentaire",
        """\
Le poème date de l'hiver 1993, quand son auteur enseignait dans une petite école au bord de la rivière et prenait le bac chaque semaine pour rentrer.
Le mot de tristesse n'y paraît pas une fois, et pourtant chaque vers parle de l'attente : la corde que l'on serre, les lampes qui s'éteignent, l'eau lente.
L'image de la grand-mère qui compte ses pois est la plus belle de toutes, car elle rend le temps visible et lui donne la chaleur de l'enfance.
À la fin le bac s'en va et rien n'est expliqué ; le lecteur reste sur l'escalier avec la neige et avec la lettre.
""",
    ),
    "ru": (
        "Паром",
        """\
Снег ложился на ступени
и никто его не мёл
перевозчик крепче узел
на канате вновь завёл
На другом краю погасли
друг за другом огоньки
я ждала кого-то с ночи
у замёрзшей у реки
И вода текла так долго
будто бабушка вела
счёт горошинам до сотни
и опять сначала шла
Ветер гнул камыш к рассвету
всё в одну лишь сторону
я письмо сложила вчетверо
и пошла встречать весну
""",
        "О стихотворении",
        """\
Стихотворение написано зимой 1993 года, когда автор преподавал в маленькой школе у реки и каждую неделю возвращался домой на пароме.
В нём нет ни слова о печали, и всё же каждая строка говорит об ожидании: канат, который завязывают крепче, огни, которые гаснут, медленная вода.
Образ бабушки, считающей горошины, лучший из всех, потому что он делает время видимым и придаёт ему тепло детства.
В конце паром уходит, и ничего не объяснено; читатель остаётся на ступенях вместе со снегом и с письмом.
""",
    ),
}

_PLAIN: dict[str, str] = {
    "plain text with underlined headings and a prompt": """\
The ferry counter
=================

Purpose
-------

The program counts the ferries that have crossed the river since the morning, and prints how many passengers they carried.

Use
---

Each line is typed at the prompt, and the answer stands below it.

>>> ferries = count("lower landing")
>>> len(ferries)
14

The folder is set by `${ferry.folder}/${ferry.name}`, and can be replaced.
See Share and Print in the menu for what else can be done with the list.
""",
    "examples of a command whose data repeat": """\
Example 1: to show a ferry

The following example shows the ferry of the lower landing as it is on record in the harbour office. ::

    ferries show --ferry-id f-1 \\
        --output json

Output::

    {
        "FerryId": "f-1",
        "Landing": {
            "Name": "lower landing",
            "Quay": {
                "Side": "east",
                "Depth": "two fathoms",
                "Light": "a red lamp on the pole beside the shed"
            },
            "Keeper": {
                "Name": "Ruth Achterberg",
                "Since": "1993"
            }
        },
        "Rope": {
            "Length": "forty metres",
            "Made": "by the mill at the weir, in the last winter",
            "Holds": "as long as nobody pulls it over the stone"
        }
    }

Example 2: to show a ferry by its landing

The following example shows the ferry that starts from a landing, whatever the ferry is called there. ::

    ferries show --landing "lower landing" \\
        --output json

Output::

    {
        "FerryId": "f-1",
        "Landing": {
            "Name": "lower landing",
            "Quay": {
                "Side": "east",
                "Depth": "two fathoms",
                "Light": "a red lamp on the pole beside the shed"
            },
            "Keeper": {
                "Name": "Ruth Achterberg",
                "Since": "1993"
            }
        },
        "Rope": {
            "Length": "forty metres",
            "Made": "by the mill at the weir, in the last winter",
            "Holds": "as long as nobody pulls it over the stone"
        }
    }

See the guide to the ferries for more on what is on record, and who may change it.
""",
    "software licence": """\
The Ferry Licence

Copyright (c) 2014 Ferry Works
All rights reserved.

Permission is hereby granted, free of charge, to any person obtaining a copy of this software, to deal in it without restriction.

The software is provided as it is, without warranty of any kind, and whoever uses it does so at a risk of their own.
""",
    "manual page, pt": """\
CONTA-BALSAS(1) - conta as balsas que atravessaram o rio

DESCRIÇÃO
O comando conta as balsas que atravessaram o rio desde a manhã, e mostra o número de passageiros que levaram.
A contagem começa de novo à meia-noite, quando a última balsa volta ao cais de baixo.

VEJA TAMBÉM
balsa(1), balseiro(5), margem(8)

AUTOR
Kai Nunes
""",
    "manual page, fr": """\
COMPTE-BACS(1) - compte les bacs qui ont traversé la rivière

DESCRIPTION
La commande compte les bacs qui ont traversé la rivière depuis le matin, et affiche le nombre des passagers.
Le compte recommence à minuit, quand le dernier bac est revenu au quai du bas.

VOIR AUSSI
bac(1), passeur(5), rive(8).
""",
    "notice of an office that signs it": """\
临河县人民政府关于禁止在旧桥两侧停车的通告

发文机关：
临河县人民政府
成文日期：
2019年2月27日

为保证旧桥拆除期间的交通安全，自三月一日起，旧桥两侧各二百米以内禁止停放一切车辆，违者由交警依法处理。
已经停放在上述范围内的车辆，请车主在二月二十八日以前自行移走，逾期不移的，由县公安局拖移。

特此通告。

临河县人民政府
2019年2月27日
""",
    "data sheet that ends in measures": """\
灯塔牌收音机

这台收音机是港务所去年发给每个值班室的，外壳用的是旧船上拆下来的柚木板，声音比铁壳的暖得多。
开关在右侧，转到底是长波，转回来是中波，天气好的晚上能听见对岸的电台报潮水。

电池
3节1号
重量
2.4 kg
尺寸
165.8 x 254.3 x 6.5
""",
}

#: Whole documents; every line of them is content.
WRITINGS: dict[str, str] = {
    **{
        f"verse above the prose on it, {language}": f"{title}\n{verse}{heading}\n{prose}"
        for language, (title, verse, heading, prose) in _POEMS.items()
    },
    **{
        f"verse below the prose on it, {language}": f"{title}\n{prose}{verse}"
        for language, (title, verse, heading, prose) in _POEMS.items()
    },
    **_PLAIN,
}
