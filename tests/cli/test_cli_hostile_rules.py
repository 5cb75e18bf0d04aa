"""Hostile rule files: patterns that would never end elsewhere, ten mistakes at once, depth and size without end."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cli_program import BODY, DIRTY, environment

from scrubber.cli.main import main

HEAD = '[ruleset]\nname = "storm"\nversion = "1.0"\n'


@pytest.fixture(autouse=True)
def here(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything is done in `place`."""
    monkeypatch.chdir(place)


def rule(number: int, pattern: str) -> str:
    return (
        f'\n[[rule]]\nid = "wave-{number}"\nkind = "line"\ntitle = "Wave"\nwhy = "A test."\n'
        f"match = {{ regex = ['{pattern}'] }}\nlimits = {{ max-chars = 1000000 }}\n"
    )


#: Patterns on which backtracking takes for ever, each with a line that nearly matches.
CATASTROPHES: dict[str, str] = {
    r"^(b+)+$": "b" * 3000 + "!",
    r"^(b|bb)+$": "b" * 3000 + "!",
    r"^(\w+\s?)*:$": "boat " * 600 + "!",
    r"\s+$": "x" + " " * 3000 + "x",
    r"(.*)渡轮(.*)码头$": "渡轮" * 1500 + "x",
    r"[一-鿿]+[一-鿿]*[一-鿿]*舟$": "海" * 3000,
    r"b.{0,900}c": "b" * 3000,
    r"(b*)*(b*)*(b*)*c": "b" * 3000,
}
#: Patterns whose automaton would fill the memory.
TOO_LARGE = (r"(x{1,200}){1,200}y", r"((a{1,100}){1,100}){1,100}", r"(?:\w{1,1000}\s){1,1000}")
#: Processor seconds: the work takes less than one, backtracking takes years.
MOST_SECONDS = 30


def run_bounded(place: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and messages of the program, which is killed when it has used too much processor time."""

    def limit() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))

    done = subprocess.run(
        [sys.executable, "-m", "scrubber", *arguments],
        cwd=place,
        env=environment(),
        capture_output=True,
        check=False,
        timeout=600,
        preexec_fn=limit if os.name == "posix" else None,
    )
    return done.returncode, done.stderr.decode()


def test_catastrophic_patterns_take_linear_time(place: Path) -> None:
    (place / "storm.toml").write_text(HEAD + "".join(map(rule, range(len(CATASTROPHES)), CATASTROPHES)))
    lines = "\n".join(f"{line}{number}" for number in range(40) for line in CATASTROPHES.values())
    longer = "\n".join(line * 30 for line in CATASTROPHES.values())
    (place / "a.txt").write_text(f"{BODY}{lines}\n{longer}\n{BODY}")
    code, errors = run_bounded(place, "clean", "--rules", "storm.toml", "a.txt", "--out", "out")
    assert (code, "Traceback" in errors) == (0, False), errors


def test_patterns_that_are_too_large_are_located_mistakes(place: Path) -> None:
    (place / "storm.toml").write_text(HEAD + "".join(map(rule, range(len(TOO_LARGE)), TOO_LARGE)))
    (place / "a.txt").write_text(BODY)
    code, errors = run_bounded(place, "check", "--rules", "storm.toml", "a.txt")
    assert code == 2
    for line in (10, 18, 26):
        assert f"storm.toml:{line}:" in errors
    assert errors.count("RE2 refuses this pattern") == len(TOO_LARGE)


#: Ten mistakes, each on its own line.
TEN = """\
[ruleset]
name = "storm"
version = 3
descriptoin = "x"

[defaults]
confidence = "sure"

[[rule]]
id = "a b"
kind = "line"
title = "X"
match = { regex = ['(?=x)'] }

[[rule]]
id = "two"
kind = "lien"

[[rule]]
id = "three"
kind = "line"
title = "X"
match = { equal = ["x"] }
limits = { max-chars = -1 }

[[rule]]
id = "four"
kind = "tail"
title = 4
start = { regex = ['('] }
action = "eat"
"""
TEN_LINES = (3, 4, 7, 10, 13, 17, 23, 24, 29, 30, 31)


def test_all_mistakes_of_a_rule_file_are_told_at_once(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "bad.toml").write_text(TEN)
    (place / "a.txt").write_text(DIRTY)
    for command in (["clean", "a.txt", "--out", "out", "--rules", "bad.toml"], ["rules", "lint", "bad.toml"]):
        assert main(command) == 2
        told = capsys.readouterr()
        places = [int(line) for line in re.findall(r"^bad\.toml:(\d+):\d+: ", told.err, re.MULTILINE)]
        assert places == sorted(places)
        assert set(TEN_LINES) <= set(places)
        assert told.err.count("^\n") == len(places)
        assert told.out == ""
    assert not (place / "out").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (HEAD + ".".join(["a"] * 1_000) + " = 1", "too many parts"),
        (HEAD + "x = " + "[" * 100_000 + "]" * 100_000, "nested too deeply"),
        (HEAD + "x = " + "{a=" * 20_000 + "1" + "}" * 20_000, "nested too deeply"),
        (HEAD + "x = " + "9" * 100_000, "too long"),
        (HEAD + "#" * (1 << 20), "larger than 1 MiB"),
        (HEAD + 'x = "\0"\n', "not TOML"),
        (HEAD + '"\\u001b]0;x\\u0007\\u202e[bold]" = 1\n', "unknown key"),
        ("\ufffe\x1b[2J", "not TOML"),
        ("", "empty"),
    ],
    ids=["key", "arrays", "tables", "number", "size", "nul", "escapes", "noise", "empty"],
)
def test_a_rule_file_of_any_shape_is_refused_with_its_place(
    place: Path, capsys: pytest.CaptureFixture[str], content: str, message: str
) -> None:
    (place / "odd.toml").write_text(content, "utf-8")
    (place / "a.txt").write_text(DIRTY)
    assert main(["check", "--rules", "odd.toml", "a.txt"]) == 2
    errors = capsys.readouterr().err
    assert errors.startswith("odd.toml:")
    assert message in errors
    assert all(line.isprintable() for line in errors.split("\n"))
    assert len(errors) < 2000


def test_a_flood_of_mistakes_is_cut_and_counted(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "bad.toml").write_text(HEAD + "".join(f"key{number} = 1\n" for number in range(3000)))
    assert main(["rules", "lint", "bad.toml"]) == 2
    errors = capsys.readouterr().err
    assert errors.count("unknown key") == 100
    assert errors.endswith("... 2,900 more mistakes.\n")
