"""How a text says that a day is a last day: 之前, 截止, 延长至, labels before days and spans.

Texts have their widths folded; runs of spaces are bounded, so that none costs more than its length.
"""

from __future__ import annotations

import re

_CLOCK = r"(?:[0-9]{1,2}\s?(?:[:时点])\s?(?:[0-9]{2}\s?分?|整)?)?"
UNTIL = re.compile(
    r"\s*+\)?\s*+(?:\([^()]{1,12}\))?\s*+(?:上午|下午|中午|晚上?|凌晨)?\s*+"
    rf"{_CLOCK}\s*+(?:下班|工作时间|午夜|24时)?\s*+(?:系统)?(?:届时|自动)?"
    r"(?P<word>之前|以前|前|为止|截止|截至|止|结束|以内|关闭|锁定|为最后[期时]限|为准)"
)
CLOSES = ("关闭", "锁定", "截止", "截至", "为最后期限", "为最后时限", "为准")
POSTMARK = re.compile(r"邮戳|寄出")
_DUE_WORD = (
    r"(?:截[止至稿标]|期限届满|届满|结束|最后[期时]限|[最至][迟晚]|"
    r"不[迟晚]于|不得[迟晚]于|不得超过)"
)
DUE_BEFORE = re.compile(
    rf"{_DUE_WORD}(?:的)?(?:日期|时间|期限|日|到|至)?(?:为|是|:|到|至|于|在|不得超过){{0,3}}"
    r"\s{0,4}(?:\(?北京时间\)?\s{0,4})?$"
)
DUE_LABEL = re.compile(
    r"(?:截[止至稿标]|届满|结束)(?:的)?(?:日期|时间|期限|日)|最后[期时]限|[最至][迟晚]|不得?[迟晚]于|不得超过"
)
TIME_LABEL = re.compile(r"(?:时间|时限|期限|日期|要求|安排)[^,。;]{0,4}:?\s{0,4}$")
EXTENDED = re.compile(r"(?:延期|延长|顺延|推迟|延)(?:到|至)\s{0,4}$")
OPEN_UNTIL = re.compile(r"(?:起|期|期限|时间|时限)(?:为|:|是){0,2}\s{0,4}(?:至|到)\s{0,4}$")
COUNTED = re.compile(r"(?:^|[,。;:、])\s{0,4}截[止至](?:到|至)?\s{0,4}$")
SPAN_LABEL = re.compile(
    r"(?:公示|征求意见|征集|申报|受理|报名|反馈|提交|缴费|填报|网上|截止|开放|申请|报送|办理|起止|获取|揭榜|推荐|提出意见)"
    r"[^,。;]{0,10}?(?:期限|时限|时间|日期|期|期间)(?:为|是|:|自|从|在|于|即|\s){0,4}$"
)
AFTER_TERM = re.compile(r"(?:个?工作日)?\s?(?:后|起|以后|以上|满)")
NOT_THIS_DAY = re.compile(
    r"收到|接到|知道|受理|批准|签|下达|送达|授权|决定书|通知书|申请之|完成|过渡|有效|试行|施行|保护"
)
PERFORMS = re.compile(r"现|本次|此次|拟(?:对|将|同意|认定|支持)|自即日|即日起|一并")
