"""What the functions of the verbs refuse, in the words of the desk.

They speak to a terminal, in English and with the verbs to type. What no line here knows is shown
as it is, behind a few words of Chinese.
"""

from __future__ import annotations

import re

_LINES: tuple[tuple[str, str], ...] = (
    (r"entry (\d+) is dropped already", r"编号 \1 已经删去。"),
    (r"entry (\d+) is dropped; restore it first", r"编号 \1 已删去，请先恢复。"),
    (r"entry (\d+) is not pinned", r"编号 \1 没有置顶。"),
    (r"no dropped entry '(\d+)'.*", r"编号 \1 没有被删去。"),
    (r"the (?:note|title|reason) has (\d+) characters; at most (\d+)", r"写了 \1 字，至多 \2 字。"),
    (r"there is no group .*", "没有这个分组。"),
    (r"there is no chapter .*", "没有这个篇章。"),
    (r"say where to: .*", "请写要移到哪里。"),
    (r"what was done there cannot be undone.*", "这一步不能撤销。"),
    (r"an issue can wait until .* within (\d+) days from now", r"时间要在今后 \1 天之内。"),
    (r"issue (\S+) has gone out and is not changed any more.*", r"\1 已发出，不能再改。"),
    (r"issue (\S+) was skipped;.*", r"\1 已跳过，条目在下一期。"),
    (r"issue (\S+) is not recorded.*", r"\1 没有编过。"),
    (r"issue (\S+) waits for its editor until (.+?); send it now.*", r"\1 待审到 \2，还没有发出。"),
    (r"say in 1 to (\d+) characters what is corrected.*", r"更正说明要写 1 到 \1 字。"),
    (r"there is no entry (.+?) in issue (\S+);.*", r"\2 里没有条目 \1。"),
    (r"(\S+) is subscribed already .*", r"\1 已经是读者。"),
    (r"(\S+) is not subscribed; .*", r"\1 不是读者。"),
    (r"'(.*)' is not a mail address; .*", r"“\1”不是邮箱地址。"),
    (r"name .* contains control characters.*", "姓名里有不能用的字符。"),
    (r"(\S+) is the last operator; .*", r"\1 是最后一位管理，不能停用；请先邀请另一位。"),
    (r"--(\w+): (.+?) is not one of (.+)", r"\1：没有“\2”，可用 \3。"),
    (r"the immediate pace needs an occasion.*", "即时发送要有关键词、主题或截止天数。"),
    (r"the file is neither UTF-8 nor GBK.*", "文件既不是 UTF-8 也不是 GBK，请另存为 CSV UTF-8。"),
    (r".*the first line must name the columns.*", "第一行要写列名：address,name,…"),
    (r".*line 1: '(.*)' is no column; use (.+)", r"没有列“\1”，可用 \2。"),
    (r".*line (\d+): more cells than columns", r"第 \1 行的格数多于列数，什么都没有导入。"),
    (r"(\S+) stands on line (\d+) already", r"\1 在第 \2 行已有。"),
    (
        r"no site of the catalogue has the host (\S+);.*",
        r"来源目录里没有 \1 这个网站，请先添加网站。",
    ),
    (r"no site '(.*)'; known sites: .*", r"没有来源“\1”。"),
    (r"no answer within (\d+) s; .*", r"\1 秒内没有答复，请稍后再试。"),
    (r"the crawl ended with exit code (\d+)", r"读取中途出错（\1），见日志。"),
    (r"(\S+): no rows could be read; .*", r"\1 读不出列表。"),
    (r"'(.*)' is not a whole http.* address", r"“\1”不是完整的网址。"),
    (r"WeChat has no lists; .*", "微信没有列表页；请配置订阅中继，或按网址添加单篇文章。"),
    (r"there is no task (\d+)", r"没有事项 \1。"),
    (r"there is no notice (\d+)", r"没有编号 \1 的通知。"),
)
_KNOWN = tuple((re.compile(pattern, re.DOTALL), words) for pattern, words in _LINES)
_LONGEST = 400
"""Characters of a message that are read: what somebody typed stands in it, of any length."""
_OF_A_LINE = re.compile(r"line (\d+): (.*)", re.DOTALL)


def chinese(message: str) -> str:
    """The refusal in Chinese; that of a line of a file with its number."""
    message = message[:_LONGEST]
    for pattern, words in _KNOWN:
        match = pattern.fullmatch(message)
        if match is not None:
            return match.expand(words)
    if match := _OF_A_LINE.fullmatch(message):
        return f"第 {match[1]} 行：{chinese(match[2])}"
    return message if re.search("[一-鿿]", message) else f"没有做成：{message}"
