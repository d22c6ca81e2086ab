"""What of a stored body may be shown: elements and attributes that only lay out words.

The store keeps less than this. Mail, page, Word and Datasette clean it once more, so that no row
written by another tool, or by an older version, can act there.
"""

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
LAYOUT = frozenset({
    "a", "b", "blockquote", "br", "caption", "center", "dd", "div", "dl", "dt", "em", "figcaption",
    "figure", "hr", "i", "img", "li", "ol", "p", "pre", "s", "section", "span", "strong", "sub",
    "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
})  # fmt: skip
ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt"},
    "td": {"rowspan", "colspan"},
    "th": {"rowspan", "colspan"},
    "ol": {"start"},
}
