"""Time and memory of every report over many findings, each in a process of its own.

    python benchmarks/reports.py [FILES [FINDINGS_OF_A_FILE]]

Results are made up on the way (nothing is detected), one file after the other: texts of 40 lines, half of them Chinese,
with removals, replacements, and flags that repeat another text. Prints seconds of CPU time, megabytes written, and the
peak of the resident set; first those of a process that makes the same results and writes nothing, which are part of all
others. Sizes are in 10^6 bytes.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from scrubber.model import (
    Action,
    CleanResult,
    Confidence,
    Document,
    Edit,
    Evidence,
    Finding,
    Kin,
    Outcome,
    Plan,
    RuleInfo,
    Span,
    Verdict,
    apply_edits,
    fingerprint_of,
)
from scrubber.report import REPORTS, ReportOptions

LATIN = "The ferry returned at noon, and the harbour office said on day {} that it will sail again before the tide."
HAN = "渡轮今天中午返航，码头将于星期一重新开放，港务处第{}次表示，所有班次将恢复正常运行，夜班船也会恢复。"
LINES = 40
_ACTIONS = ((Action.REMOVE, Outcome.REMOVED), (Action.FLAG, Outcome.FLAGGED), (Action.REPLACE, Outcome.REPLACED))


def results(files: int, findings: int) -> Iterator[CleanResult]:
    """`files` results, each with so many findings, spread over its lines."""
    rules = [
        RuleInfo(f"bench/rule-{number}", "line", f"Rule {number}", "Why it is there.", f"rules/bench.toml:{number}")
        for number in range(200)
    ]
    for number in range(files):
        lines = [(HAN if (number + at) % 2 else LATIN).format(number * LINES + at) for at in range(LINES)]
        document = Document(f"dump/{number // 100:03}/页面-{number:06}.txt", "\n".join(lines) + "\n")
        verdicts: list[Verdict] = []
        edits: list[Edit] = []
        for at in range(min(findings, LINES // 2)):
            action, outcome = _ACTIONS[(number + at) % 3]
            line = at * LINES // min(findings, LINES // 2)
            span = document.span_of(line, line)
            rule = rules[(number + at) % len(rules)]
            if outcome is Outcome.REPLACED:
                span = Span(span.start, span.start + 1)
            if outcome is not Outcome.FLAGGED:
                put = "T" if outcome is Outcome.REPLACED else ""
                edits.append(Edit(span, put, (rule.id,), (len(verdicts),)))
            kin = Kin(f"dump/000/页面-{at:06}.txt", 1, 1, "jaccard", 810) if outcome is Outcome.FLAGGED else None
            evidence = Evidence("A made-up reason of usual length, which says what was found and where.", (), kin)
            print_ = fingerprint_of(rule.id, document.keys[line], 0)
            verdicts.append(
                Verdict(Finding(rule, span, action, Confidence.LIKELY, evidence, fingerprint=print_), outcome)
            )
        plan = Plan(document.id, tuple(edits), tuple(verdicts))
        yield CleanResult(document, apply_edits(document.text, edits), plan)


def write(name: str, path: Path, files: int, findings: int) -> None:
    """Write one report; an empty name makes the results alone."""
    if not name:
        for result in results(files, findings):
            _ = result.text
        return
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="") as out:
        REPORTS[name](results(files, findings), out, ReportOptions(width=100, color=False))


def measure(name: str, path: Path, files: int, findings: int) -> tuple[float, float]:
    """Seconds of CPU time and peak megabytes of writing one report in a process of its own."""
    child = os.fork()
    if child == 0:
        write(name, path, files, findings)
        os._exit(0)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit(f"{name} failed: {status}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000


def main() -> None:
    files = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    findings = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    print(f"{files:,} files, {files * findings:,} findings")
    print("format        CPU s  MB written  peak MB")
    with tempfile.TemporaryDirectory() as folder:
        for name in ("", *REPORTS):
            path = Path(folder) / (name or "none")
            seconds, peak = measure(name, path, files, findings)
            written = path.stat().st_size / 1e6 if name else 0.0
            print(f"{name or '(none)':10} {seconds:8.2f} {written:11.1f} {peak:8.1f}", flush=True)


if __name__ == "__main__":
    main()
