"""An issue made by hand: the week 2021-W05 with every kind of entry a renderer must show."""

# ruff: noqa: E501 (titles and bodies of notices are left as published, unwrapped)

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from sqlite_utils import Database

from digest.models.correction import Correction
from digest.models.issue import Digest, Entry, Group, Page, Section
from storage.issues.issues import record_issue
from storage.models import (
    Attachment,
    CorrectedItem,
    CorrectionRecord,
    Coverage,
    Deadline,
    IssueRecord,
    Notice,
    SourceTrend,
    StoredNotice,
)

INSTANT = datetime(2021, 2, 5, 9, 0, tzinfo=UTC)  # 17:00 in Shanghai
SEEN = datetime(2021, 2, 4, 1, 0, tzinfo=UTC)

TABLE_BODY = """
<p>各有关单位：</p>
<p>按照《关于支持“专精特新”中小企业高质量发展的通知》（财建〔2021〕2 号）要求，<strong>现组织开展第三批重点“小巨人”企业申报工作</strong>。</p>
<h3>一、申报条件</h3>
<ol><li>在中华人民共和国境内工商注册登记；</li><li>连续经营 3 年以上，<em>具有独立法人资格</em>。
<ul><li>属于中小企业；</li><li>信用良好。</li></ul></li></ol>
<h3>二、名额分配</h3>
<table><caption>表 1　推荐名额</caption>
<thead><tr><th rowspan="2">地区</th><th colspan="2">名额（家）</th><th rowspan="2">备注</th></tr>
<tr><th>重点</th><th>一般</th></tr></thead>
<tbody><tr><td rowspan="2">北京市</td><td>12</td><td>30</td><td>含经济技术开发区</td></tr>
<tr><td colspan="2">另行通知</td><td></td></tr>
<tr><td>天津市</td><td>8</td><td>22</td><td>见<a href="https://example.com/tj.html">说明</a></td></tr></tbody></table>
<p>请于 2021 年 2 月 10 日前报送。联系人：张三，电话 010-12345678。</p>
<figure><img src="https://example.com/a.png" alt="申报流程图"><figcaption>图 1　申报流程</figcaption></figure>
<p>特此通知。</p>
"""

TREND = (
    SourceTrend("cde", "国家药监局药审中心", (4, 6, 3, 0, 5, 8, 7, 12)),
    SourceTrend("miit", "工业和信息化部", (None, None, 2, 3, 1, 4, 2, 0)),
    SourceTrend("quiet", "久未更新的来源", (None, None, 0, 0, 0, 0, 0, 0)),
)


def make_notice(**over: object) -> Notice:
    """A plain, complete notice of the week; keyword arguments replace fields."""
    base = Notice(
        site="cde",
        column="政务新闻",
        key="k1",
        url="https://www.cde.org.cn/main/news/viewInfoCommon/aa11",
        title="国家药监局药审中心关于发布《药物临床试验适应性设计指导原则（试行）》的通告（2021 年第 6 号）",
        section="pharma",
        grp="国家级",
        source="国家药品监督管理局药品审评中心",
        published_on=date(2021, 2, 1),
        body_html="<p>为规范和统一国内对适应性设计的认识，药审中心组织制定了指导原则。</p><p>特此通告。</p>",
        body_text="为规范和统一国内对适应性设计的认识，药审中心组织制定了指导原则。\n特此通告。",
        summary="为规范和统一国内对适应性设计的认识，促进适应性设计的应用和理解，药审中心组织制定了《药物临床试验适应性设计指导原则（试行）》，自发布之日起施行。",
        content_hash="h1",
    )
    return replace(base, **over)  # type: ignore[arg-type]


def make_entry(
    number: int = 1,
    *,
    site_name: str = "",
    pages: tuple[Page, ...] = (),
    late: bool = False,
    revised: bool = False,
    change: str = "",
    **over: object,
) -> Entry:
    """An entry around `make_notice(**over)`."""
    own: dict[str, object] = {"key": f"k{number}"}
    stored = StoredNotice(number, make_notice(**(own | over)), SEEN, SEEN)
    return Entry(stored, pages, late, revised, change, site_name)


def make_coverage(**over: object) -> Coverage:
    """A column that was read well this morning."""
    base = Coverage(
        site="cde",
        site_name="国家药监局药审中心",
        column="政务新闻",
        url="https://www.cde.org.cn/main/news/listpage/545c",
        last_checked_at=datetime(2021, 2, 5, 0, 30, tzinfo=UTC),
        last_good_at=datetime(2021, 2, 5, 0, 30, tzinfo=UTC),
        rows=20,
        new=4,
        newest_on=date(2021, 2, 4),
        verdict="ok",
        reason="",
    )
    return replace(base, **over)  # type: ignore[arg-type]


def make_digest(*sections: Section, **over: object) -> Digest:
    """An issue of 2021-W05 with the given chapters."""
    base = Digest(
        week="2021-W05",
        title="政讯周报",
        company="盈科瑞",
        from_on=date(2021, 1, 30),
        to_on=date(2021, 2, 5),
        instant=INSTANT,
        sections=sections,
        coverage=(make_coverage(),),
    )
    return replace(base, **over)  # type: ignore[arg-type]


def one_entry_digest(entry: Entry, **over: object) -> Digest:
    """An issue with a single entry under 医药信息篇 / 国家级."""
    section = Section("pharma", "医药信息篇", "医药信息部", (Group("国家级", (entry,)),))
    return make_digest(section, **over)


def make_correction(
    words: str = "第 3 条截止日期有误。", wrong: str = "2月8日", right: str = "2月18日"
) -> Correction:
    """第1号更正 of 2021-W05, of one entry, three days later."""
    later = INSTANT + timedelta(days=3)
    days = (date(2021, 1, 30), date(2021, 2, 5))
    issue = IssueRecord(1, "2021-W05", *days, INSTANT, INSTANT, "政讯周报", None, INSTANT)
    own = IssueRecord(2, "2021-W05-C1", *days, later, later, "政讯周报", None, later, 1, 1)
    item = CorrectedItem(3, "关于公开征求意见的通知", "https://www.cde.org.cn/3", wrong, right)
    return Correction(CorrectionRecord(own, issue, words, (item,)), "盈科瑞")


def week_digest() -> Digest:
    """A whole, ordinary week: eight entries in three chapters and sources in every state."""
    return make_digest(_ip(), _pharma(), _projects(), coverage=_coverage(), trend=TREND)


def _ip() -> Section:
    local = make_entry(
        1,
        site_name="北京市知识产权局",
        site="bj_zscqj",
        url="https://zscqj.beijing.gov.cn/zscqj/zwgk/tzgg/10929781/index.html",
        title="关于印发北京市知识产权局“两区”工作推进措施的通知",
        source="北京市知识产权局",
        doc_number="京知局〔2021〕35号",
        published_on=date(2021, 2, 4),
        section="ip",
        grp="地方级",
        summary="为推进国家服务业扩大开放综合示范区和中国（北京）自由贸易试验区建设，全面落实“两区”建设知识产权工作任务，经局领导批准，印发《北京市知识产权局“两区”工作推进措施》。",
        body_html="<p>各相关单位：</p><p>为推进国家服务业扩大开放综合示范区和中国(北京)自由贸易试验区建设，现印发推进措施，请认真贯彻落实。</p><h2>一、总体要求</h2><p>创新是引领发展的第一动力，保护知识产权就是保护创新。</p><p>北京市知识产权局</p><p>2021年2月3日</p>",
        body_text="各相关单位：\n为推进国家服务业扩大开放综合示范区建设，现印发推进措施，请认真贯彻落实。\n一、总体要求\n创新是引领发展的第一动力，保护知识产权就是保护创新。\n北京市知识产权局\n2021年2月3日",
    )
    news = make_entry(
        2,
        site_name="微信公众号",
        site="wechat",
        url="https://mp.weixin.qq.com/s/abcdefghijklmnopqrstuv",
        title="中共中央 国务院：对恶意侵权/长时间持续侵权/商标侵权等行为，严格执行侵权惩罚性赔偿制度",
        source="IPRdaily",
        published_on=date(2021, 2, 1),
        section="ip",
        grp="资讯",
        late=True,
        summary="建设高标准市场体系是加快完善社会主义市场经济体制的重要内容，对加快构建新发展格局具有重要意义。",
        body_html="",
        body_text="建设高标准市场体系是加快完善社会主义市场经济体制的重要内容。\n现就建设高标准市场体系制定以下行动方案。",
    )
    groups = (Group("国家级"), Group("地方级", (local,)), Group("资讯", (news,)))
    return Section("ip", "知识产权信息篇", "知识产权部", groups)


def _pharma() -> Section:
    opinion = make_entry(
        3,
        site_name="国家药监局药审中心",
        url="https://www.cde.org.cn/main/news/viewInfoCommon/39dbfc16589f1d5f",
        title="关于公开征求《中药新药复方制剂中医药理论申报资料撰写指导原则（征求意见稿）》、《古代经典名方中药复方制剂说明书撰写指导原则（征求意见稿）》意见的通知",
        published_on=date(2021, 2, 4),
        deadline_on=date(2021, 2, 18),
        deadlines=(
            Deadline(date(2021, 2, 18), "征求意见", "2021 年 2 月 4 日-2021 年 2 月 18 日"),
        ),
        attachments=(
            Attachment(
                "https://www.cde.org.cn/main/att/download/1",
                "附件1：撰写指导原则（征求意见稿）.docx",
                "docx",
            ),
            Attachment("https://www.cde.org.cn/main/att/download/2", "附件2：起草说明.pdf", "pdf"),
        ),
    )
    guide = make_entry(4, site_name="国家药监局药审中心", doc_number="2021年第6号")
    changed = make_entry(
        5,
        site_name="国家药监局药审中心",
        url="https://www.cde.org.cn/main/news/viewInfoCommon/bb22",
        title="国家药监局药审中心关于发布《流行性感冒治疗和预防药物临床试验技术指导原则》的通告（2021 年第 7 号）",
        revised=True,
        change="附件 1 个换新；正文第二段改动",
    )
    return Section(
        "pharma",
        "医药信息篇",
        "医药信息部",
        (Group("国家级", (opinion, guide, changed)), Group("地方级")),
    )


def _projects() -> Section:
    apply = make_entry(
        6,
        site_name="工业和信息化部",
        section="projects",
        site="miit",
        url="https://www.miit.gov.cn/zwgk/zcwj/wjfb/art/2021/art_1234567890abcdef.html",
        title="工业和信息化部办公厅 财政部办公厅关于开展第三批重点“小巨人”企业申报工作的通知",
        source="中小企业局",
        doc_number="工信厅联企业函〔2021〕22号",
        issuers=("工业和信息化部办公厅", "财政部办公厅"),
        published_on=date(2021, 2, 2),
        deadline_on=date(2021, 2, 10),
        deadlines=(Deadline(date(2021, 2, 10), "材料报送", "2021 年 2 月 10 日前"),),
        body_html=TABLE_BODY,
        body_text="各有关单位：\n现组织开展第三批重点“小巨人”企业申报工作。",
        summary="中央财政中小企业发展专项资金将安排 100 亿元以上奖补资金，分三批支持 1000 余家国家级专精特新“小巨人”企业。请于 2021 年 2 月 10 日前报送。",
    )
    repost = make_entry(
        7,
        site_name="天津市科学技术局",
        section="projects",
        site="tj_kxjs",
        url="https://kxjs.tj.gov.cn/ZWGK4143/ZCFG4144/202102/t20210205_1.html",
        title="市科技局关于支持人才创新创业联盟的若干措施",
        source="天津市科学技术局",
        published_on=date(2021, 2, 5),
        pages=(
            Page("天津科技服务平台", "https://i.tten.cn/news/tzgg/202102/t20210205_158961.html"),
        ),
        summary="根据市人才工作领导小组部署要求，为充分发挥市科技局在人才创新创业联盟建设发展中的作用，提出若干措施。",
    )
    broken = make_entry(
        8,
        site_name="天津市工业和信息化局",
        section="projects",
        site="tj_gyxxh",
        url="https://gyxxh.tj.gov.cn/ZWXX5652/TZGG644/202102/t20210204_2.html",
        title="市工业和信息化局 市财政局关于补充申报2020年中小企业公共服务示范平台的通知",
        source="",
        published_on=date(2021, 2, 4),
        deadline_on=date(2021, 2, 26),
        complete=False,
        summary="",
        body_html="",
        body_text="",
    )
    groups = (Group("国家级"), Group("北京市", (apply,)), Group("天津市", (repost, broken)))
    return Section("projects", "科技项目篇", "科技项目部", groups)


def _coverage() -> tuple[Coverage, ...]:
    long_ago = datetime(2021, 1, 29, 0, 30, tzinfo=UTC)
    return (
        make_coverage(),
        make_coverage(
            column="指导原则征求意见",
            verdict="blocked",
            last_good_at=long_ago,
            rows=0,
            new=0,
            reason="返回 202 与脚本校验页，未取得列表",
        ),
        make_coverage(site="miit", site_name="工业和信息化部", column="文件发布", rows=15, new=1),
        make_coverage(
            site="tj_kxjs",
            site_name="天津市科学技术局",
            column="通知公告",
            verdict="quiet",
            reason="已 34 天没有新通知，平时不超过 30 天",
        ),
        make_coverage(
            site="tj_gyxxh",
            site_name="天津市工业和信息化局",
            column="通知公告",
            verdict="unreachable",
            last_good_at=long_ago,
            rows=0,
            new=0,
            reason="连接超时（3 次）",
        ),
        make_coverage(
            site="bj_zscqj",
            site_name="北京市知识产权局",
            column="通知公告",
            verdict="degraded",
            reason="列表由通用规则读出，栏目选择器未命中",
        ),
        make_coverage(
            site="wechat",
            site_name="微信公众号",
            column="IPRdaily",
            verdict="broken",
            last_good_at=None,
            rows=0,
            new=0,
            reason="列表少于 5 行（0 行）",
        ),
    )


def recorded(db: Database, digest: Digest) -> IssueRecord:
    """The digest as an issue of the ledger, without entries."""
    return record_issue(
        db,
        week=digest.week,
        from_on=digest.from_on,
        to_on=digest.to_on,
        instant=INSTANT,
        now=INSTANT,
        title=digest.title,
        entries=[],
    )
