"""The scans and pictures of the gold set: how each is drawn, and what stands on it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.gold_files import scans
from tests.gold_files.scans import Draw

NOTICE = """关于组织申报创新医疗器械专项的通知
津药监械〔2021〕9号
各有关企业：
为鼓励医疗器械研发创新，现就组织申报2021年度创新医疗器械专项有关事项通知如下。
一、申报企业应当在本市依法注册，质量管理体系运行良好，近三年无重大违法记录。
二、申报产品的核心技术应当拥有发明专利权，或者其申请已经国务院专利行政部门公开。
三、请于2021年4月20日前将申报材料一式三份报送我局医疗器械注册管理处，逾期不再受理。
联系人：李卫东，联系电话：022-23520811。
天津市药品监督管理局
2021年3月2日"""
REPORT = """药品质量抽检情况通报
经检验，标示为12家企业生产的19批次药品不符合规定，不合格项目包括含量测定、装量差异、溶出度和微生物限度。
对上述不合格药品，相关部门已采取查封、扣押、暂停销售等控制措施，并要求企业召回产品，查明原因，认真整改。
本次共抽检中成药326批次、化学药品415批次、中药饮片158批次，总体合格率为98.7%。
消费者如发现上述批次药品仍在销售，请拨打投诉举报电话12315。
附件：1.不合格药品名单；2.检验项目说明。"""
RULES = """中药材生产质量管理规范实施细则
第一条 为推进中药材规范化生产，保证中药材质量，促进中药高质量发展，制定本细则。
第二条 本细则适用于中药材生产企业种植、养殖中药材的全过程管理，野生中药材的采收加工可参照执行。
第三条 企业应当统一规划生产基地，统一供应种子种苗，统一肥料、农药等投入品管理措施。
第四条 基地选址应当远离污染源，灌溉水、空气和土壤应当符合国家标准，并每两年检测一次。
第五条 禁止使用国家明令禁用的农药，禁止使用壮根灵、膨大素等生长调节剂。
第六条 采收期应当依据产量和有效成分含量综合确定，不得抢青采收或者延迟采收。
第七条 从本细则施行之日起，生产记录至少保存至该批中药材销售后三年。"""
SHORT = """停水通知
因供水管网改造，定于3月12日22时至次日6时停水，请提前储水。
给您带来不便，敬请谅解。
物业服务中心"""
TABLE = (
    ("序号", "企业名称", "产品名称", "批准文号"),
    ("1", "天津海河制药有限公司", "复方清源片", "国药准字Z20210017"),
    ("2", "北京清源医药科技股份有限公司", "黄芪颗粒", "国药准字Z20210026"),
    ("3", "津门中药饮片厂", "丹参注射液", "国药准字Z20210035"),
    ("4", "武清恒瑞达医疗器械有限公司", "血糖监测仪", "津械注准20212070081"),
    ("5", "北京百草堂（集团）有限公司", "温经汤颗粒", "国药准字C20210004"),
)
LEFT = (
    "三月一日，全市药品安全工作会议召开，总结去年工作，部署今年任务，表彰先进集体十二个。"
    "会议要求，坚持问题导向，聚焦网络销售、农村市场和特殊药品三个重点，开展专项整治，"
    "做到发现一起、查处一起、曝光一起，切实维护群众用药安全。"
)
RIGHT = (
    "三月三日，科技特派员一行赴蓟州区调研药材种植，现场指导合作社开展黄芪、丹参等品种的"
    "规范化种植和初加工。调研组走访农户二十六户，发放技术资料三百份，帮助解决种苗、烘干、"
    "仓储等方面的困难九项，受到当地群众欢迎。"
)
BLOCKS = (
    (
        "一、谁可以申请",
        "在本市注册并正常经营的药品上市许可持有人、医疗器械注册人和备案人均可提出申请。",
    ),
    ("二、怎么申请", "登录政务服务网，选择“企业开办与变更”，按提示上传材料，五个工作日内办结。"),
    ("三、什么时间", "2021年3月1日至2021年5月31日，节假日顺延，逾期系统自动关闭。"),
    ("四、咨询电话", "工作日9:00—17:00，可拨打022-23121600咨询，也可到服务大厅三层16号窗口办理。"),
)


@dataclass(frozen=True)
class Picture:
    """A file, how its pages look (clean, noisy), what stands on it, and how it is drawn."""

    name: str
    look: str
    text: str
    draw: Draw


def _table_text() -> str:
    return "\n".join(" ".join(cells) for cells in TABLE)


def _blocks_text(title: str) -> str:
    return "\n".join([title, *(line for block in BLOCKS for line in block)])


_GUIDE = "一图读懂变更备案新规"
_TITLE = "工作简报"
PICTURES = (
    Picture("notice.png", "clean", NOTICE, lambda: scans.encoded(scans.page(NOTICE), "PNG")),
    Picture(
        "dense.jpg", "clean", RULES, lambda: scans.jpeg(scans.page(RULES, 24, scans.SANS, 1.5), 70)
    ),
    Picture(
        "table.png",
        "clean",
        _table_text(),
        lambda: scans.encoded(scans.grid(TABLE, (90, 440, 260, 330)), "PNG"),
    ),
    Picture(
        "two_pages.pdf",
        "clean",
        f"{REPORT}\n{RULES}",
        lambda: scans.several([scans.page(REPORT), scans.page(RULES, 28)], "PDF"),
    ),
    Picture(
        "two_pages.tif",
        "clean",
        f"{SHORT}\n{REPORT}",
        lambda: scans.several([scans.page(SHORT), scans.page(REPORT, 30, scans.SANS)], "TIFF"),
    ),
    Picture(
        "columns.png",
        "clean",
        f"{_TITLE}\n{LEFT}\n{RIGHT}",
        lambda: scans.encoded(scans.two_columns(_TITLE, LEFT, RIGHT), "PNG"),
    ),
    Picture(
        "guide.webp",
        "clean",
        _blocks_text(_GUIDE),
        lambda: scans.encoded(scans.long_picture(_GUIDE, BLOCKS), "WEBP", quality=60),
    ),
    Picture(
        "stamp.jpg",
        "clean",
        NOTICE,
        lambda: scans.jpeg(
            scans.stamped(scans.page(NOTICE), "天津市药品监督管理局", (330, 800)), 70
        ),
    ),
    Picture("small.gif", "clean", SHORT, lambda: scans.encoded(scans.page(SHORT, 22), "GIF")),
    Picture(
        "skew.jpg",
        "noisy",
        NOTICE,
        lambda: scans.jpeg(scans.noisy(scans.skewed(scans.page(NOTICE), 1.5), 12, 1)),
    ),
    Picture(
        "skew_more.jpg",
        "noisy",
        REPORT,
        lambda: scans.jpeg(scans.blurred(scans.skewed(scans.page(REPORT), -3), 1.2), 40),
    ),
    Picture(
        "grey_paper.jpg",
        "noisy",
        RULES,
        lambda: scans.jpeg(scans.noisy(scans.page(RULES, 28), 22, 2, paper=190)),
    ),
    Picture("fold.jpg", "noisy", REPORT, lambda: scans.jpeg(scans.shaded(scans.page(REPORT)))),
    Picture(
        "fax.tif",
        "noisy",
        NOTICE,
        lambda: scans.encoded(scans.faxed(scans.page(NOTICE), 3), "TIFF", compression="group4"),
    ),
    Picture(
        "stamp_noise.jpg",
        "noisy",
        NOTICE,
        lambda: scans.jpeg(
            scans.noisy(
                scans.stamped(scans.page(NOTICE), "天津市药品监督管理局", (300, 790)), 15, 4
            )
        ),
    ),
    Picture(
        "photograph.jpg",
        "noisy",
        REPORT,
        lambda: scans.jpeg(
            scans.noisy(scans.photographed(scans.blurred(scans.page(REPORT, 30), 0.8)), 8, 5)
        ),
    ),
    Picture(
        "scan_noise.pdf",
        "noisy",
        f"{RULES}\n{SHORT}",
        lambda: scans.several(
            [
                scans.noisy(scans.skewed(scans.page(RULES, 28), 0.8), 14, 6),
                scans.noisy(scans.page(SHORT), 25, 7),
            ],
            "PDF",
        ),
    ),
    Picture(
        "table_skew.jpg",
        "noisy",
        _table_text(),
        lambda: scans.jpeg(
            scans.noisy(scans.skewed(scans.grid(TABLE, (90, 440, 260, 330)), 2), 12, 8)
        ),
    ),
)
