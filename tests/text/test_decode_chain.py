"""Promises of the decoding chain beyond plain files: no mark, cut, damaged, two encodings in one file, declarations."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.errors import UnreadableInput
from scrubber.text.decode import Decoded, Undecodable, decode, encode_text
from scrubber.text.repair import BadRun, count_spots

HAN = "渡轮今天中午返航，码头将于星期一重新开放，港务处表示，所有班次将恢复正常运行。\n"
TRADITIONAL = "渡輪今天中午返航，碼頭將於星期一重新開放，港務處表示，所有班次將恢復正常。\n"
JAPANESE = "フェリーは正午に戻り、港湾局は月曜日からすべての便が通常どおり運航すると発表しました。\n"
KOREAN = "여객선은 정오에 돌아왔으며 항만청은 월요일부터 모든 노선이 정상 운항한다고 밝혔다.\n"
RUSSIAN = "Паром вернулся в полдень, и портовая служба сообщила, что рейсы возобновятся.\n"
GERMAN = "Die Fähre kehrte gestern zurück, und das Hafenamt öffnet für alle Fahrgäste.\n"
ENGLISH = "The ferry returned at noon, and the harbour office said that it will sail again.\n"


def back(read: Decoded) -> bytes:
    return encode_text(read.text, read.encoding, read.bom, read.repairs)


@pytest.mark.parametrize("text", [HAN, TRADITIONAL, JAPANESE, KOREAN, RUSSIAN, GERMAN, ENGLISH])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_needs_no_mark(text: str, encoding: str) -> None:
    for data in (text.encode(encoding), text[:10].encode(encoding)):
        read = decode(data)
        assert (read.text, read.encoding, read.roundtrips) == (data.decode(encoding), encoding, True)
    assert decode((text * 20).encode(encoding)).how_known == "its characters"


def test_utf16_of_signs_and_figures_is_found() -> None:
    data = "%E4%BD%BF_(**码头**) {1.2}; 100 %\n".encode("utf-16-le")
    assert decode(data).encoding == "utf-16-le"


def test_ascii_that_could_be_utf16_stays_ascii() -> None:
    # The note that an editor once took for Chinese.
    assert decode(b"this app can break").encoding == "utf-8"


@pytest.mark.parametrize(
    ("encoding", "text"),
    [("iso2022_jp", JAPANESE), ("iso2022_kr", KOREAN), ("hz", HAN)],
)
def test_escapes_are_followed(encoding: str, text: str) -> None:
    data = (ENGLISH + text).encode(encoding)
    read = decode(data)
    assert (read.text, read.encoding, read.how_known) == (ENGLISH + text, encoding, "its escape sequences")
    assert read.roundtrips == (back(read) == data)


@pytest.mark.parametrize("data", [b"a shell wrote ~{name~} here", b"\x1b[1mbold\x1b[0m", b"\x1b$ and no more", b"~~{"])
def test_what_only_looks_like_an_escape_is_text(data: bytes) -> None:
    assert decode(data).text == data.decode("ascii")


def test_an_encoding_without_a_codec_is_named() -> None:
    with pytest.raises(Undecodable, match="ISO-2022-CN, which Python cannot read"):
        decode(b"\x1b$)A\x0e" + bytes(byte & 0x7F for byte in HAN.strip().encode("gb2312")) + b"\x0f")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", HAN),
        ("gbk", HAN),
        ("big5", TRADITIONAL),
        ("cp932", JAPANESE),
        ("euc_jp", JAPANESE),
        ("euc_kr", KOREAN),
    ],
)
def test_a_file_that_is_cut_at_both_ends_is_read(encoding: str, text: str) -> None:
    text = text.strip().strip(".")
    whole = (text * 3).encode(encoding)
    first = len(text[0].encode(encoding))
    data = whole[first - 1 : -1]
    read = decode(data)
    assert read.text.strip("\ufffd") == (text * 3)[1:-1]
    assert read.repairs[0].byte_offset == 0
    assert read.repairs[-1].byte_offset + len(read.repairs[-1].raw) == len(data)
    assert read.roundtrips
    assert back(read) == data


@pytest.mark.parametrize(
    ("encoding", "text"),
    [("utf-8", HAN), ("gbk", HAN), ("big5", TRADITIONAL), ("cp932", JAPANESE), ("euc_jp", JAPANESE), ("cp949", KOREAN)],
)
@pytest.mark.parametrize("bad", [b"\xff", b"\x80", b"\x00"])
def test_one_bad_byte_does_not_change_the_encoding(encoding: str, text: str, bad: bytes) -> None:
    whole = (text * 12).encode(encoding)
    middle = len(whole) // 2
    data = whole[:middle] + bad + whole[middle + 1 :]
    read = decode(data)
    assert read.text == data.decode(read.encoding, "replace")
    assert read.text[: 5 * len(text)] == text * 5
    if read.roundtrips:
        assert back(read) == data


def test_a_damaged_place_is_one_spot_however_many_runs_it_has() -> None:
    runs = [BadRun(n, 100 + n, b"\xff") for n in range(3)] + [BadRun(60, 300, b"\xff")]
    assert count_spots(runs, bytes(1000), "utf-8") == 2


def test_what_cutting_leaves_is_no_damage() -> None:
    assert (
        count_spots([BadRun(0, 0, b"\x80"), BadRun(1, 1, b"\xbf"), BadRun(90, 198, b"\xe4\xb8")], bytes(200), "utf-8")
        == 0
    )
    assert count_spots([BadRun(0, 0, b"\xff"), BadRun(90, 199, b"\xff")], bytes(200), "utf-8") == 2


def test_lone_surrogates_in_utf8_are_bad_bytes_of_utf8() -> None:
    data = b"The ferry \xed\xa0\xbd returned \xed\xb8\x80 at noon.\n" * 3
    read = decode(data)
    assert read.encoding == "utf-8"
    assert read.text == data.decode("utf-8", "replace")
    assert back(read) == data


def test_badly_damaged_utf8_is_not_taken_for_something_else() -> None:
    data = b"".join(HAN.encode()[: 60 + n] + b"\xff" for n in range(40))
    with pytest.raises(Undecodable, match=r"^UTF-8, but damaged in more than 16 places or 1 % of its bytes\."):
        decode(data)
    assert decode(data, undecodable="replace").text == data.decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((HAN * 4).encode(), "版权所有 港务处网站\n".encode("gbk")),
        ((HAN * 4).encode("gbk"), "版权所有 港务处网站\n".encode()),
        ((TRADITIONAL * 4).encode(), "版權所有 港務處網站\n".encode("big5")),
        ((GERMAN * 4).encode(), ("Über das Hafenamt für alle Gäste, täglich geöffnet\n" * 2).encode("cp1252")),
    ],
)
def test_two_encodings_are_read_line_by_line(first: bytes, second: bytes) -> None:
    read = decode(first + second)
    legacy = read.encoding.removeprefix("utf-8+")
    assert read.text == "".join(_either(part, legacy) for part in (first, second))
    assert read.encoding.startswith("utf-8+")
    assert not read.roundtrips  # the bytes themselves go to the store
    assert read.how_known.startswith("line by line")


def _either(part: bytes, legacy: str) -> str:
    try:
        return part.decode("utf-8")
    except UnicodeDecodeError:
        return part.decode(legacy)


@pytest.mark.parametrize("line", ["转", "模", "脿"])
def test_a_line_of_gbk_that_happens_to_be_valid_utf8_stays_gbk(line: str) -> None:
    text = HAN * 3 + line + "\n" + HAN * 3
    assert line.encode("gbk").decode("utf-8")
    assert decode(text.encode("gbk")).text == text


def test_bad_bytes_in_two_encodings_have_their_offsets() -> None:
    data = (HAN * 9).encode() + b"\xff" + (HAN * 9).encode() + (HAN * 9).encode("gbk")
    read = decode(data)
    assert [(run.byte_offset, run.raw) for run in read.repairs] == [(len((HAN * 9).encode()), b"\xff")]
    assert read.text[read.repairs[0].text_offset] == "\ufffd"


@pytest.mark.parametrize(
    ("encoding", "text", "declared"),
    [("gbk", HAN, "gb2312"), ("gbk", HAN, "big5"), ("big5", TRADITIONAL, "gbk"), ("cp932", JAPANESE, "euc-jp"),
     ("cp1251", RUSSIAN, "koi8-r"), ("cp1252", GERMAN, "windows-1251"), ("euc_kr", KOREAN, "shift_jis")],
)  # fmt: skip
def test_a_declaration_is_evidence_and_no_order(encoding: str, text: str, declared: str) -> None:
    assert decode(text.encode(encoding), declared=declared).text == text


def test_a_right_declaration_is_named_as_a_witness() -> None:
    assert decode(HAN.encode("gbk"), declared="gb2312").how_known == "declared, and its characters"


def test_a_stray_nul_makes_no_binary() -> None:
    data = (HAN * 9).encode("gbk") + b"\0" + (HAN * 9).encode("gbk")
    assert decode(data).text == HAN * 9 + "\0" + HAN * 9


@pytest.mark.parametrize(
    "data",
    [bytes((n * 7919 + n * n * 31) % 251 + 1 for n in range(4000)), b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" * 9,
     b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" * 9],
)  # fmt: skip
def test_binary_content_is_not_taken_for_text(data: bytes) -> None:
    with pytest.raises(Undecodable):
        decode(data)


@given(
    st.lists(
        st.sampled_from(
            [HAN.encode(), HAN.encode("gbk"), TRADITIONAL.encode("big5"), RUSSIAN.encode("cp1251"), b"\xff", b"\n", b"ab",
             JAPANESE.encode("cp932")[:-3], HAN.encode("utf-16-le"), b"\x1b$B", b"~{", b"\0"]
        ),
        max_size=6,
    ),
    st.sampled_from([None, "gbk", "utf-8", "iso-8859-1", "euc-tw", "x"]),
)  # fmt: skip
def test_any_pieces_come_back_or_are_refused(pieces: list[bytes], declared: str | None) -> None:
    data = b"".join(pieces)
    try:
        read = decode(data, declared=declared)
    except UnreadableInput:
        return
    read.text.encode("utf-8")
    offsets = [run.text_offset for run in read.repairs]
    assert offsets == sorted(set(offsets))
    assert all(read.text[offset] == "\ufffd" for offset in offsets)
    assert all(data[run.byte_offset : run.byte_offset + len(run.raw)] == run.raw for run in read.repairs)
    if read.roundtrips:
        assert back(read) == data


def test_plain_utf8_is_read_without_the_model() -> None:
    program = (
        "import sys; from scrubber.text.decode import decode; decode('渡轮'.encode());"
        "print([name for name in ('chardet', 'numpy', 'scrubber.text.characters') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_other_encodings_are_read_without_chardet_and_numpy() -> None:
    program = (
        "import sys; from scrubber.text.decode import decode; decode('渡轮今天中午返航'.encode('gbk'));"
        "print([name for name in ('chardet', 'numpy') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize("change", [b"?", b"", b"\xff", b"\x80"])
def test_one_damaged_byte_anywhere_costs_no_file(change: bytes) -> None:
    whole = ("渔民们把网晾在石阶上，孩子们在一旁数着回港的船。\n她年轻的时候，这里每天有三班渡轮。\n" + HAN).encode(
        "gbk"
    )
    for place in range(0, len(whole) - 1, 3):
        data = whole[:place] + change + whole[place + 1 :]
        read = decode(data)
        assert (read.encoding, back(read)) == ("gb18030", data)


@pytest.mark.parametrize("sign", ["—", "’", "𝄞"])
def test_a_byte_inside_a_character_of_utf8_is_damage_and_no_second_encoding(sign: str) -> None:
    raw = sign.encode()
    data = "La bonne traversée fut très agitée.\nLe bac@ passe.\nÀ midi il était là.\n".encode()
    for place in range(1, len(raw)):
        read = decode(data.replace(b"@", raw[:place] + b"\xff" + raw[place:]))
        assert read.encoding == "utf-8"
        assert "À midi" in read.text


def test_ukrainian_letters_of_koi8_are_no_boxes() -> None:
    text = "Учора ввечері на старій пристані знову засвітилися вогні.\n"
    assert decode(text.encode("koi8-u")).text == text
    assert decode(RUSSIAN.encode("koi8-r")).encoding == "koi8-r"
