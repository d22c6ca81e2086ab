"""The Word file: opened by python-docx, and looked at part by part as Word would."""

from __future__ import annotations

import io
import re
import zipfile

import docx
import pytest
from docx.document import Document
from lxml import etree

from digest.rendering.docx.document import render_docx
from tests.digest.samples import make_digest, make_entry, one_entry_digest, week_digest

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


@pytest.fixture(scope="module")
def content() -> bytes:
    return render_docx(week_digest())


@pytest.fixture(scope="module")
def document(content: bytes) -> Document:
    return docx.Document(io.BytesIO(content))


def _part(content: bytes, name: str) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return etree.fromstring(package.read(name))


def _words(element: etree._Element) -> str:
    return "".join(text.text or "" for text in element.iter(f"{W}t"))


def _body(html: str) -> Document:
    content = render_docx(one_entry_digest(make_entry(body_html=html)))
    return docx.Document(io.BytesIO(content))


def _after_entry(document: Document) -> list[tuple[str, str]]:
    """Style and text of the paragraphs of the only entry's body."""
    lines = [(line.style.name or "", line.text) for line in document.paragraphs if line.style]
    start = next(place for place, (style, _) in enumerate(lines) if style == "Heading 3") + 2
    end = next(place for place, (_, text) in enumerate(lines) if text.startswith("原文："))
    return lines[start:end]


def test_headings_outline_the_issue(document: Document) -> None:
    outline = [
        (line.style.name, line.text)
        for line in document.paragraphs
        if line.style and (line.style.name or "").startswith("Heading")
    ]
    assert outline[0] == ("Heading 1", "即将截止")
    assert outline[1:6] == [
        ("Heading 1", "知识产权信息篇（2021/01/30~2021/02/05）"),
        ("Heading 2", "地方级"),
        ("Heading 3", "1、关于印发北京市知识产权局“两区”工作推进措施的通知"),
        ("Heading 2", "资讯"),
        (
            "Heading 3",
            "1、中共中央 国务院：对恶意侵权/长时间持续侵权/商标侵权等行为，"
            "严格执行侵权惩罚性赔偿制度 ［补发］",
        ),
    ]
    assert outline[-1] == ("Heading 1", "信息来源状况")


def test_every_line_of_the_contents_leads_to_a_bookmark(content: bytes) -> None:
    root = _part(content, "word/document.xml")
    marks = {mark.get(f"{W}name") for mark in root.iter(f"{W}bookmarkStart")}
    links = [
        link.get(f"{W}anchor") for link in root.iter(f"{W}hyperlink") if link.get(f"{W}anchor")
    ]
    assert set(links) == marks
    assert len(marks) == 3 + 5 + 8 + 2  # chapters, filled headings, entries, two tables
    numbers = [mark.get(f"{W}id") for mark in root.iter(f"{W}bookmarkStart")]
    assert len(numbers) == len(set(numbers))


def test_the_contents_field_is_closed_and_shows_its_list(content: bytes) -> None:
    root = _part(content, "word/document.xml")
    kinds = [mark.get(f"{W}fldCharType") for mark in root.iter(f"{W}fldChar")]
    lines = len({link for link in root.iter(f"{W}hyperlink") if link.findall(f"{W}r/{W}fldChar")})
    assert kinds == ["begin", "separate", *(["begin", "separate", "end"] * lines), "end"]
    codes = [code.text for code in root.iter(f"{W}instrText")]
    assert codes[0] == r' TOC \o "1-3" \h \z \u '
    assert len(codes) == lines + 1
    assert codes[1:3] == [r" PAGEREF _Toc_due \h ", r" PAGEREF _Toc_s0 \h "]
    shown = docx.Document(io.BytesIO(content)).paragraphs
    toc = [line.text for line in shown if line.style and (line.style.name or "").startswith("toc")]
    assert [line.split("\t")[0] for line in toc[:2]] == ["即将截止", "知识产权信息篇"]
    assert toc[-1].split("\t")[0] == "信息来源状况"


def test_each_chapter_is_signed(document: Document) -> None:
    texts = [line.text for line in document.paragraphs]
    for department in ("知识产权部", "医药信息部", "科技项目部"):
        place = texts.index(f"盈科瑞﹒{department}")
        assert texts[place + 1] == "2021年02月05日"


def test_a_merged_table_keeps_its_merges_borders_and_heading_rows(document: Document) -> None:
    table = next(item for item in document.tables if item.cell(0, 0).text == "地区")
    assert [cell.text for cell in table.rows[0].cells] == [
        "地区",
        "名额（家）",
        "名额（家）",
        "备注",
    ]
    assert [cell.text for cell in table.rows[1].cells] == ["地区", "重点", "一般", "备注"]
    assert [cell.text for cell in table.rows[2].cells] == ["北京市", "12", "30", "含经济技术开发区"]
    assert [cell.text for cell in table.rows[3].cells] == ["北京市", "另行通知", "另行通知", ""]
    assert table.cell(0, 0)._tc is table.cell(1, 0)._tc
    assert table.cell(3, 1)._tc is table.cell(3, 2)._tc
    headings = table._tbl.findall(f"{W}tr/{W}trPr/{W}tblHeader")
    assert len(headings) == 2
    sides = {side.tag.removeprefix(W) for side in table._tbl.find(f"{W}tblPr/{W}tblBorders")}
    assert sides == {"top", "left", "bottom", "right", "insideH", "insideV"}


def test_no_font_is_left_to_a_theme_and_chinese_faces_are_named(content: bytes) -> None:
    styles = _part(content, "word/styles.xml")
    assert "Theme" not in {
        key for fonts in styles.iter(f"{W}rFonts") for key in map(str, fonts.attrib)
    }
    assert not re.search(rb"(ascii|hAnsi|eastAsia|cs)[Tt]heme=", etree.tostring(styles))
    used = {
        mark.get(f"{W}val")
        for name in ("word/document.xml", "word/header1.xml", "word/footer1.xml")
        for mark in _part(content, name).iter(f"{W}pStyle")
    }
    faces = {
        style.get(f"{W}styleId"): style.find(f"{W}rPr/{W}rFonts")
        for style in styles.iter(f"{W}style")
    }
    assert used <= set(faces)
    assert {faces[name].get(f"{W}eastAsia") for name in used} == {"宋体", "黑体"}


def test_links_go_out_as_links(content: bytes) -> None:
    root = _part(content, "word/document.xml")
    relations = _part(content, "word/_rels/document.xml.rels")
    targets = {item.get("Id"): item for item in relations}
    found = {
        "".join(link.itertext()): targets[link.get(f"{R}id")].get("Target")
        for link in root.iter(f"{W}hyperlink")
        if link.get(f"{R}id")
    }
    assert found["附件2：起草说明.pdf"] == "https://www.cde.org.cn/main/att/download/2"
    assert found["天津科技服务平台"] == "https://i.tten.cn/news/tzgg/202102/t20210205_158961.html"
    assert found["说明"] == "https://example.com/tj.html"
    assert all(
        item.get("TargetMode") == "External"
        for item in relations
        if str(item.get("Type")).endswith("/hyperlink")
    )


def test_pages_are_numbered_and_named(content: bytes) -> None:
    foot = _part(content, "word/footer1.xml")
    assert [code.text for code in foot.iter(f"{W}instrText")] == [" PAGE ", " NUMPAGES "]
    head = "".join(_part(content, "word/header1.xml").itertext())
    assert "政讯周报 2021-W05" in head
    assert "盈科瑞" in head


def test_every_cell_ends_in_a_paragraph_and_rows_are_as_wide_as_the_grid(content: bytes) -> None:
    root = _part(content, "word/document.xml")
    for cell in root.iter(f"{W}tc"):
        assert cell[-1].tag == f"{W}p"
    for table in root.iter(f"{W}tbl"):
        columns = len(table.findall(f"{W}tblGrid/{W}gridCol"))
        for row in table.findall(f"{W}tr"):
            spans = [cell.find(f"{W}tcPr/{W}gridSpan") for cell in row.findall(f"{W}tc")]
            assert sum(int(s.get(f"{W}val")) if s is not None else 1 for s in spans) == columns


# ECMA-376, part 1: children stand in this order (CT_PPr, CT_RPr, CT_TblPr, CT_TcPr, CT_Style).
# Word calls a file damaged, or drops what comes too late.
ORDER = {
    "pPr": (
        "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers "
        "pBdr shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE "
        "autoSpaceDN bidi adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents "
        "suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle "
        "rPr sectPr"
    ),
    "rPr": (
        "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint "
        "noProof snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u "
        "effect bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath"
    ),
    "tblPr": (
        "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc "
        "tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook"
    ),
    "tcPr": (
        "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText "
        "vAlign hideMark"
    ),
    "style": (
        "name aliases basedOn next link autoRedefine hidden uiPriority semiHidden unhideWhenUsed "
        "qFormat locked personal personalCompose personalReply rsid pPr rPr tblPr trPr tcPr "
        "tblStylePr"
    ),
}


@pytest.mark.parametrize("part", ["document", "styles", "numbering", "header1", "footer1"])
def test_elements_stand_in_the_order_of_the_standard(content: bytes, part: str) -> None:
    tree = _part(content, f"word/{part}.xml")
    checked = 0
    for name, order in ORDER.items():
        places = {f"{W}{child}": place for place, child in enumerate(order.split())}
        for element in tree.iter(f"{W}{name}"):
            found = [places[str(child.tag)] for child in element]
            assert found == sorted(found), etree.tostring(element)[:300]
            checked += 1
    assert checked


def test_every_reference_leads_somewhere_and_ids_are_given_once(content: bytes) -> None:
    tree = _part(content, "word/document.xml")
    marks = [mark.get(f"{W}name") for mark in tree.iter(f"{W}bookmarkStart")]
    ids = [mark.get(f"{W}id") for mark in tree.iter(f"{W}bookmarkStart")]
    assert len(set(marks)) == len(marks)
    assert len(set(ids)) == len(ids)
    assert {link.get(f"{W}anchor") for link in tree.iter(f"{W}hyperlink")} - {None} <= set(marks)
    related = _part(content, "word/_rels/document.xml.rels")
    known = {item.get("Id") for item in related}
    used = set(tree.xpath("//@r:id | //@r:embed", namespaces={"r": R.strip("{}")}))
    assert used <= known


def test_the_same_issue_gives_the_same_bytes(content: bytes) -> None:
    assert render_docx(week_digest()) == content


def test_an_empty_issue_opens_and_says_so() -> None:
    document = docx.Document(io.BytesIO(render_docx(make_digest())))
    assert "信息来源状况" in [line.text for line in document.paragraphs]
    assert any("本周没有新通知" in cell.text for t in document.tables for cell in t._cells)


def test_lists_count_from_one_each_and_nest() -> None:
    document = _body(
        "<ol><li>一<ul><li>甲</li></ul></li><li><p>二</p><p>续</p></li></ol><p>间</p><ol><li>又一</li></ol>"
    )
    assert _after_entry(document) == [
        ("List Number", "一"),
        ("List Bullet 2", "甲"),
        ("List Number", "二"),
        ("List Continue", "续"),
        ("Notice Body", "间"),
        ("List Number", "又一"),
    ]
    numbers = [
        line._p.pPr.numPr.numId.val
        for line in document.paragraphs
        if line.style and line.style.name == "List Number"
    ]
    assert numbers[0] == numbers[1] != numbers[2]


def test_text_around_blocks_and_breaks_become_paragraphs() -> None:
    document = _body("前<p>　　一<b>粗</b>体</p>后<br>行二<h2>题</h2><div>内<div>更内</div></div>")
    assert _after_entry(document) == [
        ("Notice Body", "前"),
        ("Notice Body", "一粗体"),
        ("Notice Body", "后"),
        ("Notice Body", "行二"),
        ("Notice Heading", "题"),
        ("Notice Body", "内"),
        ("Notice Body", "更内"),
    ]


def test_a_table_for_layout_is_running_text() -> None:
    document = _body("<table><tr><td><p>甲</p><p>乙</p></td></tr></table>")
    assert _after_entry(document) == [("Notice Body", "甲"), ("Notice Body", "乙")]


def test_tables_in_tables_and_absurd_spans_lose_no_text() -> None:
    document = _body(
        '<table><tr><td colspan="99999999" rowspan="5000">大</td></tr>'
        "<tr><td>小<table><tr><td>里</td><td>外</td></tr></table></td><td>旁</td></tr></table>"
    )
    outer = next(item for item in document.tables if "大" in _words(item._tbl))
    assert len(outer.columns) == 4  # 大 reaches over two columns and down; 小 and 旁 stand beside
    assert _words(outer._tbl) == "大小里外旁"


def test_a_table_too_wide_for_word_is_written_cell_by_cell() -> None:
    cells = "".join(f"<td>{number}</td>" for number in range(70))
    document = _body(f"<table><tr>{cells}</tr></table>")
    assert [text for _, text in _after_entry(document)] == [str(number) for number in range(70)]


def test_deep_nesting_loses_no_text() -> None:
    document = _body("<div>" * 400 + "底" + "</div>" * 400)
    assert [text for _, text in _after_entry(document)] == ["底"]


def test_control_characters_and_overrides_do_not_reach_the_file() -> None:
    entry = make_entry(
        title="通\x00知\u202e\ufffe", body_html="<p>正\x0b文\u2067</p>", source="\x1f源"
    )
    content = render_docx(one_entry_digest(entry))
    text = "".join(_part(content, "word/document.xml").itertext())
    assert "1、通知" in text
    assert "正文" in text
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", text)


def test_the_signer_and_the_day_of_a_letter_stand_at_the_right() -> None:
    document = _body("<p>各有关单位：</p><p>请照办。</p><p>国家药监局</p><p>2021年2月4日</p>")
    lines = {line.text: line for line in document.paragraphs}
    assert lines["各有关单位："].style.name == "Notice Line"  # type: ignore[union-attr]
    assert lines["请照办。"].alignment is None
    assert lines["国家药监局"].alignment == lines["2021年2月4日"].alignment == 2


def test_what_expires_soon_stands_before_the_contents(content: bytes) -> None:
    lines = [line.text for line in docx.Document(io.BytesIO(content)).paragraphs]
    titles = ("即将截止", "目录", "知识产权信息篇（盈科瑞）", "信息来源状况")
    places = [next(i for i, line in enumerate(lines) if line == title) for title in titles[:2]]
    assert places[0] < places[1] < 20
    assert lines.index("信息来源状况") > len(lines) - 20


def test_a_signature_never_stands_alone_on_a_page() -> None:
    lines = docx.Document(io.BytesIO(render_docx(week_digest()))).paragraphs
    signed = [
        place
        for place, line in enumerate(lines)
        if line.style is not None and line.style.name == "Chapter Signature"
    ]
    assert signed
    for place in signed[::2]:
        before = lines[place - 1]
        if before._p.getnext() is lines[place]._p:
            assert before.paragraph_format.keep_with_next
        assert lines[place].paragraph_format.keep_with_next
