"""The floors: no module imports from a floor above its own, and heavy libraries stay where they may be named."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "scrubber"

#: What each part may import from. A part may always import from itself.
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "text": {"errors"},
    "model": {"errors", "text"},
    "rules": {"errors", "text", "model"},
    "config": {"errors", "text", "model", "rules"},
    "detect": {"errors", "text", "model", "rules", "corpus"},
    "engine": {"errors", "text", "model", "rules", "config", "corpus", "detect"},
    "read": {"errors", "text", "model"},
    "report": {"errors", "text", "model"},
    "store": {"errors", "text", "model"},
    "corpus": {"errors", "text", "model"},
    "api": {"errors", "text", "model", "rules", "config", "corpus", "detect", "engine", "read"},
    "cli": {
        "",
        "errors",
        "text",
        "model",
        "rules",
        "config",
        "detect",
        "engine",
        "read",
        "report",
        "store",
        "corpus",
        "api",
    },
    "": {"errors", "model", "api"},
    "__main__": {"cli"},
}

#: The only modules that may name a heavy or risky library.
MAY_NAME: dict[str, set[str]] = {
    "datasketch": {"text/sketch.py"},
    "rapidfuzz": {"text/sketch.py"},
    "numpy": {"text/sketch.py", "text/shingle.py", "text/anchors.py", "detect/", "corpus/"},
    "chardet": {"text/decode.py"},
    "bs4": {"read/html_slow.py"},
    "selectolax": {"read/html_walk.py"},
    "ftfy": {"detect/fix.py"},
    "re2": {"rules/forms.py", "rules/regex.py"},
    "ahocorasick_rs": {"rules/vocabulary.py"},
    "platformdirs": {"rules/entries.py"},
    "rich": {"report/terminal.py", "cli/"},
    "typer": {"cli/"},
    "backports": {"read/packed.py"},
    "fastwarc": {"read/warc.py"},
    "pyarrow": {"read/parquet.py", "store/parquet.py"},
}
#: These are imported when they are needed, not when the module is.
LATE = {
    "datasketch",
    "rapidfuzz",
    "numpy",
    "chardet",
    "bs4",
    "selectolax",
    "ftfy",
    "re2",
    "scipy",
    "ahocorasick_rs",
    "platformdirs",
    "backports",
    "fastwarc",
    "pyarrow",
}

MODULES = sorted(PACKAGE.rglob("*.py"))


def part_of(path: Path) -> str:
    first = path.relative_to(PACKAGE).parts[0]
    return "" if first == "__init__.py" else first.removesuffix(".py")


def imports_of(tree: ast.AST) -> list[tuple[str, int, bool]]:
    """Imported module names with line and whether the import runs when the module is imported."""
    late = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
    }
    typing_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and isinstance(block.test, ast.Name) and block.test.id == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    found: list[tuple[str, int, bool]] = []
    for node in ast.walk(tree):
        early = id(node) not in late and id(node) not in typing_only
        if isinstance(node, ast.Import):
            found += [(alias.name, node.lineno, early) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide the floor"
            assert node.module is not None
            found.append((node.module, node.lineno, early))
            if node.module == "scrubber":
                found += [(f"scrubber.{alias.name}", node.lineno, early) for alias in node.names]
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down(path: Path) -> None:
    own = part_of(path)
    for name, line, _ in imports_of(ast.parse(path.read_text("utf-8"))):
        if name != "scrubber" and not name.startswith("scrubber."):
            continue
        target = name.split(".")[1] if "." in name else ""
        if not (PACKAGE / target).exists() and not (PACKAGE / f"{target}.py").exists():
            target = ""
        assert target == own or target in MAY_IMPORT[own], f"{path.name}:{line} imports {name}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_heavy_libraries_are_named_where_they_may_be_and_imported_late(path: Path) -> None:
    place = path.relative_to(PACKAGE).as_posix()
    for name, line, early in imports_of(ast.parse(path.read_text("utf-8"))):
        library = name.split(".")[0]
        if library in MAY_NAME:
            allowed = MAY_NAME[library]
            assert any(place == one or (one.endswith("/") and place.startswith(one)) for one in allowed), (
                f"{place}:{line} names {library}"
            )
        assert not (early and library in LATE), f"{place}:{line} imports {library} too early"


def test_every_public_name_exists() -> None:
    import scrubber

    assert len(set(scrubber.__all__)) == len(scrubber.__all__)
    for name in scrubber.__all__:
        assert getattr(scrubber, name) is not None


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    import scrubber

    with pytest.raises(AttributeError, match="no attribute 'clean_txt'"):
        _ = scrubber.clean_txt  # type: ignore[attr-defined]
