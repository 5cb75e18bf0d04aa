"""The picture of the terminal report in the README: `docs/report.svg`, made from a run of the program.

    python docs/picture.py             writes it

The picture is rich's own SVG export of what `scrubber diff` writes to a terminal of 90 columns. Two things are mended
in it: rich gives each text the length of its characters, not of its columns, which squeezes Chinese to half its width
(rich 13 to 15), and its template loads a font from the web, which a picture must not. The text of the report stands
in the picture's description too, for those who cannot see it, and to be compared: rich may change how it draws.
"""

from __future__ import annotations

import html
import io
import os
import re
import subprocess
import sys
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "report.svg"
SAMPLE = "samples/dirty/zh-hant-big5-museum.txt"
COLUMNS = 90

#: Cells of a terminal in units of the picture: rich draws with a letter height of 20 and this ratio of its font.
_FONT_RATIO = 0.61
_CELL = 20 * _FONT_RATIO
_ID = "report"
_FONTS = (
    "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', 'Noto Sans Mono CJK TC', 'Noto Sans CJK TC', "
    "'PingFang TC', 'Microsoft JhengHei', monospace"
)
_TEMPLATE = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img">
<title>DESCRIBED_AS</title>
<desc>SHOWN</desc>
<style>
.{unique_id}-matrix {{ font-family: FONTS; font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-family: sans-serif; font-size: 18px; font-weight: bold; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""
_DESC = re.compile(r"<desc>(.*?)</desc>", re.DOTALL)
_TEXT = re.compile(
    r'<text class="(?P<style>[^"]*-r\d+)" x="(?P<x>[\d.]+)" y="(?P<y>[\d.]+)" textLength="[\d.]+" '
    r'clip-path="(?P<clip>[^"]*)">(?P<text>[^<]*)</text>'
)


def report() -> str:
    """What a terminal of 90 columns shows of the run: the command, its report, its closing lines; with colour codes."""
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "GITHUB_ACTIONS")}
    environment |= {"COLUMNS": str(COLUMNS), "TERM": "xterm-256color", "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    command = ("diff", "--isolated", "--color", "always", SAMPLE)
    done = subprocess.run(
        [sys.executable, "-m", "scrubber", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return f"$ scrubber diff {SAMPLE}\n{done.stdout}{done.stderr}"


def picture() -> str:
    """The picture as SVG. Equal reports give equal pictures under one version of rich."""
    from rich.console import Console
    from rich.text import Text

    text = Text.from_ansi(report())
    console = Console(
        file=io.StringIO(),
        width=COLUMNS,
        record=True,
        force_terminal=True,
        color_system="standard",
        legacy_windows=False,
    )
    console.print(text, soft_wrap=False, highlight=False, markup=False, emoji=False)
    template = _TEMPLATE.replace("FONTS", _FONTS)
    drawn = console.export_svg(
        title="", code_format=template, font_aspect_ratio=_FONT_RATIO, unique_id=_ID
    )  # fmt: skip
    drawn = _TEXT.sub(_in_columns, drawn)
    drawn = "\n".join(line.strip() for line in drawn.split("\n") if line.strip()) + "\n"
    shown = "\n".join(line.rstrip() for line in text.plain.split("\n")).strip("\n")
    drawn = drawn.replace("DESCRIBED_AS", f"What scrubber diff {SAMPLE} shows")
    return drawn.replace("<desc>SHOWN</desc>", f"<desc>\n{html.escape(shown)}\n</desc>")


def shown_in(drawn: str) -> str:
    """The text of the report that a picture shows; empty for what is no picture of ours."""
    found = _DESC.search(drawn)
    return html.unescape(found[1]) if found else ""


def _in_columns(text: re.Match[str]) -> str:
    """One text of the picture as one for each run of characters that are equally wide, each as long as its cells."""
    from rich.cells import cell_len

    left, pieces = float(text["x"]), []
    for cells, run in groupby(html.unescape(text["text"]), key=cell_len):
        characters = "".join(run)
        length = cells * len(characters) * _CELL
        if characters.strip("\xa0"):
            pieces.append(
                f'<text class="{text["style"]}" x="{left:g}" y="{text["y"]}" textLength="{length:g}" '
                f'clip-path="{text["clip"]}">{html.escape(characters)}</text>\n'.replace("\xa0", "&#160;")
            )
        left += length
    return "".join(pieces)


def main() -> None:
    """Write the picture."""
    PICTURE.write_text(picture(), "utf-8", newline="\n")


if __name__ == "__main__":
    main()
