"""What each element of HTML means to the reader, as tables. Nothing else."""

from __future__ import annotations


def named(words: str) -> frozenset[str]:
    """The tag names in a list that is parted by blanks."""
    return frozenset(words.split())


#: Elements whose content is text up to their own end tag.
RAW = named("script style textarea title xmp iframe noembed noframes")
#: Elements without content and without end tag.
VOID = named("area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr")

HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
LISTS = named("ul ol menu dir dl")
ITEMS = named("li dt dd")
CELLS = named("td th")

#: Elements that begin and end a block. Names with a hyphen (custom elements) do so too.
BLOCKS = named(
    "address article aside blockquote body button caption center dd details dialog dir div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav ol optgroup p pre "
    "search section summary table tbody td tfoot th thead tr ul xmp plaintext frameset"
)
#: What is no text: programs and styles, drawings, embedded pages, and annotations of formulas, which repeat them in
#: another language.
SKIPPED = named("script style template noembed noframes title svg iframe embed input frame annotation annotation-xml")
#: What a reader does not see as text: form controls with their choices, stand-ins for players and drawings, and what
#: is there only for readers without scripts, to whom it mostly says that they are missing. It counts as hidden.
HIDING = named("noscript object applet canvas audio video select datalist textarea")
#: Kinds of elements, as the walks ask for them. What is noted stands in a line, and says something of the page.
SKIP, BREAK, BLOCK, LINK, BOLD, INLINE, NOTED, HIDER = range(8)
KINDS: dict[str, int] = {
    "-comment": SKIP,
    "!doctype": SKIP,
    "!--": SKIP,
    **dict.fromkeys(BLOCKS, BLOCK),
    **dict.fromkeys(SKIPPED, SKIP),
    **dict.fromkeys(("b", "strong", "em", "i", "u", "mark"), BOLD),
    "br": BREAK,
    "a": LINK,
    **dict.fromkeys(("meta", "link", "time"), NOTED),
    **dict.fromkeys(HIDING, HIDER),
    **dict.fromkeys(("span", "img", "font", "label", "small", "cite", "code", "sup", "sub"), INLINE),
}


def kind_of(tag: str) -> int:
    """The kind of an element that `KINDS` does not name: custom elements are blocks, all others stand in a line."""
    return BLOCK if "-" in tag[1:] else INLINE


#: Elements on top of the open ones that a tag of this name closes.
IMPLIED_ENDS: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        named(
            "address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form "
            "h1 h2 h3 h4 h5 h6 header hgroup hr main menu nav ol p pre search section summary table ul"
        ),
        named("p"),
    ),
    "li": named("li p"),
    "dd": named("dd dt p"),
    "dt": named("dd dt p"),
    "option": named("option"),
    "optgroup": named("option optgroup"),
    "td": CELLS,
    "th": CELLS,
    "tr": CELLS | named("tr"),
    **dict.fromkeys(("tbody", "thead", "tfoot"), CELLS | named("tr tbody thead tfoot")),
}
