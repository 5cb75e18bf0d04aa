"""Rule files: any bytes are a rule set, or mistakes with their places. Nothing else may come out, and nothing hangs."""

from __future__ import annotations

import tempfile
from pathlib import Path

from fuzz_inputs import HOSTILE_BYTES, mutated
from hypothesis import given

from scrubber.api import cleaner
from scrubber.errors import Mistake, RuleBudgetError, RuleFileError, Where
from scrubber.model import Document
from scrubber.rules.load import load_rules
from scrubber.rules.toml_cells import MAX_QUOTED_CHARS

SEEDS = (
    b"""\
[ruleset]
name = "quay"
version = "1.0"
description = "Chrome of the quay"
disable = ["quay/none"]

[words]
bar = ["share", "print", "\xe5\x88\x86\xe4\xba\xab"]

[defaults]
confidence = "likely"
fold = "loose"

[[rule]]
id = "share-bar"
kind = "line"
title = "Share bar"
why = "Buttons flattened to text."
match = { equals = ["Share this story"], starts = ["Follow"], regex = ['^tags?: .{1,80}$', '^(a|b)+\\d{2,9}$'] }
unless = { contains = ["said"] }
where = "anywhere"
limits = { max-chars = 120 }

  [[rule.example]]
  name = "the bar goes"
  text = '''
The harbour opened at noon.
Share this story
'''
  removes = [2]
""",
    b"""\
[ruleset]
name = "pier"
version = "2"

[[rule]]
id = "related"
kind = "tail"
title = "Related"
start = { equals = ["Related stories"] }
stop = { starts = ["Correction:"] }
limits = { max-lines = 80, max-share = 0.5 }

[[rule]]
id = "box"
kind = "between"
title = "Box"
start = { equals = ["Letter"] }
end = { equals = ["Sign up"] }
limits = { max-lines = 12 }

[[rule]]
id = "twice"
kind = "repeat"
title = "Twice"
params = { min-lines = 4, min-chars = 200, keep = "cleanest" }

[[rule]]
id = "close"
kind = "neardup"
title = "Close copy"
action = "flag"
params = { threshold = 0.8, shingle = "auto", min-chars = 80 }

[[rule]]
id = "mend"
kind = "fix"
title = "Mend"
do = ["entities", "control", "zero-width"]

[[override]]
rule = "pier/close"
params = { threshold = 0.9 }
""",
)
PIECES = (
    *HOSTILE_BYTES,
    b"[",
    b"]",
    b"[[rule]]\n",
    b"{",
    b"}",
    b"'",
    b'"',
    b"'''",
    b'"""',
    b"=",
    b".",
    b",",
    b"#",
    b"\\",
    b"\\u0000",
    b"\\ud800",
    b"inf",
    b"nan",
    b"1e9999",
    b"9" * 60,
    b"-1",
    b"true",
    b"1979-05-27T07:32:00Z",
    b"a.b.c = 1\n",
    b"a." * 60,
    b"[[a.b]]\n",
    b'extends = ["../x.toml", "/etc/hostname", "core"]\n',
    b"(?=x)",
    b"(?P<n>x)",
    b"(((((",
    b")",
    b"{1,1000}",
    b"{1,200}){1,200}",
    b"[^",
    b"[[:alpha:]]",
    b"\\p{Han}",
    b"\\b",
    b"\\C",
    b"\\Q",
    b".*" * 20,
    b"(a|aa)+$",
    "：".encode(),
    "Ａ".encode(),
    "ß".encode(),
)
TEXT = "The ferry returned at noon.\nShare this story\n分享\ntags: 12\nLetter\nSign up\n\x1b[2J\n" + "a" * 300 + "\n"


@given(mutated(SEEDS, PIECES))
def test_any_bytes_are_rules_or_located_mistakes(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "fuzzed.toml"
        file.write_bytes(content)
        mistakes: tuple[Mistake, ...] = ()
        try:
            ruleset = load_rules([file])
        except RuleFileError as error:
            mistakes = error.mistakes or (Mistake(Where("nowhere"), "an error without a mistake"),)
    for mistake in mistakes:
        assert Path(mistake.where.path).name == "fuzzed.toml"
        assert len(mistake.source_line) <= MAX_QUOTED_CHARS
        assert all(part.isprintable() or part in "\t\n\u00a0\u3000" for part in mistake.render())
    if mistakes:
        return
    try:
        result = cleaner(ruleset).clean(Document("a.txt", TEXT))
    except RuleBudgetError:
        return
    assert len(result.text) <= len(TEXT)
