"""What the sites publish in the simulated year, from a seed: the truth that issues are held to.

A document may stand on several pages (reposts). Pages appear late, are dated back, change and
are taken down. Texts follow templates that differ only in numbers and names, as real ones do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from china_time import SHANGHAI
from replica.entries import Entry, Revision
from replica.invented import invented_path, wechat_ids

# Times are Asia/Shanghai. The first issue closes on Friday 2021-03-05.
START = datetime(2021, 3, 1, 6, tzinfo=SHANGHAI)
BACKLOG = 12  # notices a column holds before the start
BACKLOG_DAYS = 40
MOST_DAYS_APART = 12


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the soak: how often it publishes, and what its texts are about."""

    site: str
    name: str
    host: str
    issuer: str
    weekly: int


COLUMNS = (
    Column("cde", "工作动态", "www.cde.org.cn", "国家药品监督管理局药品审评中心", 2),
    Column("cde", "征求意见", "www.cde.org.cn", "国家药品监督管理局药品审评中心", 1),
    Column("miit", "司局动态", "www.miit.gov.cn", "消费品工业司", 1),
    Column("miit", "政策文件库", "www.miit.gov.cn", "工业和信息化部办公厅", 2),
    Column("tj_kxjs", "通知公告", "kxjs.tj.gov.cn", "天津市科学技术局", 4),
    Column("tj_gyxxh", "通知公告", "gyxxh.tj.gov.cn", "天津市工业和信息化局", 2),
    Column("tj_tten", "通知公告", "i.tten.cn", "科服网", 1),
    Column("bj_zscqj", "通知公告", "zscqj.beijing.gov.cn", "北京市知识产权局", 2),
    Column("wechat", "IPRdaily", "mp.weixin.qq.com", "IPRdaily", 2),
)
FIELDS = (
    *("中药饮片炮制", "细胞治疗产品", "高端医疗器械", "智能网联汽车", "合成生物技术"),
    *("专利转化运用", "工业互联网平台", "绿色制造", "药用辅料", "新型显示材料"),
    *("商标品牌培育", "科技型中小企业", "高新技术企业", "生物类似药", "罕见病用药"),
)
ACTS = ("开展{}申报工作", "公布{}评审结果", "征集{}典型案例", "组织{}培训", "调整{}支持目录")


@dataclass(slots=True)
class Document:
    """One document and every page it stands on, the first to appear first."""

    number: int
    pages: list[Entry] = field(default_factory=list)
    backlog: bool = False

    @property
    def appears(self) -> datetime:
        """When it could first be seen anywhere."""
        return min(page.appears for page in self.pages)

    @property
    def revisions(self) -> int:
        """How often one of its pages changes."""
        return sum(page.revision is not None for page in self.pages)


class Publisher:
    """Makes the documents of a soak of `weeks` weeks."""

    def __init__(self, seed: int, weeks: int) -> None:
        self.random = Random(f"publisher {seed}")  # noqa: S311 # a rehearsal, not a secret
        self.weeks = weeks
        self.documents: list[Document] = []

    def publish(self) -> list[Document]:
        """Backlog first, then week by week."""
        for column in COLUMNS:
            for place in range(BACKLOG):
                at = START - timedelta(days=BACKLOG_DAYS * (place + 1) / (BACKLOG + 1))
                self.add(column, at, at).backlog = True
        for week in range(self.weeks):
            for column in COLUMNS:
                for _ in range(self.random.randint(column.weekly - 1, column.weekly + 1)):
                    self.one(column, START + timedelta(days=7 * week))
        return self.documents

    def one(self, column: Column, monday: datetime) -> None:
        """One document of a week: most at once, some late or dated back, some copied."""
        at = monday + timedelta(minutes=self.random.randint(0, 7 * 24 * 60 - 1))
        kind = self.random.random()
        appears = at
        if kind < 0.12:
            appears = at + timedelta(hours=self.random.randint(30, 15 * 24))
        document = self.add(column, at, appears)
        page = document.pages[0]
        if 0.12 < kind < 0.2:
            change = Revision(
                at=appears + timedelta(days=self.random.uniform(1, 9)),
                body=page.body.replace("逾期不再受理", "确有困难的可顺延十日办理"),
            )
            document.pages[0] = page.model_copy(update={"revision": change})
        elif 0.2 < kind < 0.24:
            gone = appears + timedelta(days=self.random.randint(8, 30))
            document.pages[0] = page.model_copy(update={"vanishes": gone})
        if column.site in {"tj_kxjs", "miit"} and self.random.random() < 0.3:
            self.repost(document)

    def add(self, column: Column, published: datetime, appears: datetime) -> Document:
        """A document on its own page."""
        document = Document(len(self.documents) + 1)
        entry = self.page(column, document.number, published, appears)
        document.pages.append(entry)
        self.documents.append(document)
        return document

    def page(self, column: Column, number: int, published: datetime, appears: datetime) -> Entry:
        """The page, as its site prints it."""
        subject = FIELDS[number % len(FIELDS)]
        act = ACTS[number // len(FIELDS) % len(ACTS)].format(subject)
        doc_number = (
            f"工信厅科函〔{published.year}〕{number}号" if column.name == "政策文件库" else ""
        )
        return Entry.model_validate(
            {
                "site": column.site,
                "column": column.name,
                "url": address(column, number, published),
                "title": f"{column.issuer}关于{act}的通知（第{number}号）",
                "published": published.strftime("%Y-%m-%d %H:%M"),
                "appears": appears.strftime("%Y-%m-%d %H:%M"),
                "source": column.issuer,
                "doc_number": doc_number,
                "template": {"bj_zscqj": "eraC", "wechat": "2026"}.get(column.site, ""),
                "wechat": wechat_ids(number) if column.site == "wechat" else None,
                "body": self.body(column, number, subject, published),
            }
        )

    def body(self, column: Column, number: int, subject: str, published: datetime) -> str:
        """Sentences of a template; the number, the field and the amounts are its own."""
        day = published + timedelta(days=self.random.randint(12, 40))
        amount, rate = self.random.randint(20, 900), self.random.randint(3, 60)
        return (
            f"<p>各有关单位：</p><p>为做好{subject}有关工作，现将第{number}号事项通知如下。</p>"
            f"<p>一、本次安排{subject}项目{rate}项，单项支持不超过{amount}万元，由各区主管部门"
            f"审核推荐，每个单位限报一项，同一内容不得重复申报。</p>"
            f"<p>二、请于{day.year}年{day.month}月{day.day}日前将材料一式两份报送我单位，"
            f"逾期不再受理。申报材料应当真实完整，编号为{number:05d}。</p>"
            f"<p>三、联系人：{subject}工作组，电话：010-1{number:07d}。</p>"
            f'<p style="text-align: right">{column.issuer}</p>'
        )

    def repost(self, document: Document) -> None:
        """The same document on another site, hours before to days after the original appears."""
        original = document.pages[0]
        if original.vanishes or original.revision:
            return
        site = "tj_tten" if original.site == "tj_kxjs" else "tj_gyxxh"
        column = next(one for one in COLUMNS if one.site == site)
        appears = original.appears + timedelta(hours=self.random.randint(-10, 120))
        published = max(original.published, appears.replace(second=0))
        if site == "tj_gyxxh" and (published - original.published).days > MOST_DAYS_APART:
            return  # without a link, so old a copy is a document of its own
        copy = original.model_copy(
            update={
                "site": column.site,
                "columns": (column.name,),
                "url": address(column, document.number, published),
                "published": published,
                "appears": max(appears, original.published),
                "original": original.url if site == "tj_tten" else "",
                "template": "",
            }
        )
        document.pages.append(copy)


def address(column: Column, number: int, published: datetime) -> str:
    """Where a site of this kind keeps a page."""
    return f"https://{column.host}{invented_path(column.site, column.name, number, published)}"


def pages(documents: list[Document]) -> Iterator[tuple[Document, Entry]]:
    """Every page with its document."""
    for document in documents:
        for page in document.pages:
            yield document, page
