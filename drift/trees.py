"""Small operations on the trees of pages."""

from __future__ import annotations

from random import Random

from lxml import html


def make(markup: str) -> html.HtmlElement:
    """One element from its markup; rows of tables too, which need a table to be parsed in."""
    if markup.startswith(("<tr", "<td", "<dd", "<dt", "<li")):
        holder = "table" if markup.startswith(("<tr", "<td")) else "div"
        parsed = html.fromstring(f"<{holder}>{markup}</{holder}>")
        return parsed[0]
    return html.fragment_fromstring(markup)


def put_in_place(old: html.HtmlElement, new: html.HtmlElement) -> None:
    """Replace an element; what follows it stays."""
    parent = old.getparent()
    new.tail, old.tail = old.tail, None
    if parent is not None:
        parent.replace(old, new)


def room(tree: html.HtmlElement) -> html.HtmlElement:
    """Where things can be added: the body of a page, or the fragment itself."""
    found = tree.find("body")
    return tree if found is None else found


def text_of(markup: str) -> str:
    """The words of some HTML."""
    return "".join(str(part) for part in html.fromstring(f"<div>{markup}</div>").itertext())


def hashed(random: Random) -> str:
    """A class name as build tools make them."""
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    return "_" + "".join(random.choice(letters) for _ in range(6))
