"""Megabytes on one line, and more than the limit: time and memory stay in proportion, and nothing half is written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from cli_program import BODY, CHINESE, RULES, Run, environment

#: One rule of each further kind, so that every detector meets the long line.
EVERY_KIND = (
    RULES
    + """
[[rule]]
id = "tail"
kind = "tail"
title = "Tail"
why = "Below the text."
start = { equals = ["Related"] }

[[rule]]
id = "listing"
kind = "listing"
title = "Listing"
why = "Entries."
entry = { regex = ['^.{5,120}\\s+\\d{1,4}$'] }

[[rule]]
id = "twice"
kind = "repeat"
title = "Twice"
why = "Pasted twice."

[[rule]]
id = "close"
kind = "neardup"
title = "Close copy"
why = "Nearly the same."

[[rule]]
id = "mend"
kind = "fix"
title = "Mend"
why = "Residue."
do = ["entities", "control", "zero-width", "mojibake"]

[[rule]]
id = "words"
kind = "line"
title = "Words"
action = "flag"
why = "Vocabulary."
match = { regex = ['(harbour|boat|pier)( office)?', '^[^a-z]{1,40}$', '(码头|渡轮).*(恢复|返航)'], ends = ["again"] }
limits = { max-chars = 1000000000 }
"""
)
LINE_BYTES = 3_000_000
#: What a line is made of.
SHAPES = {"letters": "b", "words": BODY.replace("\n", " "), "han": CHINESE, "blanks": " \u3000", "marks": "> | "}
#: Processor seconds and bytes of address space: several times what is needed, and far less than anything quadratic.
MOST_SECONDS, MOST_BYTES = 60, 3 << 30


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not hold to these limits")
def test_megabytes_on_one_line_take_time_and_memory_in_proportion(place: Path) -> None:
    import resource

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))

    (place / "every.toml").write_text(EVERY_KIND, "utf-8")
    (place / "dump").mkdir()
    for name, piece in SHAPES.items():
        line = piece * (LINE_BYTES // len(piece.encode()))
        (place / "dump" / f"{name}.txt").write_text(f"{BODY}{line}\nShare this story\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "scrubber", "clean", "--rules", "every.toml", "dump", "--out", "out", "--jobs", "1"],
        cwd=place,
        env=environment(),
        capture_output=True,
        check=False,
        timeout=600,
        preexec_fn=limit,
    )
    assert done.returncode == 0, done.stderr.decode()
    for name in SHAPES:
        cleaned = (place / "out" / f"{name}.txt").read_text("utf-8")
        assert cleaned.startswith(BODY)
        assert "Share this story" not in cleaned


def test_standard_input_past_the_limit_writes_nothing(place: Path, pier: Run) -> None:
    (place / "scrubber.toml").write_text('limits.max-bytes = "1 kB"\n')
    outcome = pier("clean", "-", stdin=BODY.encode() * 9)
    assert (outcome.code, outcome.stdout) == (3, b"")
    assert outcome.errors.startswith("standard input: has ")
    assert "limits.max-bytes" in outcome.errors


def test_a_limit_past_all_memory_asks_for_none(place: Path, pier: Run) -> None:
    (place / "scrubber.toml").write_text("limits.max-bytes = 1000000000\n")
    assert pier("clean", "-", stdin=BODY.encode()).stdout == BODY.encode()
