"""Every key and value of a TOML text has its place, and it is the right one."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.rules.toml_places import KeyPath, TomlProblem, locate, read_toml

SAMPLE = """\
# a comment with = and [brackets]
top = 1
[ruleset]   # trailing
name = "seed"
"quoted key"."d\\u00e9j\\u00e0" = 'x'

[[rule]]
id = 'one'
match = { equals = ["a", 'b'], regex = ['^\\d+$',
   "y\\\\d", # why not
   '''z'''] }
limits.max-lines = 12
  [[rule.example]]
  text = \"\"\"
two ""quoted"" lines
\"\"\"
  [[rule.example]]
  text = "汉字" # 汉
  [rule.example.more]
  when = 1979-05-27 07:32:00
[[rule]]
shares = [ 0.5, [1_000, [true]], {a = {b = -inf}} ]
"""

PLACES: tuple[tuple[KeyPath, tuple[int, int], tuple[int, int]], ...] = (
    (("top",), (2, 1), (2, 7)),
    (("ruleset",), (3, 2), (3, 1)),
    (("ruleset", "name"), (4, 1), (4, 8)),
    (("ruleset", "quoted key"), (5, 1), (5, 1)),
    (("ruleset", "quoted key", "déjà"), (5, 14), (5, 33)),
    (("rule", 0), (7, 1), (7, 1)),
    (("rule", 0, "id"), (8, 1), (8, 6)),
    (("rule", 0, "match"), (9, 1), (9, 9)),
    (("rule", 0, "match", "equals", 1), (9, 26), (9, 26)),
    (("rule", 0, "match", "regex"), (9, 32), (9, 40)),
    (("rule", 0, "match", "regex", 1), (10, 4), (10, 4)),
    (("rule", 0, "match", "regex", 2), (11, 4), (11, 4)),
    (("rule", 0, "limits"), (12, 1), (12, 1)),
    (("rule", 0, "limits", "max-lines"), (12, 8), (12, 20)),
    (("rule", 0, "example", 0), (13, 3), (13, 3)),
    (("rule", 0, "example", 0, "text"), (14, 3), (14, 10)),
    (("rule", 0, "example", 1, "text"), (18, 3), (18, 10)),
    (("rule", 0, "example", 1, "more"), (19, 17), (19, 3)),
    (("rule", 0, "example", 1, "more", "when"), (20, 3), (20, 10)),
    (("rule", 1), (21, 1), (21, 1)),
    (("rule", 1, "shares", 1, 1, 0), (22, 26), (22, 26)),
    (("rule", 1, "shares", 2, "a", "b"), (22, 40), (22, 44)),
)


def paths_in(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    yield path
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from paths_in(inner, (*path, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from paths_in(inner, (*path, index))


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(("path", "key", "value"), PLACES, ids=[".".join(map(str, row[0])) for row in PLACES])
def test_keys_and_values_stand_where_they_are_written(
    path: KeyPath, key: tuple[int, int], value: tuple[int, int], newline: str
) -> None:
    places = locate(SAMPLE.replace("\n", newline))
    assert (places.key(path), places.value(path)) == (key, value)


def test_every_path_of_the_sample_is_known() -> None:
    places = locate(SAMPLE)
    assert all(places.knows(path) for path in paths_in(tomllib.loads(SAMPLE)))


@pytest.mark.parametrize(
    ("written", "offset", "column"),
    [
        ("'^a(b'", 3, 9),
        ('"^a(b"', 3, 9),
        ("'''^a(b'''", 3, 11),
        ('"""^a(b"""', 3, 11),
        ('"^\\u0061(b"', 3, 5),  # an escape blurs it: the start of the string
        ("'''\n^a(b'''", 3, 5),  # so does a line end
    ],
)
def test_a_place_inside_a_string_is_exact_where_the_string_is_written_as_it_is(
    written: str, offset: int, column: int
) -> None:
    assert locate(f"k = {written}").inside(("k",), offset) == (1, column)


def test_an_unknown_path_falls_back_to_the_table_around_it() -> None:
    places = locate("[a]\nb = 1\n")
    assert not places.knows(("a", "c"))
    assert places.value(("a", "c", 3)) == (1, 1)


def test_an_empty_text_has_a_first_place() -> None:
    assert locate("").value(()) == (1, 1)


@pytest.mark.parametrize(
    ("text", "line", "column", "part"),
    [
        ("a = 1\nb = [1, 2\nc = 3\n", 3, 1, "unclosed array"),
        ("a = 1\nb = 'x\n", 2, 5, 'expected "\'"'),
        ('a = 1\n\nb = """x\n\n', 3, 5, "unterminated string"),
        ("a = 1\na = 2\nb = 1\n", 2, 6, "stands here twice"),
        ("a = 1\na = 2", 2, 5, "stands here twice"),
        ("a =", 1, 4, "invalid value"),
        ("x = 1\n[a", 2, 1, "expected ']'"),
        ("[汉] x = 1", 1, 2, "invalid initial character"),
        ("汉 = 1", 1, 1, "invalid statement"),
        ("a = 1979-02-30", 1, 5, "invalid date"),
        ("a = 1_0__0", 1, 8, "expected newline"),
    ],
)
def test_a_text_that_is_no_toml_has_the_place_of_its_mistake(text: str, line: int, column: int, part: str) -> None:
    problem = read_toml(text)
    assert isinstance(problem, TomlProblem)
    assert (problem.place, part in problem.message) == ((line, column), True), problem


@pytest.mark.parametrize("text", ["a = " + "[" * 50_000, "a = " + "9" * 5_000, "a = " + "{b=" * 50_000])
def test_a_hostile_text_is_a_problem_and_no_crash(text: str) -> None:
    assert isinstance(read_toml(text), TomlProblem)


def test_a_float_past_all_measure_is_read_as_infinite() -> None:
    read = read_toml("a = 1e999999999999999999999999")
    assert not isinstance(read, TomlProblem)
    assert str(read[0]["a"]) == "Infinity"


@pytest.mark.parametrize(
    "text",
    [
        "a = [" + '"x\\"y", # c\n' * 20_000 + "]",
        'a = """' + 'x\\n"" ' * 40_000 + '"""',
        "a = '''" + "x'y''z" * 40_000 + "'''",
        "a = [" + "{b=1}," * 20_000 + "]",
        "#" * 200_000,
        " \n" * 100_000,
    ],
)
def test_a_long_text_is_walked_to_its_end(text: str) -> None:
    places = locate(text)
    assert all(places.knows(path) for path in paths_in(tomllib.loads(text)))


# --- TOML made up by hypothesis -----------------------------------------------------------------------------------

SPACE = st.sampled_from(["", " ", "\t", "  "])
GAP = st.sampled_from(["", " ", "\n", " # c ]\"'\n", "\n\n\t"])
PLAIN = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\"'\\"), max_size=8)


def _number_of_quotes_fits(text: str) -> bool:
    return "'''" not in text and not text.startswith("'")


STRINGS = st.one_of(
    PLAIN.map(lambda text: f"'{text}'"),
    PLAIN.map(lambda text: f'"{text}"'),
    PLAIN.map(lambda text: f'"\\"{text}\\u00e9\\\\"'),
    PLAIN.map(lambda text: f'"""\n{text}"x""y\\\n  \\""""""'),
    PLAIN.filter(_number_of_quotes_fits).map(lambda text: f"'''{text}\n''z'''''"),
    st.sampled_from(["''", '""', "''''''", '""""""']),
)
SCALARS = st.one_of(
    STRINGS,
    st.integers().map(str),
    st.sampled_from(["true", "false", "inf", "-nan", "0xFF", "1_0", "6.5e-3", "07:32:00"]),
    st.sampled_from(["1979-05-27", "1979-05-27 07:32:00", "1979-05-27T07:32:00.5-07:00"]),
)
KEY_PARTS = st.one_of(
    st.from_regex(r"[A-Za-z0-9_-]{1,3}", fullmatch=True),
    PLAIN.map(lambda text: f"'{text}'"),
    PLAIN.map(lambda text: f'"{text}"'),
    PLAIN.map(lambda text: f'"{text}\\t\\u00e9"'),
)
KEYS = st.lists(st.tuples(SPACE, KEY_PARTS, SPACE).map("".join), min_size=1, max_size=3).map(".".join)


def _arrays(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    element = st.tuples(GAP, values, GAP).map("".join)
    trailing = st.sampled_from(["", ","])
    filled = st.tuples(st.lists(element, min_size=1, max_size=4).map(",".join), trailing, GAP).map("".join)
    return st.one_of(filled, GAP).map(lambda inner: f"[{inner}]")


def _inline_tables(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(KEYS, SPACE, values, SPACE).map(lambda p: f"{p[0]}={p[1]}{p[2]}{p[3]}")
    return st.lists(pair, max_size=3).map(lambda pairs: "{" + ",".join(pairs) + "}")


VALUES = st.recursive(SCALARS, lambda inner: st.one_of(_arrays(inner), _inline_tables(inner)), max_leaves=8)
STATEMENTS = st.one_of(
    st.tuples(KEYS, SPACE, VALUES).map(lambda p: f"{p[0]}={p[1]}{p[2]}"),
    KEYS.map(lambda key: f"[{key}]"),
    KEYS.map(lambda key: f"[[{key}]]"),
    st.sampled_from(["[[rule]]", "[[rule.example]]", "[rule.example.more]", "[rule.match]"]),
)
LINES = st.tuples(SPACE, st.one_of(STATEMENTS, st.just("")), SPACE, st.sampled_from(["", "# c = [1]"])).map("".join)
NEWLINES = st.sampled_from(["\n", "\r\n"])


@st.composite
def tomls(draw: st.DrawFn) -> str:
    """A TOML text: statements that would clash with those before are left out."""
    text = ""
    for line in draw(st.lists(LINES, max_size=8)):
        try:
            tomllib.loads(text + line + "\n")
        except tomllib.TOMLDecodeError:
            continue
        text += line + "\n"
    return text.replace("\n", draw(NEWLINES))


def _value_written_at(text: str, line: int, column: int) -> str:
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join([lines[line - 1][column - 1 :], *lines[line:]])


@given(tomls())
def test_every_path_that_tomllib_finds_has_a_place(text: str) -> None:
    places = locate(text)
    for path in paths_in(tomllib.loads(text)):
        assert places.knows(path), path


@given(tomls())
def test_at_the_place_of_a_string_its_quote_is_written_and_inside_it_its_characters(text: str) -> None:
    places, tree = locate(text), tomllib.loads(text)
    for path in paths_in(tree):
        value: Any = tree
        for part in path:
            value = value[part]
        written = _value_written_at(text, *places.value(path))
        if isinstance(value, str):
            assert written[0] in "\"'"
            for offset, character in enumerate(value):
                inner = _value_written_at(text, *places.inside(path, offset))
                assert inner[0] == character or inner == written
        elif isinstance(value, bool):
            assert written.startswith(str(value).lower())


@given(st.text(max_size=60))
def test_any_text_is_toml_with_places_or_a_problem_inside_it(text: str) -> None:
    read = read_toml(text)
    if isinstance(read, TomlProblem):
        lines = text.replace("\r\n", "\n").split("\n")
        assert 1 <= read.place.line <= len(lines)
        assert 1 <= read.place.column <= len(lines[read.place.line - 1]) + 1
    else:
        assert all(read[1].knows(path) for path in paths_in(read[0]))
