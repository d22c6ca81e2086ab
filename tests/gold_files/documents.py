"""What stands in the files: invented notices and lists. This is the truth they are read against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Cell = tuple[str, int, int]
"""Text, columns and rows that it covers."""


@dataclass(frozen=True)
class Table:
    """Rows as they are written; `labels` is what a reader of its rows should call the columns."""

    rows: tuple[tuple[Cell, ...], ...]
    labels: tuple[str, ...]
    name: str = ""

    @property
    def width(self) -> int:
        return max(sum(columns for _, columns, _ in row) for row in self.rows)


@dataclass(frozen=True)
class Document:
    """Paragraphs and tables in order."""

    parts: tuple[str | Table, ...]

    @property
    def text(self) -> str:
        return text_of(self.parts)

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(part for part in self.parts if isinstance(part, Table))


def text_of(parts: Sequence[str | Table]) -> str:
    """Everything that is printed, a paragraph or row a line."""
    lines: list[str] = []
    for part in parts:
        if isinstance(part, str):
            lines.append(part)
        else:
            lines += [part.name] if part.name else []
            lines += [" ".join(text for text, _, _ in row if text) for row in part.rows]
    return "\n".join(lines)


def row(*cells: str | Cell) -> tuple[Cell, ...]:
    return tuple((cell, 1, 1) if isinstance(cell, str) else cell for cell in cells)


_COMPANIES = (
    "天津海河制药有限公司", "北京清源医药科技股份有限公司", "滨海新区康泽生物技术有限公司",
    "津门中药饮片厂", "北京百草堂（集团）有限公司", "蓟州区绿谷药材种植专业合作社",
    "天津大学药物科学与技术学院", "武清开发区恒瑞达医疗器械有限公司", "北京怀柔仪器研究所",
)  # fmt: skip
_PROJECTS = (
    "β-内酰胺酶抑制剂的工艺优化", "mRNA 疫苗递送系统研究", "经典名方“温经汤”颗粒剂开发",
    "可穿戴式血糖监测仪（Ⅱ类）", "黄芪道地药材规范化种植示范", "PD-1 单抗Ⅲ期临床研究",
    "10 000 ㎡洁净车间智能化改造", "抗肿瘤纳米制剂关键技术攻关",
)  # fmt: skip
_AREAS = ("和平区", "滨海新区", "武清区", "海淀区", "大兴区", "蓟州区", "西青区")


def _row_of(number: int) -> tuple[str, str, str, str]:
    return (
        _COMPANIES[number * 7 % len(_COMPANIES)],
        _AREAS[number * 5 % len(_AREAS)],
        _PROJECTS[number * 3 % len(_PROJECTS)],
        f"{(number * 37 % 290) + 10}.{number % 10}",
    )


def project_table(count: int) -> Table:
    """A header of two levels over merged cells, and rows."""
    head = (
        row(("序号", 1, 2), ("承担单位", 2, 1), ("项目名称", 1, 2), ("经费（万元）", 1, 2)),
        row("名称", "所在区"),
    )
    rows = tuple(row(str(number), *_row_of(number)) for number in range(1, count + 1))
    labels = ("序号", "承担单位/名称", "承担单位/所在区", "项目名称", "经费（万元）")
    return Table(head + rows, labels)


def contact_table() -> Table:
    return Table(
        (
            row("受理处室", "联系人", "联系电话", "电子邮箱"),
            row("社会发展处", "赵晓明", "022-58830001", "shefa@example.gov.cn"),
            row("农村科技处", "钱文静", "022-58830002", "nongcun@example.gov.cn"),
            row("成果转化处", "孙立", "022-58830003", "chengguo@example.gov.cn"),
        ),
        ("受理处室", "联系人", "联系电话", "电子邮箱"),
    )


SMALL = Document((
    "关于征集2021年度重点研发项目的通知",
    "津科规〔2021〕18号",
    "各有关单位：",
    "为贯彻落实《“十四五”科技创新规划》，现组织开展2021年度重点研发项目征集工作，有关事项通知如下。",
    "一、申报条件：（一）在津注册的独立法人；（二）上一年度研发投入占主营业务收入的比例不低于5%；"
    "（三）项目负责人年龄不超过60周岁，每人限报1项。",
    "二、申报时间：2021年2月8日9:00至2021年3月15日17:00，逾期不予受理。",
    "三、支持重点：①创新药物；②中药经典名方；③高端医疗器械，如PD-1、mRNA、β-内酰胺类，面积以㎡计。",
    project_table(4),
    "联系人：张三，电话：022-58832900，邮箱：kjj@example.gov.cn。",
    "天津市科学技术局",
    "2021年2月4日",
))  # fmt: skip

_TOPICS = (
    "建立健全药品追溯体系，督促企业落实主体责任",
    "加强对中药饮片生产、流通、使用全过程的监督检查",
    "推动审评审批制度改革成果落地见效，压缩办理时限",
    "支持企业牵头组建创新联合体，开展关键核心技术攻关",
    "完善专利导航服务机制，培育高价值发明专利组合",
    "规范医疗器械网络销售行为，依法查处违法违规经营",
    "鼓励社会资本投入早期研发，拓宽融资渠道",
    "做好农村地区儿童用药和急救药品的供应保障",
)
_WAYS = (
    "市场监管、卫生健康、医疗保障等部门要密切配合，形成合力，每季度会商一次。",
    "各区应于每年6月30日、12月31日前报送进展情况，重大事项随时报告。",
    "对工作推进不力、进度滞后的单位，予以通报；造成严重后果的，依规追究责任。",
    "所需经费纳入部门预算，专款专用，不得挤占、挪用、截留（见附表）。",
    "具体办法由主管部门另行制定，自2021年5月1日起施行，有效期5年。",
)


def _paragraphs() -> tuple[str, ...]:
    numbers = "一二三四五六七八九十"
    found = []
    for chapter, topic in enumerate(_TOPICS):
        found.append(f"{numbers[chapter]}、{topic}")
        found += [
            f"（{numbers[way]}）围绕“{_TOPICS[(chapter + way + 1) % len(_TOPICS)]}”，{words}"
            for way, words in enumerate(_WAYS)
        ]
    return tuple(found)


LARGE = Document((
    "关于促进生物医药产业高质量发展的若干措施",
    "津政办发〔2021〕6号",
    *_paragraphs(),
    "附表1：联系方式",
    contact_table(),
    "附表2：拟支持项目清单",
    project_table(80),
    "本措施由市科学技术局会同有关部门负责解释。",
))  # fmt: skip

VERTICAL = Document((
    "公告",
    "本厂生产之清热解毒口服液，近日发现市上有假冒者，包装粗劣，功效全无，敬请各界留意。",
    "真品瓶底印有凸起厂徽，封签加盖红色骑缝章，购买时务请认明。",
    "津门中药饮片厂谨启",
))  # fmt: skip

COLUMNS = Document((
    "工作简报第十二期",
    "本刊讯：三月一日，全市药品安全工作会议召开，总结去年工作，部署今年任务，并表彰先进集体十二个、先进个人三十名。",
    "会议指出，过去一年共检查企业四千五百余家次，立案查处二百一十七件，抽检合格率达到百分之九十九点二。",
    "会议要求，要坚持问题导向，聚焦网络销售、农村市场和特殊药品三个重点，开展专项整治，做到发现一起、查处一起、曝光一起。",
    "又讯：三月三日，科技特派员一行赴蓟州区调研药材种植，现场指导合作社开展黄芪、丹参等品种的规范化种植和初加工。",
    "调研组走访农户二十六户，发放技术资料三百份，帮助解决种苗、烘干、仓储等方面的困难九项，受到当地群众欢迎。",
    "下一步，调研组将建立长期联系机制，每月至少到村一次，推广良种良法，帮助农户对接收购企业，稳定增收。",
))  # fmt: skip


def sheet(count: int, name: str = "拟立项名单") -> Table:
    """A workbook's sheet: a title over all columns, the header, the rows, areas merged."""
    table = project_table(count)
    title = row(("2021年度拟立项项目名单", table.width, 1))
    return Table((title, *table.rows), table.labels, name)


def drug_sheet(count: int) -> Table:
    kinds = ("片剂", "颗粒剂", "注射剂", "口服液")
    rows = tuple(
        row(
            f"复方清源{'甲乙丙丁戊己庚辛'[number % 8]}{kinds[number % 4]}",
            kinds[number % 4],
            f"国药准字Z2021{number:04d}",
            f"{number % 9 + 1} 年",
        )
        for number in range(1, count + 1)
    )
    labels = ("药品名称", "剂型", "批准文号", "有效期")
    return Table((row(*labels), *rows), labels, "药品目录")


SMALL_BOOK = (sheet(5),)
LARGE_BOOK = (sheet(300), drug_sheet(200))

SMALL_SLIDES = (
    ("药品注册管理办法解读", "政策法规处", "2021年3月"),
    ("一、主要变化", "临床试验默示许可：60个工作日", "优先审评：130个工作日"),
)
LARGE_SLIDES = tuple(
    (f"第{number}讲　{topic[:12]}", topic, *_WAYS[:3])
    for number, topic in enumerate(_TOPICS * 3, start=1)
)
