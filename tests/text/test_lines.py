"""Lines end at LF, CRLF and lone CR and nowhere else; blank lines and running text are what readers take them for."""

from __future__ import annotations

import pytest
from hypothesis import given

from scrubber.text.lines import ends_sentence, is_blank, is_running_text, line_bounds, newline_style
from strategies import documents


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("a", ["a"]),
        ("a\n", ["a"]),
        ("a\n\n", ["a", ""]),
        ("a\r\nb\rc\nd", ["a", "b", "c", "d"]),
        ("a\r\r\nb", ["a", "", "b"]),
        ("a\n\rb", ["a", "", "b"]),
        ("a\x0bb\x0cc\x1cd\x85e\u2028f\u2029g", ["a\x0bb\x0cc\x1cd\x85e\u2028f\u2029g"]),
    ],
)
def test_lines_end_where_they_must(text: str, lines: list[str]) -> None:
    assert [text[start:stop] for start, stop, _ in line_bounds(text)] == lines


@given(documents())
def test_bounds_cover_the_text_without_gaps(text: str) -> None:
    position = 0
    for start, stop, after in line_bounds(text):
        assert start == position
        assert text[stop:after] in ("\n", "\r\n", "\r", "")
        position = after
    assert position == len(text)


@pytest.mark.parametrize("line", ["", " ", "\t", "\u00a0", "\u3000\u3000", "\u200b", "\ufeff \u200d", "\x0c", "\u2028"])
def test_blank_lines(line: str) -> None:
    assert is_blank(line)


@pytest.mark.parametrize("line", ["0", ".", "\u200ba", "&nbsp;", "\x00", "。"])
def test_lines_that_are_not_blank(line: str) -> None:
    assert not is_blank(line)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("他说：“好。”", True),
        ("Is it so?", True),
        ("(It is.)", True),
        ("是吗？！", True),
        ("Das Boot", False),
        ("相关阅读：", False),
        ("”", False),
        ("", False),
    ],
)
def test_sentence_ends(line: str, expected: bool) -> None:
    assert ends_sentence(line) is expected


def test_running_text_needs_length_and_a_sentence_end() -> None:
    long = "渡轮今天中午返航，码头将于星期一重新开放，港务处表示，所有班次将恢复正常运行"
    assert is_running_text(long + "。")
    assert is_running_text("\u3000\u3000" + long + "。 ")
    assert not is_running_text(long)
    assert not is_running_text("渡轮返航。")
    assert not is_running_text("好。" + " " * 40)


@pytest.mark.parametrize(
    ("text", "style"),
    [("", "none"), ("a", "none"), ("a\n", "lf"), ("a\r\n", "crlf"), ("a\r", "cr"), ("a\nb\r\n", "mixed")],
)
def test_newline_styles(text: str, style: str) -> None:
    assert newline_style(text) == style
