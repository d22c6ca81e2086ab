"""Who is asked to do what: the words beside a day that make it a day to act by, or make it none.

A day binds a reader when a sentence addresses somebody outside the office (请, 应, 须, 各单位, or
a bare 报送 at the head of a heading) and names an act of theirs. What the office will do itself,
what has been done, what a rule says for every case, holidays, downtime and validity do not.
Everything here reads text with widths folded.
"""

from __future__ import annotations

import re

_OFFICE = r"(?:局|部|委|厅|中心|院|会|办|司|处)"

PURPOSES = (
    (
        "征求意见",
        re.compile(
            r"征求意见|征集意见|意见征集|意见反馈|反馈意见|修改意见|意见(?:和|及|或|、)?建议|"
            r"(?:提出|发表|留下).{0,8}(?:意见|看法|评论)|书面意见|意见截止|公开征集|公开征求|意见发|"
            r"意见.{0,12}反馈"
        ),
    ),
    ("公示", re.compile(r"公示|异议")),
    ("缴费", re.compile(r"缴费|缴纳|年费|汇款|交费|缴存")),
    ("报名", re.compile(r"报名|回执|预约|参赛")),
    (
        "申报",
        re.compile(
            r"申报|受理|填报|申请|网上提交|项目推荐|征集|揭榜|[投截来]稿|认领(?:榜单|任务)|在线填写"
        ),
    ),
    (
        "报送",
        re.compile(
            r"报送|上报|报批|(?<!申请)(?<!申报)(?<!申请书)(?<!申报书)(?:提交|递交|移交)(?!申报|申请)|"
            r"报至|补报|[送寄发交报]至|送达|寄[送交出回]|邮寄|发送|发到|送到|交到|交回|上传|报我|反馈|推荐|函报|"
            rf"报[一-龥]{{1,12}}?{_OFFICE}|报备|备案|回复|复函|传真|投标"
        ),
    ),
)
_ACTS = re.compile(
    r"领取|登录|参加|联系|签[订署]|确认|核对|补正|补齐|补交|换[证领]|获取|购买|下载招标|留言|提出|"
    r"逾期|过期|办理|换发|延续|注销|告知"
)
# Words that an office uses of its own work, too: they bind only with 请, 应, 须 or a subject.
_WORKS = re.compile(r"完成|组织|开展|整改|自查|排查|检查|核[查实]|审核|更新|修订|落实|安装|接入")
_ERRAND = re.compile(rf"{_ACTS.pattern}|{_WORKS.pattern}")
_ADDRESSED = re.compile(
    r"[请应须需]|务必|必须|要[求在]|不得|各(?:区|地|省|市|县|单位|企业|园区|高校|院|有关|相关|推荐)|"
    r"[一-龥](?:单位|企业|机构|部门|公司|院校|代表|持有人)(?=[于在]|\s?[0-9]| \||$)|"
    r"(?:申请|申报|负责|持有|联系|参训|参会|应聘|投标)人"
)
_ITSELF = re.compile(
    rf"(?:[我本]{_OFFICE}|平台|系统|专家|委员会|检查组|工作组|评审组|专班|窗口|大厅)"
    r"[^,。;]{0,8}?(?:将|拟|计划|预计)|定于"
)
_ASKS = re.compile(r"[请应须需]|务必|必须|可")
_MODAL = re.compile(r"(?:请|应当?|必?须|需|要)(?:在|于)\s{0,3}$")
_TOLD = re.compile(
    r"(?:已经?|均已?|曾|业已|将|拟|计划|预计|定|力争|争取|确保|原定?|仍|约)\s?(?:经|分别)?[于在至到]?\s{0,3}$"
)
_IN_TIMES = re.compile(
    r"(?:每(?:年度?|月|周|季度?|半年|逢)|次年|当年|翌年|历年|年度首月)[^,。;]{0,8}$"
)
_STOPPED = re.compile(
    r"暂停|停止(?!申报|受理|接收材料)|停机|停办|停用|升级|维护|放假|调休|休假|闭馆|割接|切换|迁移|搬迁|"
    r"不对外|不接收|不办理|不上班|无法(?:办理|提交|访问|登录|使用)|恢复正常"
)
_LASTING = re.compile(
    r"(?:执行期|实施期|建设期|有效期?|周期|任期|合同期|服务期|保护期|培育期|考核期|评价期|统计期|资助期|过渡期|"
    r"试行期?|试用期|贴息期?|补贴期|履约期|质保期|交货期|工期|聘期|学制|统计时间|基准日|统计期间|时间段)[^。;]{0,14}$"
)
_GATHERING = re.compile(
    r"(?:会议|培训|活动|举办|举行|召开|考试|笔试|面试|报到|展会|年会|大赛|讲座|论坛|检查|汛期|课程|放假)"
    r"[^,。;]{0,12}$"
)
_INSIDE = re.compile(
    r"机关(?:各|全体)|局属|委属|各(?:处室|科室|支部|党支部|部门)|局机关|委机关|厅机关|部机关|本局各|全体干部"
)
_OUTSIDE = re.compile(r"企业|公司|各区|各地|申报|申请|有关单位|相关单位|高校|社会")
_CLAUSE_OF = re.compile(r"(?:已经?|依法|均|在[^,。;]{1,10}?|由[^,。;]{1,10}?)?[^,。;]{0,14}?的")
_TAKES_OBJECT = re.compile(r"[将把对向以]|[请应须]|通过|按照|依据|根据|登录|自行")
_TRANSITION = re.compile(
    r"\s?(?:(?:期间|内|间|之?间)[,、]?)?(?:已经?|依法|在(?:本市|我市|我国|天津|北京|境内|本省))?"
    r"(?:申请的|产生|提出申请的|完成的|注册|成立|设立|获得|取得|授权|上市|投产|建成|竣工|出生|入职|签订的|发生|"
    r"登记|印发|发布|实现|基本|生产|进口|受理的|有效|出厂)"
)
_MARKED_OFF = re.compile(r"[,、]?\s?(?:全|我|已|共|累计|有|达|各|本|国家|经|完成|中国|申请|据)")


def names_an_act(text: str) -> bool:
    """Whether words name something that a reader may have to do, however weakly."""
    return bool(_ERRAND.search(text)) or any(one.search(text) for _, one in PURPOSES)


def asks_to_act(text: str, work: str | None = None) -> bool:
    """Whether a sentence with its heading asks somebody outside to do something.

    `work`: where 完成, 自查 and the like must stand to be the act (default: anywhere); 完成时限
    before a day is no act.
    """
    if any(one.search(text) for _, one in PURPOSES) or _ACTS.search(text):
        return True
    return bool(_WORKS.search(text if work is None else work) and _ADDRESSED.search(text))


def is_errand(text: str) -> bool:
    """Whether words name a visit or a piece of work rather than a submission."""
    return bool(_ERRAND.search(text))


def is_eligibility(before: str, after: str) -> bool:
    """Whether what follows a day says which things it sorts: 前注册的企业, 期间产生的费用.

    前提交盖章的材料 is none: there an act comes first and 的 belongs to its object; nor is
    应当在…前, which speaks of what must be done.
    """
    rest = after.lstrip(" ,")
    if _TRANSITION.match(rest):
        return True
    if after[:1] == "," or _MODAL.search(before[-8:]):
        return False
    clause = _CLAUSE_OF.match(rest)
    if clause is None or _TAKES_OBJECT.search(clause[0]):
        return False
    words = clause[0][:-1]
    acts = [hit for _, one in PURPOSES for hit in one.finditer(words)]
    acts.extend(_ERRAND.finditer(words))
    return all(hit.end() == len(words) for hit in acts)


def is_own_plan(before: str) -> bool:
    """Whether the words before a day tell what was done, is hoped, or the office will do."""
    if _TOLD.search(before[-12:]):
        return True
    own = list(_ITSELF.finditer(before))
    return bool(own) and not _ASKS.search(before, own[-1].end())


def comes_again(before: str) -> bool:
    """每年3月31日前: a day of every year is none of this one."""
    return bool(_IN_TIMES.search(before[-20:]))


def is_stopped(text: str) -> bool:
    """Whether words tell of holidays, downtime or a service that stops."""
    return bool(_STOPPED.search(text))


def lasts(before: str) -> bool:
    """Whether a day ends a validity, a term of a project or the like."""
    return bool(_LASTING.search(before[-24:]))


def gathers(before: str) -> bool:
    """Whether a span is that of a meeting, a course, an examination."""
    return bool(_GATHERING.search(before[-24:]))


def is_for_the_house(text: str) -> bool:
    """Whether the office speaks to its own people: 机关各处室, 局属各单位."""
    return bool(_INSIDE.search(text)) and not _OUTSIDE.search(text)


def is_counted(after: str) -> bool:
    """Whether a 截至 day is followed by what had been counted by then."""
    return bool(_MARKED_OFF.match(after))
