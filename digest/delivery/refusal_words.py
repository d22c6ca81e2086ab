"""The words with which mail servers refuse, in English and Chinese, by what they are about.

Patterns are searched in text without addresses and links, so that neither speaks for the server.
"""

from __future__ import annotations

import re

__all__ = ["FULL", "GONE", "LARGE", "LIMITED", "LIMITED_NETEASE", "NETEASE", "OURS", "SENDING"]


def _any(*words: str) -> str:
    return f"(?:{'|'.join(words)})"


_MAILBOX = _any(
    *("user", "mail ?box", "in-?box", "recipient", "rcpt", "account", "address(?:ee)?", "alias"),
    *("customer", "e-?mail", "用户", "用戶", "使用者", "邮箱", "郵箱", "信箱", "收件人", "收件方"),
    *("收信人", "地址", "账号", "帐号", "账户", "帐户", "帳號", "帳戶"),
)
_ABSENT = _any(
    *("unknown", "not (?:be )?found", "(?:do|does|did)(?: not|n['’]?t) (?:exist|have)", "dosn't"),
    *("not exist", "non-?exist", "invalid", "not valid", "no longer", "disabled", "deactivated"),
    *("inactive", "not active", "discontinued", "unavailable", "closed", "terminated", "deleted"),
    *("suspended", "locked", "removed", "expired", "not (?:a )?local", "not known", "not listed"),
    *(
        "not recogni[sz]ed",
        "not allowed",
        "lookup failed",
        "rejected$",
        "不存在",
        "不正确",
        "不正確",
    ),
    *(
        "无效",
        "無效",
        "停用",
        "注销",
        "註銷",
        "禁用",
        "冻结",
        "凍結",
        "未找到",
        "找不到",
        "没有找到",
    ),
    *("已删除", "已刪除", "未注册", "已关闭", "已失效", "有误", "错误", "錯誤"),
)
_NO_MAILBOX = _any(
    f"no (?:such )?{_MAILBOX}",
    "no such (?:person|name)",
    "no mailbox here",
    f"(?:unknown|invalid) (?:local.?part|{_MAILBOX})",
    *("not our customer", "unrout(?:e)?able", "RecipNotFound", "RecipientNotFound"),
    f"(?:无此|無此|没有此|没有该|没有这个|查无此|不存在该|不存在此){_MAILBOX}?",
)
# What is spoken of and what is said of it stand close to each other.
GONE = re.compile(rf"{_NO_MAILBOX}|{_MAILBOX}[^。;]{{0,40}}?{_ABSENT}", re.IGNORECASE)

LARGE = re.compile(
    _any(
        *(r"(?:message|mail|file|data|content) ?size\b", "mailsize", "too (?:large|big)"),
        "too much (?:mail |message )?data",
        *("大小", "过大", "太大", "過大", "超大"),
    ),
    re.IGNORECASE,
)

FULL = re.compile(
    _any(
        *(r"\bfull\b", "quota", "insufficient (?:system )?storage", "out of (?:storage|space)"),
        *(
            "no space",
            "mailbox size",
            "storage limit",
            "容量",
            "已满",
            "已滿",
            "空间",
            "空間",
            "配额",
        ),
    ),
    re.IGNORECASE,
)
# A quota of ours, not of the mailbox.
SENDING = re.compile(r"send|daily|hourly|per day|per hour|发|發", re.IGNORECASE)

LIMITED = re.compile(
    _any(
        *("frequen", r"\brate\b", r"\blimit", "throttl", "exceed", "try(?:ing)? again", "retry"),
        *("too (?:many|much|fast|frequent|often|quick)", r"\blater\b", "temporar", "transient"),
        *(
            "gr[ae]ylist",
            r"\bbusy\b",
            "overload",
            "concurren",
            "quota",
            "频率",
            "頻率",
            "频繁",
            "頻繁",
        ),
        *(
            "过快",
            "太快",
            "過快",
            "过多",
            "太多",
            "過多",
            "限制",
            "上限",
            "限额",
            "限流",
            "超限",
            "并发",
        ),
        *("稍后", "稍候", "稍後", "重试", "重試", "暂时", "暫時", "繁忙", "系统忙", "灰名单"),
    ),
    re.IGNORECASE,
)

OURS = re.compile(
    _any(
        *(r"(?:block|deny|black)[ -]?list", r"\bblack", r"\bblock(?:ed|ing)\b", r"\bbanned\b"),
        *(r"\b(?:dns|r|s)bl\b", "spamhaus", "reputation", "spam", r"\bjunk", "virus", "malware"),
        *("phish", "unsolicited", r"\bcontents?\b", r"\bpolic", "prohibit", "forbidden", "denied"),
        *("authori[sz]", "authenti", r"\b(?:spf|dkim|dmarc|ptr|helo|ehlo)\b", "reverse dns"),
        *(r"\brelay", r"\bsender", r"\bheader", "mail from", "from address", "suspicio", "suspect"),
        *("by recipient", r"\bips? (?:is|was|has|address|not|rejected)", r"\battachment"),
        *(
            "黑名单",
            "黑名單",
            "拦截",
            "攔截",
            "屏蔽",
            "垃圾",
            "病毒",
            "内容",
            "內容",
            "违规",
            "違規",
            "违法",
        ),
        *(
            "敏感",
            "策略",
            "信誉",
            "信譽",
            "认证",
            "認證",
            "授权",
            "授權",
            "中继",
            "中繼",
            "发件",
            "發件",
        ),
        *("发信", "發信", "寄件", "可疑", "拒收", "拒绝接收", "拒絕接收", "防火墙", "诈骗", "附件"),
    ),
    re.IGNORECASE,
)

# NetEase says two letters, a colon and three letters: what of ours was too much, or too bad.
NETEASE = re.compile(r"\b[A-Z]{2}:([A-Z]{3})\b")
LIMITED_NETEASE = frozenset(
    {"CEL", "CCL", "DMC", "DRC", "SFQ", "QRC", "TRC", "RCL", "STC", "ICC", "IFC", "REP", "MEP"}
)
