"""Which further offices the replica stands in for: their lists and how each shows them."""

from __future__ import annotations

from dataclasses import dataclass

LIST_BOX = "<div class='list'>{}</div>"
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


def _trs(path: str, ending: str = "html", name: str = "通知公告", box: str = "list") -> Listing:
    folder = path.rpartition("/")[0] + "/"
    return Listing(path, "trs", f"{folder}{_TRS}.{ending}", name, more=(ending, box))


def _hanweb(column: str) -> Listing:
    pattern = f"/art/{{day:%Y}}/{{short}}/art_{column}_{{number}}.html"
    return Listing(f"/col/col{column}/index.html", "hanweb", pattern, more=(column,))


def _easysite(folder: str, style: str) -> Listing:
    pattern = f"{folder}{{number}}/index.html"
    return Listing(f"{folder}index.html", "easysite", pattern, more=(style,))


def _plain(path: str, pattern: str, further: str, box: str = LIST_BOX) -> Listing:
    return Listing(path, "plain", pattern, more=(further, box))


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
            _plain(f"/wjw/{one}/list.shtml", "/wjw/c100175/{day:%Y%m}/{code}.shtml",
                   "list_{}.shtml")
            for one in ("gfxwjj", "zcjd")
        ),
        'id="xw_box"', has_wall=True,
    ),
    OfficeSpec(
        "国家药监局", "www.nmpa.gov.cn",
        tuple(
            _plain(f"/{one}/index.html", f"/{one}/{{day:%Y%m%d}}{{number}}.html", "index_{}.html")
            for one in ("xxgk/ggtg", "xxgk/fgwj/gzwj", "yaopin/ypfgwj", "yaopin/ypggtg",
                        "yaopin/ypjgdt", "yaopin/ypzhcjd")
        ),
        'class="text"', has_wall=True,
    ),
    OfficeSpec(
        "器审中心",
        "www.cmde.org.cn",
        tuple(
            _plain(f"/{one}/index.html", f"/{one}/{{day:%Y%m%d}}{{number}}.html", "index_{}.html")
            for one in ("flfg/zdyz/zqyjg", "xwdt/zxyw")
        ),
        'class="content"',
        has_wall=True,
    ),
    OfficeSpec(
        "首都之窗",
        "www.beijing.gov.cn",
        (Listing("/zhengce/gfxwj/", "flagged", f"/zhengce/gfxwj/{_TRS}.html"),),
        'class="view TRS_UEDITOR"',
    ),
    OfficeSpec(
        "天津市市场监管委",
        "scjg.tj.gov.cn",
        (_trs("/tjsscjdglwyh_52651/tjyj/", box="info_list"),),
        'class="news_content"',
    ),
    OfficeSpec(
        "国家中医药局", "www.natcm.gov.cn",
        tuple(
            _plain(f"/a/{one}/", "/a/{day:%Y-%m-%d}/{number}.html", "index_{}.html",
                   "<div class='box'><table><tr><td>{}</td></tr></table></div>")
            for one in ("tzgg", "zcwj", "zcjd")
        ),
        'class="zw"',
    ),
    OfficeSpec(
        "国家知识产权局", "www.cnipa.gov.cn",
        tuple(map(_hanweb, ("74", "75", "66", "53", "61"))), 'class="article"',
    ),
    OfficeSpec(
        "江苏省药监局", "da.jiangsu.gov.cn",
        tuple(map(_hanweb, ("91813", "91925", "84698"))), 'id="zoom"', has_wall=True,
    ),
    OfficeSpec(
        "海关总署", "www.customs.gov.cn", (_easysite("/customs/302249/302266/", "conList_ul"),),
        'id="easysiteText"', has_wall=True,
    ),
    OfficeSpec(
        "北京市药监局", "yjj.beijing.gov.cn",
        tuple(_easysite(f"/yjj/zwgk20/{one}/", "xinwen") for one in ("tz7", "zcwj91", "zcjd8")),
        'id="easysiteText"',
    ),
    OfficeSpec(
        "科学技术部", "www.most.gov.cn",
        (_trs("/tztg/"), _trs("/xxgk/xinxifenlei/fdzdgknr/fgzc/gfxwj/")), 'id="Zoom"',
    ),
    OfficeSpec(
        "国家科技管理信息系统", "service.most.gov.cn",
        (Listing("/kjjh_tztg/", "clicked", "/kjjh_tztg_all/{day:%Y%m%d}/{number}.html"),),
        'class="article-body section1"',
    ),
    OfficeSpec(
        "山东省药监局", "mpa.shandong.gov.cn",
        (Listing("/col/col101798/index.html", "unit",
                 "/col/col101798/art/{day:%Y}/art_{code}.html",
                 more=("content", "当前栏目list", "e6c1a5a7b1f24a0fb5d0e5b5f3a8d9c2")),),
        'class="article_con"',
    ),
    OfficeSpec("北京市科委", "kw.beijing.gov.cn",
               tuple(_trs(f"/zwgk/{one}/") for one in ("tzgg", "zcwj", "zcjd"))),
    OfficeSpec("北京市经信局", "jxj.beijing.gov.cn",
               (_trs("/jxdt/tzgg/"), _trs("/zwgk/2024zcwj/"))),
    OfficeSpec("北京市医保局", "ybj.beijing.gov.cn", (_trs("/tzgg2022/"),)),
    OfficeSpec("北京市卫健委", "wjw.beijing.gov.cn", (_trs("/zwgk_20040/tzgg/"),)),
    OfficeSpec("北京市中医局", "zyj.beijing.gov.cn", (_trs("/sy/tzgg/", box="oursv_b_f"),),
               'class="zhengwen"'),
    OfficeSpec("天津市发改委", "fzgg.tj.gov.cn", (_trs("/dtzx/tzgg/", box="gg_list"),)),
    OfficeSpec("陕西省药监局", "mpa.shaanxi.gov.cn", (_trs("/ztzl/ypzcgl/ypsshbggl/"),)),
    OfficeSpec("海南省药监局", "amr.hainan.gov.cn", (_trs("/himpa/HICDME/fwsx/"),)),
    OfficeSpec(
        "广东省药监局", "mpa.gd.gov.cn",
        (_plain("/zwgk/gzwj/index.html", "/zwgk/gzwj/content/post_{number}.html",
                "index_{}.html"),),
        'class="content"',
    ),
    OfficeSpec(
        "河北省药监局", "yjj.hebei.gov.cn",
        (_plain("/directory/web/hbpda/xxgk/zc/gfxwj/index.html",
                "/directory/web/hbpda/xxgk/zc/gfxwj/{day:%Y%m%d}{number}.html", "index_{}.html"),),
        'class="content"',
    ),
    OfficeSpec(
        "自然科学基金委", "www.nsfc.gov.cn",
        (_plain("/p1/3381/2824/zntg.html", "/p1/3381/2824/{number}.html", "zntg{}.html"),),
        'class="content"',
    ),
    OfficeSpec(
        "河北省市场监管局", "scjg.hebei.gov.cn",
        (Listing("/node/919", "bare", "/info/{number}"),), 'class="content"',
    ),
    OfficeSpec(
        "河北省医保局", "ylbzj.hebei.gov.cn",
        (_plain("/category/101", "/content/{number}", ""),), 'class="content"',
    ),
    OfficeSpec(
        "安徽省药监局", "mpa.ah.gov.cn",
        (_plain("/content/column/31415151?pageIndex=1", "/public/{number}.html",
                "/content/column/31415151?pageIndex={}"),),
        'class="content"',
    ),
)  # fmt: skip
