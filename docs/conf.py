"""How Sphinx makes the site of these pages: `python -m sphinx -W --keep-going docs site`.

The pages are plain Markdown that a code host shows as it stands; nothing in them is meant for Sphinx. What a site needs
besides is added while a page is read: its navigation, by reader, below; and drawings in place of the text of a
`mermaid` block (`drawing.py`). The site asks nothing of any other machine: no fonts, no scripts, no pictures from
elsewhere (`tests/docs/test_docs_site.py`). Refuses a page that no part of the navigation has, and a link that leads
nowhere: Sphinx warns of both, and `-W` makes warnings errors.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import Any

_HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(_HERE))

from drawing import svg_of  # noqa: E402  # it lies beside this file, and no package holds the two

project = "scrubber"
author = "The scrubber authors"
project_copyright = "the scrubber authors, Apache-2.0"

extensions = ["myst_parser"]
root_doc = "README"
source_suffix = {".md": "markdown"}
exclude_patterns = ["__pycache__"]

html_theme = "furo"
html_title = "scrubber"
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_last_updated_fmt = None

#: The anchors of headings are those that code hosts give them.
myst_heading_anchors = 4
myst_links_external_new_tab = False
#: A text in a language of ours that is no programming language has no colours.
suppress_warnings = ["misc.highlighting_failure"]

#: The pages, by who reads them.
NAVIGATION = {
    "Tutorials": ("tutorial-archivist", "tutorial-contributor", "tutorial-ci"),
    "Use": (
        "commands",
        "why",
        "reports",
        "review",
        "ci",
        "batch",
        "containers",
        "duplicates",
        "corpus-index",
        "ledger",
    ),
    "Rules": ("rules", "rule-files", "learn", "licences"),
    "How it works": ("architecture", "extending", "line-model", "block-model", "character-model", "dependencies"),
    "Figures": ("figures", "figures-dedup"),
}

_MERMAID = re.compile(r"^```mermaid\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
#: Files of the repository that pages point at; they have no page of their own here and come along as they are.
_ELSEWHERE = re.compile(r"\]\(\.\./(?P<path>[\w./-]+)\)")


def _read(app: Any, name: str, source: list[str]) -> None:
    text = _MERMAID.sub(lambda found: f"```{{raw}} html\n{svg_of(found['text'])}\n```", source[0])
    text = _ELSEWHERE.sub(lambda found: f"](path:../{found['path']})", text)
    if name == root_doc:
        parts = (
            f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n" + "\n".join(pages) + "\n```\n"
            for caption, pages in NAVIGATION.items()
        )
        text += "".join(parts)
    source[0] = text


def _finished(app: Any, error: Exception | None) -> None:
    """The first page is where browsers look for it, too."""
    made = Path(app.outdir) / f"{root_doc}.html"
    if error is None and made.exists():
        shutil.copyfile(made, made.with_name("index.html"))


def setup(app: Any) -> dict[str, bool]:
    app.connect("source-read", _read)
    app.connect("build-finished", _finished)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
