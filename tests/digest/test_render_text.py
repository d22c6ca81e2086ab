"""The plain text: complete alone."""

from __future__ import annotations

from digest.rendering.render_text import WIDTH, render_text
from tests.digest.samples import make_digest, make_entry, one_entry_digest, week_digest


def test_the_whole_issue_can_be_read_without_any_other_file() -> None:
    text = render_text(week_digest())
    for words in (
        "政讯周报　2021-W05 期",
        "知识产权信息篇（2021/01/30~2021/02/05）",
        "【地方级】\n\n1、关于印发北京市知识产权局“两区”工作推进措施的通知\n",
        "    创新是引领发展的第一动力，保护知识产权就是保护创新。\n",
        "    附件：附件2：起草说明.pdf https://www.cde.org.cn/main/att/download/2\n",
        "    另见：天津科技服务平台 https://i.tten.cn/news/tzgg/202102/t20210205_158961.html\n",
        "2021-02-10（5 天后） 工业和信息化部办公厅 财政部办公厅关于开展第三批",
        "[被拦截] 国家药监局药审中心 · 指导原则征求意见（上次读到：2021-01-29 08:30）\n"
        "    返回 202 与脚本校验页，未取得列表",
    ):
        assert words in text
    assert text.endswith("原文以发布机关网站为准。\n")


def test_signatures_stand_at_the_right_edge() -> None:
    lines = render_text(week_digest()).split("\n")
    who = next(line for line in lines if line.endswith("盈科瑞﹒知识产权部"))
    when = lines[lines.index(who) + 1]
    assert when.strip() == "2021年02月05日"
    assert len(when) + 3 == WIDTH  # 年月日 are two columns wide


def test_without_bodies_summaries_stand_in() -> None:
    text = render_text(week_digest(), bodies=False)
    assert "创新是引领发展的第一动力" not in text
    assert "为推进国家服务业扩大开放综合示范区" in text


def test_an_empty_issue_says_so() -> None:
    assert "本周没有新通知。" in render_text(make_digest())


def test_a_page_cannot_write_to_the_terminal() -> None:
    entry = make_entry(title="通\x1b[2J知\u202e", body_text="正\x07文\r\n第二行\x9b")
    text = render_text(one_entry_digest(entry))
    assert "1、通[2J知\n" in text
    assert "    正文\n    第二行\n" in text
