"""What the targets have found, each as small as it can be."""

from __future__ import annotations

from scrubber.engine.clean import Cleaner
from scrubber.model import Document

SENTENCE = "渡轮今天中午返航，码头将于星期一重新开放，港务处表示，所有班次将恢复正常运行。\n"


def test_a_mended_heading_is_still_the_text_that_its_copy_names(bundled: Cleaner) -> None:
    text = "\u0301" * 41 + "\x00Stop at noon\n" + SENTENCE + "Stop at noon\n"
    once = bundled.clean(Document("a.txt", text)).text
    assert bundled.clean(Document("a.txt", once)).text == once
