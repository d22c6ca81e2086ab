"""Which further offices the replica stands in for: their lists and how each shows them."""

from __future__ import annotations

from dataclasses import dataclass

_TRS = "{day:%Y%m}/t{day:%Y%m%d}_{number}"


@dataclass(frozen=True, slots=True)
class Listing:
    """One list: its address on the host (path and query), the way it is shown, the path of a
    document. `more` is what its way needs besides."""

    target: str
    way: str
    pattern: str
    name: str = "通知公告"
    count: int = 40
    more: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0] + "/"


@dataclass(frozen=True, slots=True)
class OfficeSpec:
    """One host. `body` is the class or id around a document's text."""

    name: str
    host: str
    listings: tuple[Listing, ...]
    body: str = 'class="TRS_Editor"'
    charset: str = "utf-8"
    has_wall: bool = False


def _trs(path: str, ending: str = "html", name: str = "通知公告") -> Listing:
    folder = path.rpartition("/")[0] + "/"
    return Listing(path, "trs", f"{folder}{_TRS}.{ending}", name, more=(ending,))


def _hanweb(column: str) -> Listing:
    pattern = f"/art/{{day:%Y}}/{{short}}/art_{column}_{{number}}.html"
    return Listing(f"/col/col{column}/index.html", "hanweb", pattern, more=(column,))


OFFICES = (
    OfficeSpec(
        "中国政府网", "www.gov.cn",
        tuple(
            Listing(f"{folder}{file}", "file", f"{folder}{{day:%Y%m}}/content_{{number}}.htm",
                    count=120)
            for folder, file in (
                ("/zhengce/zhengceku/gwywj/", "TONGYONGGAILAN.json"),
                ("/zhengce/zhengceku/bmwj/", "TONGYONGGAILAN.json"),
                ("/zhengce/zuixin/", "ZUIXINZHENGCE.json"),
                ("/zhengce/jiedu/", "ZCJD_QZ.json"),
            )
        ),
        'id="UCAP-CONTENT"',
    ),
    OfficeSpec(
        "国家药典委员会", "www.chp.org.cn",
        (Listing("/three/sys/news/es/list", "interface", "/three/sys/news/es/detail?newsId={code}",
                 more=("pageNo", "20", "blockId=47")),),
    ),
    OfficeSpec(
        "出口管制信息网", "exportcontrol.mofcom.gov.cn",
        (Listing("/edi_ecms_web_front/front/column/getColumnList", "form",
                 "/article/gndt/{day:%Y%m}/{number}.html"),),
        'class="bd"',
    ),
    OfficeSpec(
        "上海市药品监督管理局", "sjcx.yjj.sh.gov.cn",
        (Listing("/api/v1/qa/list", "questions", "/#{number}"),),
    ),
    OfficeSpec(
        "核查中心", "www.cfdi.org.cn",
        (
            Listing("/cfdi/index?module=A001&m1=10&m2=&nty=A25", "cfdi",
                    "/cfdi/resource/news/{number}.html"),
            Listing("/cfdi/index?module=A001&m1=11&m2=&nty=C03&tcode=C03B014", "cfdi",
                    "/cfdi/resource/news/{number}.html"),
        ),
        'class="page-content"', charset="gbk",
    ),
    OfficeSpec(
        "国家医疗保障局", "www.nhsa.gov.cn",
        tuple(map(_hanweb, ("104", "105", "109", "187", "14"))), 'id="zoom"',
    ),
    OfficeSpec(
        "市场监管总局", "www.samr.gov.cn",
        (
            Listing("/zw/zjwj/index.html", "unit", "/zw/zjwj/art/{day:%Y}/art_{code}.html",
                    more=("pair", "内容区域", "5a1c443ecf8c471bb9577ba1ae5d2883")),
            Listing("/zw/zjwj/zcjd/index.html", "unit", "/zw/zjwj/art/{day:%Y}/art_{code}.html",
                    more=("pair", "内容区域", "f6a995f86b4f4362836c3c2d7ce72889")),
        ),
        'class="Three_xilan_07"',
    ),
    OfficeSpec(
        "商务部", "www.mofcom.gov.cn",
        (Listing("/zwgk/zcfb/", "unit", "/zwgk/zcfb/art/{day:%Y}/art_{code}.html",
                 more=("line", "分页列表", "fc8bdff48fa345a48b651c1285b70b8f")),),
        'ergodic="article" class="art-con"',
    ),
    OfficeSpec(
        "财政部", "www.mof.gov.cn", (_trs("/zhengwuxinxi/zhengcefabu/index.htm", "htm"),),
        'class="my_conboxzw"',
    ),
    OfficeSpec(
        "国家发展改革委", "www.ndrc.gov.cn",
        (_trs("/xwdt/tzgg/"), *(_trs(f"/xxgk/zcfb/{one}/") for one in ("fzggwl", "ghxwj", "tz"))),
    ),
    OfficeSpec(
        "生态环境部", "www.mee.gov.cn",
        (Listing("/zcwj/sthjbwj/index.shtml", "dated_first", f"/zcwj/sthjbwj/{_TRS}.html"),),
        'class="content_body_box"',
    ),
    OfficeSpec(
        "中检院", "www.nifdc.org.cn",
        tuple(_trs(f"/nifdc/{one}/") for one in (
            "zxdt", "bshff/bzhwzh/bzwztzgg", "ywzx/jyywzx/cjgxwtjd", "bshff/ylqxbzhgl/qxggtzh")),
    ),
    OfficeSpec(
        "药品不良反应监测中心", "www.cdr-adr.org.cn",
        (_trs("/drug_1/aqjs_1/drug_aqjs_jjkx/", name="药物警戒快讯"),),
    ),
    OfficeSpec(
        "国家卫生健康委", "www.nhc.gov.cn",
        tuple(
            Listing(f"/wjw/{one}/list.shtml", "plain", "/wjw/c100175/{day:%Y%m}/{code}.shtml",
                    more=("list_{}.shtml",))
            for one in ("gfxwjj", "zcjd")
        ),
        'id="xw_box"', has_wall=True,
    ),
    OfficeSpec(
        "河北省市场监管局", "scjg.hebei.gov.cn",
        (Listing("/node/919", "bare", "/info/{number}"),), 'class="content"',
    ),
    OfficeSpec(
        "河北省医保局", "ylbzj.hebei.gov.cn",
        (Listing("/category/101", "plain", "/content/{number}", more=("",)),), 'class="content"',
    ),
    OfficeSpec(
        "安徽省药监局", "mpa.ah.gov.cn",
        (Listing("/content/column/31415151?pageIndex=1", "plain", "/public/{number}.html",
                 more=("/content/column/31415151?pageIndex={}",)),),
        'class="content"',
    ),
)  # fmt: skip
