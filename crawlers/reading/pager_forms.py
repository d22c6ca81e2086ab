"""What a pager's control does when it calls a script: an address put together, or a form sent."""

from __future__ import annotations

import re
from itertools import islice
from urllib.parse import urlencode, urlsplit

from lxml import etree
from parsel import Selector

from crawlers.reading.addresses import absolute
from crawlers.reading.pager_controls import Control, call_of
from crawlers.reading.pager_scripts import ScriptPager, Template, function_body, templates_in

Called = tuple[str, tuple[tuple[str, str], ...]]
"""The address, and the fields to post to it (none: it is asked for as a page)."""

_FIELD_SET = re.compile(
    r"""(?:getElementById\(\s*["']([\w:$.-]+)["']\s*\)|(?:forms?\[?[\w"'\]]{0,60}\.|\$\(\s*["']\#?(?:\w+\s+)?(?:input\[name=['"]?)?|\b\w+\.)([A-Za-z_][\w-]*)(?:['"]?\])?(?:["']\s*\))?)"""
    r"""\s*(?:\.value\s*=|\.val\()\s*\(?\s*([\w$.]{1,40})\s*([+-]\s*\d+)?"""
)
_SUBMITTED = re.compile(r"\.submit\(|\.click\(")
_POSTBACK = re.compile(r"__doPostBack\(\s*['\"]([^'\"]*)['\"]\s*,\s*['\"]([^'\"]*)['\"]")
_WANTED = re.compile(r"page_?(?:no|num|number|index)", re.IGNORECASE)
_PAGES = re.compile(r"(?:total|max)_?pages?|page_?(?:count|total)", re.IGNORECASE)
_MOST_FIELDS = 200
_MOST_BYTES = 400_000


def called_page(
    control: Control, page: Selector, script: ScriptPager, asked: int, base_url: str
) -> Called | None:
    """Where a control leads that calls a script, for page `asked + 1`; None if that cannot be
    told from the page's own scripts."""
    posted = _POSTBACK.search(control.script)
    if posted:
        return _post_back(page, base_url, posted[1], posted[2], asked + 1)
    name, arguments = call_of(control.script)
    parameters, body = function_body(script.text, name)
    value = _value(control, arguments, asked)
    if not body:
        return _by_address(templates_in(control.script), "", asked + 1, base_url)
    number = parameters[_place_of(arguments)] if _place_of(arguments) < len(parameters) else ""
    found = _by_address(templates_in(body), number, value, base_url)
    return found or _by_form(body, number, value, page, base_url)


def counted_form(page: Selector, asked: int, base_url: str) -> Called | None:
    """Page `asked + 1` of a list whose form holds its pages' count and the wanted one's number, and
    which a script elsewhere sends (核查中心: pageNo and total_pages); None where no form does, or
    the count is reached."""
    for form in islice(page.root.iter("form"), 20):
        fields = _fields(form)
        wanted = next((name for name in fields if _WANTED.fullmatch(name)), "")
        last = next((fields[name] for name in fields if _PAGES.fullmatch(name)), "")
        if wanted and last.isdigit() and len(last) < 7 and int(last) > asked:
            return _sent(form, fields | {wanted: str(asked + 1)}, base_url)
    return None


def _value(control: Control, arguments: str, asked: int) -> int:
    """The number that means the next page: what the control passes, moved on by as many pages as
    it is away; the page's own number where it passes none."""
    numbers = re.findall(r"(?<![\w'\"])\d{1,6}(?![\w'\"])|(?<=['\"])\d{1,6}(?=['\"])", arguments)
    if not numbers:
        return asked + 1
    if control.kind == "number" and control.number:
        return int(numbers[0]) - (control.number - asked - 1)
    return int(numbers[0]) if control.kind == "next" else asked + 1


def _place_of(arguments: str) -> int:
    parts = arguments.split(",")
    return next((i for i, part in enumerate(parts) if part.strip(" '\"").isdigit()), 0)


def _by_address(
    templates: list[Template], parameter: str, value: int, base_url: str
) -> Called | None:
    fitting = [t for t in templates if not parameter or t.variable in {parameter, ""}]
    for template in fitting or templates[:1]:
        address = absolute(base_url, template.at(value))
        if address:
            return address, ()
    return None


def _by_form(body: str, number: str, value: int, page: Selector, base_url: str) -> Called | None:
    """A function that writes the number into a field and sends the form."""
    if not _SUBMITTED.search(body):
        return None
    for by_id, by_name, variable, shift in _FIELD_SET.findall(body):
        if number and variable != number:
            continue
        name = by_id or by_name
        field = _field(page, name)
        form = next(field.iterancestors("form"), None) if field is not None else None
        if field is None or form is None:
            continue
        moved = value + int(shift.replace(" ", "") or 0)
        fields = _fields(form) | {field.get("name") or name: str(moved)}
        return _sent(form, fields, base_url)
    return None


def _field(page: Selector, name: str) -> etree._Element | None:
    for node in islice(page.root.iter("input", "select"), 5_000):
        if name in {node.get("id"), node.get("name")}:
            found: etree._Element = node
            return found
    return None


def _post_back(
    page: Selector, base_url: str, target: str, argument: str, wanted: int
) -> Called | None:
    """ASP.NET: the whole form goes back to the server with the control's name and the page."""
    form = next((f for f in page.root.iter("form") if "__VIEWSTATE" in _fields(f)), None)
    if form is None:
        return None
    argument = str(wanted) if argument.isdigit() else argument
    fields = _fields(form) | {"__EVENTTARGET": target, "__EVENTARGUMENT": argument}
    return _sent(form, fields, base_url, posts=True)


def _fields(form: etree._Element) -> dict[str, str]:
    """What a form sends as it stands: hidden and text fields, and what is chosen."""
    fields: dict[str, str] = {}
    for node in islice(form.iter("input", "select"), _MOST_FIELDS):
        name = node.get("name")
        kind = (node.get("type") or "text").lower()
        if not name or kind in {"submit", "button", "image", "reset", "file"}:
            continue
        if kind in {"checkbox", "radio"} and "checked" not in node.attrib:
            continue
        fields[name] = node.get("value", "") if node.tag == "input" else _chosen(node)
    return fields


def _chosen(select: etree._Element) -> str:
    options = list(islice(select.iter("option"), 2_000))
    chosen = next((o for o in options if "selected" in o.attrib), options[0] if options else None)
    if chosen is None:
        return ""
    return str(chosen.get("value") if "value" in chosen.attrib else (chosen.text or "").strip())


def _sent(
    form: etree._Element, fields: dict[str, str], base_url: str, *, posts: bool = False
) -> Called | None:
    address = absolute(base_url, form.get("action") or "") or base_url
    if sum(len(name) + len(value) for name, value in fields.items()) > _MOST_BYTES:
        return None
    if posts or (form.get("method") or "get").lower() == "post":
        return address, tuple(fields.items())
    parts = urlsplit(address)
    return parts._replace(query=urlencode(fields), fragment="").geturl(), ()
