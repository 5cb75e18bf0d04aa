"""What the tests of the command line share: a small rule file, texts, and what a run leaves behind."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

#: Three rules: one that cuts, one that is only a guess, one that keeps on record.
RULES = """\
[ruleset]
name = "pier"
version = "1.0"

[[rule]]
id = "share-bar"
kind = "line"
title = "Share bar"
why = "Buttons flattened to text."
match = { equals = ["Share this story", "分享到"] }
limits = { max-chars = 40 }

  [[rule.example]]
  name = "the bar goes"
  text = '''
The harbour opened at noon.
Share this story
'''
  removes = [2]

  [[rule.example]]
  name = "a sentence about it stays"
  text = '''
Share this story with your crew, said the captain.
'''
  removes = []

[[rule]]
id = "advert"
kind = "line"
title = "Advert"
why = "Perhaps an advert."
confidence = "possible"
match = { starts = ["Advert:"] }

[[rule]]
id = "rights"
kind = "licence"
title = "Copyright line"
why = "A rights statement."
match = { starts = ["Copyright"] }
where = "anywhere"
"""

BODY = (
    "The ferry returned at noon, and the harbour office said that it will sail again.\n"
    "All passengers were safe, the captain told the reporters on the pier that day.\n"
)
DIRTY = BODY.replace("again.\n", "again.\nShare this story\n")
CHINESE = "渡轮今天中午返航，码头将于星期一重新开放，港务处表示，所有班次将恢复正常运行。"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run of the program left behind."""

    code: int
    stdout: bytes
    errors: str

    @property
    def text(self) -> str:
        return self.stdout.decode("utf-8")


def environment(**values: str) -> dict[str, str]:
    """A bare environment: 80 columns, no colours, nothing of the machine's own."""
    kept = {
        name: os.environ[name]
        for name in ("PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "SCRUBBER_CACHE_DIR")
        if name in os.environ
    }
    return {
        **kept,
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONWARNINGS": "error",
        "COLUMNS": "80",
        "LC_ALL": "C.UTF-8",
        **values,
    }


Run = Callable[..., Outcome]
