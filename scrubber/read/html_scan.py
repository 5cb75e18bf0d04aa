"""Tags, comments and raw elements of a page, by the tokens of the HTML standard, in linear time.

For what must be known of a page before a tree is built (`html_guard`), for pages that get no tree (`html_slow`), and for
pages that end where they should not: a comment, a title or a script that nobody closes takes all that follows, so that
a reader would see next to nothing of the page. `mended` gives it back.
"""

from __future__ import annotations

import re
from string import ascii_letters
from typing import NamedTuple

from scrubber.read.html_tags import BLOCKS, RAW

#: A tag with more attributes than this stands in no page that a person wrote.
MAX_ATTRIBUTES = 1_000
#: Nothing is mended more often than this in one page.
_MAX_MENDS = 16

_SPACE = r"\t\n\f\r "
_VALUE = rf"(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z)|[^{_SPACE}>\"'][^{_SPACE}>]*+)"
_ATTRIBUTE = rf"=?[^{_SPACE}/>=]++(?:[{_SPACE}]*+=[{_SPACE}]*+{_VALUE}?+)?+"
#: One construct of a page: a comment, a declaration, or a tag with its name and attributes. `close` is the end of a
#: tag; it is empty where the page ends within it. Possessive throughout: linear in the text.
TAG = re.compile(
    rf"<(?:(?P<slash>/?)(?P<name>[A-Za-z][^{_SPACE}/>]*+)"
    rf"(?P<attributes>(?:[{_SPACE}/]++|{_ATTRIBUTE}|=)*+)(?P<close>>|\Z)"
    r"|!--(?P<comment>-?>|(?:[^-]++|-(?!-!?>))*+(?:--!?>|\Z))"
    r"|[!?/](?P<bogus>[^>]*+)(?:>|\Z))"
)
#: The attributes of a tag: name, then the value in one of three groups.
ATTRIBUTE = re.compile(
    rf"(=?[^{_SPACE}/>=]++)(?:[{_SPACE}]*+=[{_SPACE}]*+"
    rf"(?:\"([^\"]*+)(?:\"|\Z)|'([^']*+)(?:'|\Z)|([^{_SPACE}>\"'][^{_SPACE}>]*+))?+)?+"
)
_RAW_NAMES = "|".join(sorted(RAW))
_OTHER_FIRSTS = "".join(sorted(set(ascii_letters) - {letter for name in RAW for letter in (name[0], name[0].upper())}))
_ORDINARY_TAG = rf"(?:[{_SPACE}/]*+{_ATTRIBUTE}){{0,{MAX_ATTRIBUTES}}}+[{_SPACE}/]*+>"
_RAW_ELEMENT = "|".join(
    # A comment in a script may hold another script: one that may do so is looked at on its own.
    rf"{name}(?=[{_SPACE}/>]){_ORDINARY_TAG}[^<]*+(?:<(?!/?script[{_SPACE}/>])[^<]*+)*+</script"
    if name == "script"
    else rf"{name}(?=[{_SPACE}/>]){_ORDINARY_TAG}[^<]*+(?:<(?!/{name}[{_SPACE}/>])[^<]*+)*+</{name}"
    for name in sorted(RAW)
)
_RAW_WHOLE = "|".join(
    rf"{name}(?=[{_SPACE}/>])(?:[{_SPACE}/]++|{_ATTRIBUTE}|=)*+(?:>(?:[^<]++|<(?!/{name}[{_SPACE}/>]))*+|\Z)"
    for name in sorted(RAW)
)
_NO_RAW_NAME = rf"(?!(?i:{_RAW_NAMES})[{_SPACE}/>])"
#: Most tags: end tags without more, and start tags with few attributes, all with a value in double quotation marks. A
#: quicker form of what `TAG` would find. Most names are no raw ones for their first letter.
_PLAIN_TAG = (
    rf"/[A-Za-z][A-Za-z0-9]*+>"
    rf"|(?:[{_OTHER_FIRSTS}]|{_NO_RAW_NAME}[A-Za-z])[^{_SPACE}/<>\"'=]*+(?:[{_SPACE}/][^<>\"'=]{{0,200}}+"
    rf"(?:(?<=[^{_SPACE}/])=\"[^\"]*+\"[^<>\"'=]{{0,200}}+){{0,9}}+)?+>"
)
#: As much of a page as is whole and ordinary: it ends where something is cut off, crowded or to be looked at.
_ORDINARY = re.compile(
    rf"[^<]*+(?:<(?:{_PLAIN_TAG}|(?i:{_RAW_ELEMENT})"
    rf"|{_NO_RAW_NAME}/?[A-Za-z][^{_SPACE}/>]*+{_ORDINARY_TAG}"
    r"|!--(?:-?>|(?:[^-]++|-(?!-!?>))*+--!?>)"
    r"|(?:!(?!--)|\?|/(?![A-Za-z]))[^>]*+>"
    r"|(?![A-Za-z/!?]))[^<]*+)*+"
)
#: All tags at once, with raw elements whole: slash and name, and the slash at the end of a tag.
TAGS = re.compile(
    rf"<(?:(?:{_RAW_WHOLE})"
    rf"|(/?[A-Za-z][^{_SPACE}/>]*+)(?:[{_SPACE}]++|/(?!>)|{_ATTRIBUTE}|=)*+(/?)(?:>|\Z)"
    r"|!--(?:-?>|(?:[^-]++|-(?!-!?>))*+(?:--!?>|\Z))"
    r"|[!?/][^>]*+)",
    re.IGNORECASE,
)
_RAW_END = {name: re.compile(rf"</{name}(?=[{_SPACE}/>])", re.IGNORECASE) for name in RAW}
#: What decides where a script ends: the states of the standard from "script data" to "double escaped".
_SCRIPT_MARKS = re.compile(rf"<!(?=--)|-->|</?script(?=[{_SPACE}/>])", re.IGNORECASE)
_BLOCK_TAG = re.compile(rf"</?(?:{'|'.join(sorted(BLOCKS | {'head'}))})(?=[{_SPACE}/>])", re.IGNORECASE)


def raw_end(text: str, name: str, position: int) -> int:
    """Where the content of a raw element that begins at `position` ends: at its end tag, else with the text. O(n).

    A script may hold a comment with another script in it, whose end tag is not its own.
    """
    found = _RAW_END[name].search(text, position)
    stop = found.start() if found else len(text)
    if name != "script" or text.find("<!--", position, stop) < 0:
        return stop
    escaped = inner = False
    for mark in _SCRIPT_MARKS.finditer(text, position):
        what = mark.group()
        if what == "<!":
            escaped = True
        elif what == "-->":
            escaped = inner = False
        elif what[1] != "/":
            inner = escaped
        elif inner:
            inner = False
        else:
            return mark.start()
    return len(text)


class Mended(NamedTuple):
    """A page without the marks of what is never closed; whether some tag of it is crowded; what its end still takes.

    `lost_chars` are the code points from there on.
    """

    text: str
    crowded: bool
    lost_chars: int
    #: Whether a script holds another one in a comment, so that `TAGS` would end it too early.
    knotty: bool = False


def mended(text: str) -> Mended:
    """The page as it may be given to a parser. O(n), 16 times at most.

    >>> mended("<title>Pier<p>The ferry<!-- is back.").text
    '<title>Pier</title><p>The ferry is back.'
    """
    position, mends, crowded, knotty = 0, 0, False, False
    while True:
        position = _ordinary_end(text, position)
        if position >= len(text):
            return Mended(text, crowded, 0, knotty)
        match = TAG.match(text, position)
        if match is None:
            # What is no construct at all: its sign is text.
            position += 1
            continue
        name = (match["name"] or "").lower()
        if match["comment"] is not None:
            # All comments behind one that is open to the end are open too.
            text = text[:position] + text[position:].replace("<!--", "")
        elif match["bogus"] is not None or not match["close"]:
            anew = _without_cut_tag(text, position, match)
            if anew is None or mends >= _MAX_MENDS:
                return Mended(text, crowded, len(text) - position, knotty)
            text = anew
        else:
            crowded = crowded or sum(1 for _ in ATTRIBUTE.finditer(match["attributes"])) > MAX_ATTRIBUTES
            position = match.end()
            if match["slash"] or name not in RAW:
                continue
            stop = raw_end(text, name, position)
            knotty = knotty or text.find("</", position, stop) >= 0
            if stop < len(text):
                position = stop
                continue
            where = text.find("<", position) if name == "title" else _block_tag(text, position)
            if where < 0 or mends >= _MAX_MENDS:
                return Mended(text, crowded, len(text) - position, knotty)
            text = f"{text[:where]}</{name}>{text[where:]}"
            position = where
        mends += 1


def _ordinary_end(text: str, position: int) -> int:
    match = _ORDINARY.match(text, position)
    return match.end() if match else position


def _block_tag(text: str, position: int) -> int:
    found = _BLOCK_TAG.search(text, position)
    return found.start() if found else -1


def _without_cut_tag(text: str, position: int, match: re.Match[str]) -> str | None:
    """The page with the attributes gone of a tag that swallows it to its end, for want of a quotation mark."""
    if match["name"] is None:
        return None
    close = text.find(">", position)
    if close < 0:
        return None
    return f"{text[:position]}<{match['slash']}{match['name']}{text[close:]}"
