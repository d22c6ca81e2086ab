"""/-/notice/<id>: a notice as a page to read. Nothing on it can run, whatever its body holds."""

from __future__ import annotations

from typing import Any

from datasette import hookimpl
from datasette.utils.asgi import Response
from markupsafe import Markup
from sqlite_utils import Database

from storage.datasette.notice_view import notice_context

_POLICY = (
    "default-src 'self'; img-src https: data:; script-src 'none'; object-src 'none'; "
    "frame-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


@hookimpl  # type: ignore[untyped-decorator] # datasette ships no types
def register_routes() -> list[tuple[str, Any]]:
    """The address of the page."""
    return [(r"^/-/notice/(?P<id>[0-9]{1,18})$", notice_page)]


async def notice_page(datasette: Any, request: Any) -> Any:
    """Answers with the page, or 404."""
    notice_id = int(request.url_vars["id"])
    database = datasette.get_database()
    context = await database.execute_fn(
        lambda connection: notice_context(Database(connection), notice_id)
    )
    if context is None:
        # Not raised: Datasette prints a traceback for a page that is merely not there.
        return Response.text(f"没有编号为 {notice_id} 的通知。", status=404)
    titles = (datasette.plugin_config("zhengxun") or {}).get("sections", {})
    notice = context["notice"]
    context |= {
        "database": database.name,
        "body": Markup(context["body"]),  # noqa: S704 - cleaned by nh3 in safe_body
        "section": titles.get(notice.section, notice.section),
    }
    page = await datasette.render_template("notice.html", context, request=request)
    return Response.html(page, headers=dict(_HEADERS))
