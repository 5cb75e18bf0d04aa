"""Promises of `scrubber.text.decode` and `scrubber.text.repair`."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.errors import UsageError
from scrubber.text.decode import (
    FEW_BAD_SPOTS,
    Undecodable,
    decode,
    encode_text,
)
from scrubber.text.repair import BadRun, TooManyBadRuns, decode_recording
from strategies import documents

HAN = "渡轮今天中午返航，码头将于星期一重新开放，港务处表示，所有班次将恢复正常运行。\n"
TRADITIONAL = "渡輪今天中午返航，碼頭將於星期一重新開放，港務處表示，所有班次將恢復正常。\n"
JAPANESE = "フェリーは正午に戻り、港湾局は月曜日からすべての便が通常どおり運航すると発表しました。\n"
KOREAN = "여객선은 정오에 돌아왔으며 항만청은 월요일부터 모든 노선이 정상 운항한다고 밝혔다.\n"
RUSSIAN = "Паром вернулся в полдень, и портовая служба сообщила, что рейсы возобновятся.\n"
GERMAN = "Die Fähre kehrte gestern zurück, und das Hafenamt öffnet für alle Fahrgäste.\n"
POLISH = "Prom wrócił w południe, a kapitanat ogłosił, że rejsy zostaną wznowione jutro.\n"
GREEK = "Το πλοίο επέστρεψε το μεσημέρι και το λιμάνι ανοίγει ξανά τη Δευτέρα.\n"
TURKISH = "Feribot öğleyin döndü; liman idaresi seferlerin pazartesi günü başlayacağını söyledi.\n"
HEBREW = "המעבורת חזרה בצהריים, והנמל ייפתח מחדש ביום שני.\n"
ARABIC = "عادت العبارة ظهرا وقالت إدارة الميناء إن الرحلات ستستأنف غدا.\n"
LITHUANIAN = "Keltas grįžo vidurdienį, o uosto tarnyba pranešė, kad reisai vėl vyks.\n"
THAI = "เรือข้ามฟากกลับมาตอนเที่ยง และท่าเรือจะเปิดอีกครั้งวันจันทร์\n"


# Names and what they are read with: the superset of each.
LEGACY = [
    ("gb2312", HAN, "gb18030"),
    ("gbk", HAN, "gb18030"),
    ("big5", TRADITIONAL, "big5hkscs"),
    ("shift_jis", JAPANESE, "cp932"),
    ("euc_jp", JAPANESE, "euc_jp"),
    ("euc_kr", KOREAN, "cp949"),
    ("cp1251", RUSSIAN, "cp1251"),
    ("koi8-r", RUSSIAN, "koi8-r"),
    ("iso8859-5", RUSSIAN, "iso8859-5"),
    ("latin-1", GERMAN, "cp1252"),
    ("cp866", RUSSIAN, "cp866"),
    ("cp1250", POLISH, "cp1250"),
    ("iso8859-2", POLISH, "iso8859-2"),
    ("cp1253", GREEK, "cp1253"),
    ("cp1254", TURKISH, "cp1254"),
    ("cp1255", HEBREW, "cp1255"),
    ("cp1256", ARABIC, "cp1256"),
    ("cp1257", LITHUANIAN, "cp1257"),
    ("cp874", THAI, "cp874"),
]


@given(documents())
def test_utf8_is_read_as_it_is(text: str) -> None:
    # Other controls than these belong to the test for binary content.
    text = re.sub("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]", "", text).lstrip("\ufeff")
    read = decode(text.encode("utf-8"))
    assert (read.text, read.encoding, read.bom, read.repairs, read.roundtrips) == (text, "utf-8", b"", (), True)
    assert (read.confidence, read.how_known) == (1000, "valid UTF-8")


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"\xef\xbb\xbf", "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (b"\xff\xfe\x00\x00", "utf-32-le"),
        (b"\x00\x00\xfe\xff", "utf-32-be"),
        (b"\x84\x31\x95\x33", "gb18030"),
    ],
)
def test_a_byte_order_mark_decides_and_is_no_part_of_the_text(mark: bytes, encoding: str) -> None:
    data = mark + HAN.encode(encoding)
    read = decode(data)
    assert (read.text, read.encoding, read.bom, read.roundtrips) == (HAN, encoding, mark, True)
    assert encode_text(read.text, read.encoding, read.bom, read.repairs) == data


def test_a_mark_alone_is_an_empty_text() -> None:
    assert decode(b"\xef\xbb\xbf").text == ""
    assert decode(b"\xff\xfe").text == ""
    assert decode(b"").text == ""


def test_a_second_mark_is_text() -> None:
    assert decode(b"\xef\xbb\xbf\xef\xbb\xbfa").text == "\ufeffa"


@pytest.mark.parametrize(("name", "text", "encoding"), LEGACY)
def test_legacy_encodings_are_found_and_proved(name: str, text: str, encoding: str) -> None:
    data = text.encode(name) * 3
    read = decode(data)
    assert (read.text, read.encoding, read.roundtrips) == (text * 3, encoding, True)
    assert encode_text(read.text, read.encoding, read.bom, read.repairs) == data
    assert 50 <= read.confidence <= 1000
    assert read.how_known == "its characters"


def test_the_runner_up_is_named() -> None:
    read = decode((RUSSIAN * 2).encode("cp1251"))
    assert read.runner_up is not None
    assert read.runner_up != "Windows-1251"


def test_a_late_legacy_part_is_seen() -> None:
    # chardet looks at the start of a file only; 300 kB of ASCII must not hide what comes then.
    data = b"harbour news\n" * 25_000 + HAN.encode("gb18030") * 4
    assert decode(data).text.endswith(HAN)


def test_a_declaration_in_the_bytes_does_not_sway_chardet() -> None:
    page = '<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">' + HAN * 4
    assert decode(page.encode("gbk")).text == page


def test_a_declared_single_byte_name_proves_nothing() -> None:
    assert decode((HAN * 3).encode("gbk"), declared="iso-8859-1").text == HAN * 3


def test_a_declared_multi_byte_name_does_not_beat_a_clearly_better_one() -> None:
    # Nearly everything decodes as GB18030.
    data = (TRADITIONAL * 3).encode("big5")
    assert decode(data, declared="gb2312").text == TRADITIONAL * 3


def test_a_declared_name_parts_readings_that_are_as_good_as_equal() -> None:
    data = "Być może łódka wróci całą załogą.".replace("ą", "ę").encode("iso8859-2")
    assert decode(data).encoding == "cp1250"
    read = decode(data, declared="ISO-8859-2")
    assert (read.encoding, read.how_known) == ("iso8859-2", "declared, and its characters")


def test_a_declaration_is_looked_for_only_where_the_bytes_do_not_speak_for_themselves() -> None:
    asked: list[bool] = []

    def declared() -> str:
        asked.append(True)
        return "ISO-8859-2"

    assert decode(HAN.encode(), declared=declared).encoding == "utf-8"
    assert not asked
    assert decode("Zażółć gęślą jaźń".encode("iso8859-2"), declared=declared).encoding == "iso8859-2"
    assert asked


@pytest.mark.parametrize("declared", ["", "x" * 300, "no\0name", "hex", "../../etc", "utf-8", "名字", "idna"])
def test_a_hostile_declaration_is_harmless(declared: str) -> None:
    assert decode((HAN * 2).encode("gbk"), declared=declared).text == HAN * 2


def test_doubt_refuses_and_says_what_to_do() -> None:
    with pytest.raises(Undecodable) as caught:
        decode("zażółć gęślą jaźń".encode("cp852"))
    assert str(caught.value) == (
        "not UTF-8, and chardet is only 4 % sure of IBM866. Pass --encoding, or --undecodable skip."
    )
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    "data",
    [b"\x7fELF\x02\x01\x01\x00\x00", b"plain\0text", bytes(range(1, 9)) * 20, bytes(range(256)) * 9],
)
def test_binary_is_refused_as_such(data: bytes) -> None:
    with pytest.raises(Undecodable, match=r"^binary\."):
        decode(data)
    with pytest.raises(Undecodable, match=r"^binary\."):
        decode(data, undecodable="replace")


def test_stray_controls_and_escapes_are_text() -> None:
    data = b"one\x0ctwo\x1b[0m three \x07 four\n"
    assert decode(data).text == data.decode("ascii")


def test_one_bad_byte_in_utf8_is_listed_and_comes_back() -> None:
    start, end = (HAN * 4).encode(), (HAN * 3).encode()
    read = decode(start + b"\xff" + end)
    assert read.text == HAN * 4 + "\ufffd" + HAN * 3
    assert read.repairs == (BadRun(len(HAN) * 4, len(start), b"\xff"),)
    assert read.encoding == "utf-8"
    assert read.roundtrips
    assert encode_text(read.text, "utf-8", b"", read.repairs) == start + b"\xff" + end


def test_a_cut_last_character_is_one_run() -> None:
    data = HAN.strip().encode()[:-1]
    read = decode(data)
    assert read.repairs == (BadRun(len(HAN) - 2, len(data) - 2, data[-2:]),)


def test_a_replacement_character_of_the_file_is_no_repair() -> None:
    read = decode(("价格\ufffd元\n" * 9).encode() + b"\xff")
    assert [run.raw for run in read.repairs] == [b"\xff"]
    assert read.text.count("\ufffd") == 10


def test_offsets_of_repairs_count_the_mark() -> None:
    read = decode(b"\xef\xbb\xbf" + HAN.encode() + b"\xfe")
    assert read.repairs == (BadRun(len(HAN), 3 + len(HAN.encode()), b"\xfe"),)


def test_few_means_sixteen_in_one_per_cent() -> None:
    good = (HAN * 40).encode()
    few = b"".join(good + b"\xff" for _ in range(FEW_BAD_SPOTS))
    assert len(decode(few).repairs) == FEW_BAD_SPOTS
    with pytest.raises(Undecodable):
        decode(few + HAN.encode() + b"\xff", encoding="utf-8")
    with pytest.raises(Undecodable):
        decode(b"\xff" + HAN.encode() + b"\xff", encoding="utf-8")


def test_latin_letters_are_not_taken_for_bad_bytes() -> None:
    # Fifteen bad bytes in 2,000 would be few; but nothing in the file speaks for UTF-8.
    data = (GERMAN * 2 + "The harbour office had no comment on this.\n" * 40).encode("latin-1")
    read = decode(data)
    assert (read.encoding, read.repairs) == ("cp1252", ())


def test_replacing_is_only_done_when_asked_for() -> None:
    data = b"\xff\xfe\xfd \x9d\x81 " * 9 + b"ab"
    data = b"ab " + data
    with pytest.raises(Undecodable):
        decode(data, encoding="utf-8")
    read = decode(data, encoding="utf-8", undecodable="replace")
    assert read.text == data.decode("utf-8", "replace")
    assert len(read.repairs) == 45
    assert read.confidence == 0
    assert encode_text(read.text, read.encoding, read.bom, read.repairs) == data


def test_what_nobody_can_name_may_be_replaced() -> None:
    data = "zażółć gęślą jaźń".encode("cp852")
    read = decode(data, undecodable="replace")
    assert read.text == data.decode("utf-8", "replace")
    assert read.how_known.startswith("replaced")


@pytest.mark.parametrize(
    ("encoding", "data", "text", "bom"),
    [
        ("utf-16", b"\xfe\xff\x00a", "a", b"\xfe\xff"),
        ("utf-16", b"a\x00", "a", b""),
        ("UTF-8", b"\xef\xbb\xbfa", "a", b"\xef\xbb\xbf"),
        ("utf-8-sig", b"a", "a", b""),
        ("latin-1", b"\xef\xbb\xbf", "ï»¿", b""),
        ("cp1252", b"a\0b", "a\0b", b""),
        ("big5", "渡輪".encode("big5"), "渡輪", b""),
    ],
)
def test_a_given_encoding_is_taken_as_told(encoding: str, data: bytes, text: str, bom: bytes) -> None:
    read = decode(data, encoding=encoding)
    assert (read.text, read.bom, read.how_known, read.confidence) == (text, bom, "given", 1000)
    assert encode_text(read.text, read.encoding, read.bom, read.repairs) == data


@pytest.mark.parametrize("name", ["utf8000", "hex", "rot13", "", "a b", "../x"])
def test_an_unknown_given_encoding_is_a_usage_error(name: str) -> None:
    with pytest.raises(UsageError, match="unknown encoding"):
        decode(b"abc", encoding=name)


def test_codes_without_a_way_back_are_said_so() -> None:
    # FA 54 and 81 CA are both ￢ in cp932; only the second is written.
    read = decode(b"\xfa\x54", encoding="cp932")
    assert read.text == "￢"
    assert not read.roundtrips


@pytest.mark.parametrize(
    ("data", "encoding"), [(b"+2AA-", "utf-7"), (b"\\ud800", "unicode_escape"), (b"\x00\xd8a\x00", "utf-16-le")]
)
def test_no_text_holds_a_lone_surrogate(data: bytes, encoding: str) -> None:
    try:
        text = decode(data, encoding=encoding).text
    except Undecodable:
        return
    assert text.encode("utf-8")


@given(st.binary(max_size=300), st.sampled_from(["utf-8", "gb18030", "cp932", "utf-16-le", "cp1252", "euc_kr"]))
def test_recording_replaces_exactly_what_python_replaces(data: bytes, codec: str) -> None:
    text, runs = decode_recording(data, codec, limit=1000)
    assert text == data.decode(codec, "replace")
    for run in runs:
        assert data[run.byte_offset : run.byte_offset + len(run.raw)] == run.raw
        assert text[run.text_offset] == "\ufffd"
    assert [run.byte_offset for run in runs] == sorted({run.byte_offset for run in runs})
    if codec == "utf-8":
        assert encode_text(text, codec, b"", runs) == data


@given(st.binary(max_size=200), st.sampled_from(["fail", "replace"]))
def test_any_bytes_give_a_text_that_comes_back_or_an_error(data: bytes, undecodable: str) -> None:
    try:
        read = decode(data, undecodable=undecodable)
    except Undecodable:
        return
    read.text.encode("utf-8")
    if read.roundtrips:
        assert encode_text(read.text, read.encoding, read.bom, read.repairs) == data


def test_recording_stops_at_its_limit() -> None:
    with pytest.raises(TooManyBadRuns):
        decode_recording(b"\xff" * 50, "utf-8", limit=49)


def test_a_repair_must_stand_on_its_replacement_character() -> None:
    with pytest.raises(ValueError, match="no U\\+FFFD at 1"):
        encode_text("abc", "utf-8", b"", [BadRun(1, 1, b"\xff")])
    with pytest.raises(ValueError, match="can't encode"):
        encode_text("渡", "cp1252", b"", ())
