"""Where the real sites would keep an invented page, by its number and column."""

from __future__ import annotations

import hashlib
from datetime import datetime

from replica.entries import WechatIds


def invented_path(site: str, column: str, number: int, published: datetime) -> str:
    """The path of page `number` in a column. Raises KeyError for a column that nobody
    invents pages for."""
    code = hashlib.md5(f"{site} {number}".encode(), usedforsecurity=False).hexdigest()
    trs = f"{published:%Y%m}/t{published:%Y%m%d}_{5_000_000 + number}.html"
    year = published.year
    paths = {
        ("cde", "发布通告"): f"/main/news/viewInfoCommon/{code}",
        ("cde", "征求意见"): f"/main/news/viewInfoCommon/{code}",
        ("cde", "工作动态"): f"/main/news/viewInfoCommon/{code}",
        ("miit", "司局动态"): f"/xwfb/gxdt/sjdt/art/{year}/art_{code}.html",
        ("miit", "文件公示"): f"/zwgk/wjgs/art/{year}/art_{code}.html",
        ("miit", "政策文件库"): f"/zwgk/zcwj/wjfb/tz/art/{year}/art_{code}.html",
        ("tj_kxjs", "通知公告"): f"/ZWGK4143/TZGG2079/{trs}",
        ("tj_kxjs", "项目申报"): f"/BSFW9672/XMGL4742/XMSB4597/{trs}",
        ("tj_kxjs", "政策发布"): f"/ZCFG148_1/ZCFB4222/{trs}",
        ("tj_gyxxh", "通知公告"): f"/ZWXX5652/TZGG644/{year}n/{trs}",
        ("tj_gyxxh", "工信动态"): f"/ZWXX5652/GXDT9285/{trs}",
        ("tj_tten", "通知公告"): f"/news/tzgg/{trs}",
        ("bj_zscqj", "通知公告"): f"/zscqj/zwgk/tzgg/{10_900_000 + number}/index.html",
        ("bj_zscqj", "信息动态"): f"/zscqj/zwgk/xwdt/{10_900_000 + number}/index.html",
        ("wechat", "IPRdaily"): f"/s/{_token(number)}",
    }
    return paths[site, column]


def _token(number: int) -> str:
    """The short name of a WeChat article: 22 characters."""
    return hashlib.sha256(f"article {number}".encode()).hexdigest()[:22]


def wechat_ids(number: int) -> WechatIds:
    """What identifies the article inside WeChat."""
    return WechatIds(
        biz="MzA3MDQxNjg3NQ==",
        mid=str(2_650_740_000 + number),
        sn=hashlib.md5(f"sn {number}".encode(), usedforsecurity=False).hexdigest(),
        account="IPRdaily",
        short=_token(number),
    )
