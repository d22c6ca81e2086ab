"""WeChat: captcha for long links, articles of three generations, notices, pictures."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from replica.server import Replica
from tests.replica.conftest import CONTENT
from tests.replica.visitor import Visitor

WECHAT = "https://mp.weixin.qq.com"
SHORT = WECHAT + "/s/AAAAAAAAAAAAAAAAAAA"
LONG = WECHAT + "/s?__biz=MzA3MDQxNjg3NQ==&mid=2650739956&idx=3&sn=a7084cd957554a6410e9e39e85b8c2a8"


def test_a_long_link_leads_to_a_captcha_even_for_the_app(visitor: Visitor) -> None:
    agent = "Mozilla/5.0 (iPhone) AppleWebKit/605.1.15 MicroMessenger/8.0.50"
    reply = visitor.get(LONG, agent=agent, headers={"Referer": WECHAT + "/"})
    assert reply.status == 302
    target = urlsplit(reply.headers["Location"])
    assert (target.hostname, target.path) == ("mp.weixin.qq.com", "/mp/wappoc_appmsgcaptcha")
    query = parse_qs(target.query)
    assert query["target_url"] == [LONG]
    assert query["poc_token"]
    shell = visitor.get(reply.headers["Location"])
    assert shell.status == 200
    assert "mmbizwap:secitptpage/verify.html" in shell.text
    assert re.search("[\u4e00-\u9fff]", shell.text) is None


def test_a_2020_article_hides_its_body_and_leaves_the_time_to_ct(visitor: Visitor) -> None:
    text = visitor.get(SHORT + "020").text
    assert '<em id="publish_time" class="rich_media_meta rich_media_meta_text"></em>' in text
    assert 'var ct = "1612097160";' in text
    assert 'id="js_content" style="visibility: hidden;"' in text
    assert 'var biz = "MzA3MDQxNjg3NQ==" || "";' in text
    assert 'var mid = "2650739956" || ""' in text
    assert 'var idx = "3" || ""' in text
    assert 'var sn = "a7084cd957554a6410e9e39e85b8c2a8" || ""' in text
    assert "var msg_source_url = 'https://www.example.org/original';" in text
    assert 'var nickname = htmlDecode("IPRdaily");' in text
    assert "var msg_title = '专利法&#39;修改&#39;要点'.html(false);" in text
    assert '<meta property="og:title" content="专利法&#39;修改&#39;要点" />' in text
    assert 'data-src="https://mmbiz.qpic.cn/mmbiz_jpg/x/640?wx_fmt=jpeg"' in text


def test_a_2018_article_prints_its_date_and_profile(visitor: Visitor) -> None:
    text = visitor.get(SHORT + "018").text
    assert '<em id="post-date" class="rich_media_meta rich_media_meta_text">2018-05-01</em>' in text
    assert '<strong class="profile_nickname">IPRdaily</strong>' in text
    assert 'var nickname = "IPRdaily";' in text
    assert '<h2 class="rich_media_title" id="activity-name">' in text


def test_a_2026_article_has_the_inner_title_and_leaf_spans(visitor: Visitor) -> None:
    text = visitor.get(SHORT + "026").text
    assert '<span class="js_title_inner">热点文章</span></h1>' in text
    assert 'style="visibility: hidden; opacity: 0; "' in text
    assert '<span leaf="">热点正文。</span>' in text
    assert '<a role="button" tabindex="0" class="wx_tap_link" id="js_name">' in text


def test_a_picture_message_lists_pictures_and_has_no_body(
    replica: Replica, visitor: Visitor
) -> None:
    replica.set_as_of(None)
    text = visitor.get(SHORT + "pic").text
    assert 'var item_show_type = "8";' in text
    assert "cdn_url: 'https://mmbiz.qpic.cn/mmbiz_png/y/0?wx_fmt=png'" in text
    assert 'id="js_content"' not in text


@pytest.mark.parametrize(
    ("token", "words"),
    [("del", "该内容已被发布者删除"), ("xyz", "参数错误"), ("pic", "参数错误")],
)
def test_what_is_not_there_is_a_notice_with_status_200(
    visitor: Visitor, token: str, words: str
) -> None:
    reply = visitor.get(SHORT + token)
    assert reply.status == 200
    assert f'<div class="weui-msg__title warn">{words}</div>' in reply.text
    assert "<title></title>" in reply.text
    assert "js_content" not in reply.text


def test_behind_the_wall_every_article_is_the_shell(replica: Replica, visitor: Visitor) -> None:
    replica.set_wall("wechat", "verify")
    reply = visitor.get(SHORT + "020")
    assert reply.status == 200
    assert "secitptpage/verify" in reply.text
    replica.set_wall("wechat", "environment")
    assert "环境异常" in visitor.get(SHORT + "020").text


def test_pictures_want_a_referer(visitor: Visitor) -> None:
    url = "https://mmbiz.qpic.cn/mmbiz_jpg/x/640?wx_fmt=jpeg"
    assert visitor.get(url).status == 403
    reply = visitor.get(url, headers={"Referer": SHORT + "020"})
    assert reply.headers["Content-Type"] == "image/jpeg"
    assert reply.body.startswith(b"\xff\xd8\xff")


def test_the_fixture_tokens_are_as_long_as_real_ones() -> None:
    text = (CONTENT / "wechat.toml").read_text(encoding="utf-8")
    assert {len(token) for token in re.findall(r'short = "([^"]+)"', text)} == {22}
