"""Where a notice stands: its site, its place in the digest, its address and title."""

from __future__ import annotations

from dataclasses import dataclass, field

from storage.models.about import Shown, about


@dataclass(frozen=True, slots=True)
class Listed:
    """What is known of a notice before its page is read."""

    site: str = field(
        metadata=about(
            "网站",
            "Site it was found on; not always one of `sites`: pages can be added by hand.",
            "见于哪个网站；不一定在“网站”（sites）表中：页面可由人工添加。",
            Shown.NOWHERE,
            export=12,
        )
    )
    column: str = field(
        metadata=about(
            "栏目", "Column it was first found in.", "首次见于哪个栏目。", Shown.NOWHERE, export=13
        )
    )
    key: str = field(
        metadata=about(
            "站内标识",
            "What identifies the page inside its site for ever.",
            "页面在本网站内的标识，永久不变。",
            Shown.NOWHERE,
        )
    )
    url: str = field(
        metadata=about("网址", "Its address.", "网址。", Shown.DIGEST, export=2, heading="链接")
    )
    title: str = field(
        metadata=about(
            "标题",
            "Title as printed on the page.",
            "页面上所印的标题。",
            Shown.DIGEST | Shown.REREAD,
            export=1,
        )
    )
    section: str = field(
        metadata=about("篇章", "Chapter of the digest.", "周报篇章。", Shown.REREAD, export=10)
    )
    grp: str = field(
        metadata=about(
            "分组", "Heading within the chapter.", "篇章内的分组。", Shown.REREAD, export=11
        )
    )
