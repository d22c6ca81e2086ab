"""Titles and texts of invented notices, each with words of its own.

Texts of one publisher resemble each other in life, but not to nine tenths: subject, tasks, terms
and amounts are drawn from pools large enough that two notices rarely share a paragraph.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

SUBJECTS = (
    *("中药饮片炮制规范", "细胞治疗产品", "高端医疗器械", "智能网联汽车", "合成生物技术"),
    *("专利转化运用", "工业互联网平台", "绿色制造体系", "药用辅料", "新型显示材料"),
    *("商标品牌培育", "科技型中小企业", "高新技术企业", "生物类似药", "罕见病用药"),
    *("儿童用药", "放射性药品", "吸入制剂", "疫苗生产车间", "抗肿瘤药物"),
    *("地理标志保护", "海外知识产权纠纷", "数据安全", "氢能装备", "人工智能芯片"),
    *("基础软件", "工业母机", "船舶配套", "轨道交通", "海水淡化"),
    *("国际科技合作", "科普基地", "技术转移机构", "重点实验室", "野外科学观测站"),
    *("大型仪器共享", "创新券", "外国专家项目", "众创空间", "孵化器"),
    *("药物警戒", "真实世界证据", "临床试验机构", "仿制药一致性评价", "境外新药"),
    *("知识产权质押融资", "专利导航", "版权登记", "集成电路布图设计", "商业秘密保护"),
)
ACTS = (
    *("开展{}申报工作", "公布{}评审结果", "征集{}典型案例", "组织{}专题培训", "调整{}支持目录"),
    *("做好{}年度统计", "加强{}监督检查", "推进{}试点建设", "拟认定{}名单公示", "印发{}管理办法"),
    *("召开{}座谈会", "受理{}备案材料", "下达{}专项经费", "复核{}验收结论", "公开征求{}意见"),
)
WHOM = (
    *("各有关单位：", "各区主管部门，各有关企业：", "各处室、直属单位：", "有关申请人："),
    *("各高等院校、科研院所：", "各市属集团公司：", "各会员单位："),
)
OPENINGS = (
    "为贯彻落实{0}有关部署，进一步做好{1}工作，经研究，现将有关事项通知如下。",
    "根据年度工作安排，我单位近期组织了{1}相关工作，{0}已经完成，现予公布。",
    "针对{0}中反映较多的问题，结合{1}的实际情况，提出以下要求，请遵照执行。",
    "{0}自实施以来，{1}领域的各类主体积极参与，为总结经验、补齐短板，现作如下安排。",
    "按照{0}的规定，经自愿申报、形式审查、专家评议和集体审议，{1}有关结果已经确定。",
)
POLICIES = (
    *("“十四五”规划纲要", "优化营商环境条例", "创新驱动发展战略", "京津冀协同发展规划"),
    *("高质量发展行动计划", "质量提升三年行动", "放管服改革要求", "知识产权强国建设纲要"),
    *("审评审批制度改革意见", "安全生产专项整治方案", "数字化转型实施意见", "人才强市工程"),
)
TASKS = (
    "申报主体应当在本市依法登记满{n}年，具有独立法人资格，近三年内无严重违法失信记录，{s}收入占比不低于{p}%。",
    "本次安排{s}项目{n}项，单项支持不超过{a}万元，由主管部门审核推荐，每个单位限报一项。",
    "重点围绕{s}的关键环节，突破共性技术{n}项以上，形成可复制的标准规范{p}个。",
    "承担单位须在{d}前签订任务合同书，明确阶段目标，配套资金到位率不得低于{p}%。",
    "对{s}生产场地开展现场核查，抽样{n}批次，发现的问题应在{p}个工作日内整改到位。",
    "鼓励有条件的园区建设{s}公共服务平台，服务企业数量达到{a}家以上的优先推荐。",
    "统计口径以{d}为截止时点，涉及{s}的指标由{n}个报送单位分别填报，并附佐证材料。",
    "已获得其他市级财政资金支持的{s}内容不得重复申报，一经发现追回全部资金并通报。",
    "培训采取线上线下结合方式，设{n}个分会场，每场不超过{p}人，请提前报送参训人员名单。",
    "专家组由{n}名成员组成，其中从事{s}研究的不少于{p}%，实行回避制度。",
    "公示期为{n}个工作日，对{s}名单有异议的，可以书面方式实名反映，并提供必要的证明。",
    "各单位应建立{s}工作台账，按月更新，重大事项在{p}小时内报告。",
    "经费实行专款专用，{s}设备购置费比例不超过{p}%，劳务费据实列支，结余按规定收回。",
    "验收材料包括总结报告、审计报告和查新报告，{s}成果应标注项目编号第{a}号。",
    "对首次开展{s}的企业，按照实际投入给予{p}%的补助，最高{a}万元。",
    "修订后的{s}目录共{n}类{a}个条目，其中新增{p}个，自{d}起施行。",
)
ENDINGS = (
    "请于{d}前将材料一式两份报送我单位，逾期不再受理，电子版同时发送至指定邮箱。",
    "联系人：{s}工作组，电话：010-1{a:07d}，传真同号，工作日接听。",
    "本通知自印发之日起执行，此前有关{s}的规定与本通知不一致的，以本通知为准。",
    "执行中遇到的问题，请及时向{s}工作专班反馈，联系电话022-1{a:07d}。",
)
NUMERALS = "一二三四五六七八九十"
CHANGED = (
    "补充说明：因材料准备时间较紧，{s}的报送时间顺延至{d}，其余要求不变，已报送的单位可以补正。"
)


class Writer:
    """Writes one notice after another from one source of chance."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def title(self, issuer: str, number: int) -> tuple[str, str]:
        """A title, and its subject. The number makes it the only one of its kind."""
        random = self.random
        subject = random.choice(SUBJECTS)
        act = random.choice(ACTS).format(subject)
        forms = (
            f"{issuer}关于{act}的通知（第{number}号）",
            f"关于{act}的通知（{2021}年第{number}批）",
            f"{issuer}办公室关于{act}有关事项的公告（{number}）",
            f"关于{act}的函〔2021〕{number}号",
            f"{act}（第{number}期）",
        )
        return random.choice(forms), subject

    def body(self, subject: str, issuer: str, published: datetime) -> str:
        """Neutral HTML: paragraphs, sometimes a table or a list."""
        random = self.random
        policy = random.choice(POLICIES)
        parts = [random.choice(WHOM), random.choice(OPENINGS).format(policy, subject)]
        tasks = random.sample(TASKS, random.randint(2, 6))
        for numeral, task in zip(NUMERALS, tasks, strict=False):
            parts.append(f"{numeral}、{self.fill(task, subject, published)}")
        ending = self.fill(random.choice(ENDINGS), subject, published)
        html = "".join(f"<p>{part}</p>" for part in parts)
        if random.random() < 0.25:
            html += self.table(subject)
        day = f"{published.year}年{published.month}月{published.day}日"
        return (
            f"{html}<p>{ending}</p>"
            f'<p style="text-align: right">{issuer}</p><p style="text-align: right">{day}</p>'
        )

    def table(self, subject: str) -> str:
        """A small table of invented companies."""
        random = self.random
        rows = "".join(
            f"<tr><td>{n}</td><td>{random.choice('宏瑞康泰博远新恒')}{random.choice('达源生创科盛')}"
            f"{subject[:4]}有限公司</td><td>{random.randint(20, 900)}</td></tr>"
            for n in range(1, random.randint(4, 9))
        )
        return f"<table><tr><td>序号</td><td>单位名称</td><td>金额（万元）</td></tr>{rows}</table>"

    def change(self, subject: str, published: datetime) -> str:
        """A paragraph that a publisher adds to a page later."""
        return f"<p>{self.fill(CHANGED, subject, published)}</p>"

    def fill(self, sentence: str, subject: str, published: datetime) -> str:
        """A sentence with numbers and a day of its own."""
        random = self.random
        day = published + timedelta(days=random.randint(12, 60))
        return sentence.format(
            s=subject,
            n=random.randint(2, 29),
            p=random.randint(3, 88),
            a=random.randint(20, 9900),
            d=f"{day.year}年{day.month}月{day.day}日",
        )


def pick(random: Random, weights: Sequence[tuple[str, float]]) -> str:
    """One of some words by weight."""
    words, numbers = zip(*weights, strict=True)
    return str(random.choices(words, numbers)[0])
