"""Body containers across publishing systems, in the order that proved itself over many provinces.

A system's own, in its file of `crawlers/platforms/`, are asked before these.
"""

from __future__ import annotations

BODIES = (
    "#UCAP-CONTENT",
    ".trs_editor_view",
    ".TRS_UEDITOR",
    ".TRS_Editor",
    ".view[class*='TRS']",
    ".TRS_PreAppend",
    ".xl-zw-cons",
    ".page_info",
    "#zoom",
    "#Zoom",
    "#easysiteText",
    "#con_con",
    "#js_content",
    ".article-content",
    ".article_content",
    ".article-body",
    ".article-word",
    "#article_content",
    "#article",
    ".zw",
    "article",
)
