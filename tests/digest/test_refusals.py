"""Refusals of providers, told apart by whom they are about: the mailbox, the mail, or us."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlite_utils import Database

from digest.alerts.mail_rules import review_mails
from digest.delivery.deliver import deliver
from digest.delivery.refusals import is_about_us, is_hard, reason_of
from digest.delivery.sink import Sink
from digest.delivery.smtp_client import SmtpSettings
from storage.issues.issues import record_issue
from storage.models import IssueRecord
from storage.operation.alarms import open_alarms, unsent
from storage.readers import deliveries, subscribers
from tests.digest.conftest import Clock
from tests.digest.samples import INSTANT, week_digest

# As QQ, NetEase, Exmail, Aliyun, Gmail, Yahoo, Exchange, Exim, Postfix and qmail write them.
SAID = {
    "gone": [
        "550 5.1.1 no such mailbox",
        "550 No such user here",
        "553 mailbox name not allowed",
        "550 5.2.1 mailbox disabled",
        "550 User not found",
        "550 Mailbox not found. http://service.mail.qq.com/cgi-bin/help?subtype=1&no=1000728",
        "550 Invalid User",
        "550 User suspended",
        "550 RCPT (li@126.com) dosn't exist",
        "550 user not exist",
        "550-5.1.1 The email account that you tried to reach does not exist. Please check it",
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
        "550 5.4.1 Recipient address rejected: Access denied. [BN1NAM02.prod]",
        "550 5.5.0 Requested action not taken: mailbox unavailable",
        "550 Requested action not taken: mailbox unavailable",
        "554 delivery error: dd This user doesn't have a yahoo.com account (li@yahoo.com) [-9]",
        "550 sorry, no mailbox here by that name. (#5.1.1)",
        "550 用户不存在",
        "550 收件人不存在",
        "550 无此用户",
        "550 该邮箱已停用",
        "550 #5.1.0 Address rejected.",
        "550 5.1.1 <a@b>: Recipient address rejected: User unknown in virtual mailbox table",
        "550 Address rejected",
        "550 no mailbox by that name is currently available",
        "550 Unrouteable address",
        "551 User not local; please try <a@b>",
        "550 5.1.1 User unknown",
        "550 使用者不存在",
        "550 账号不存在或已注销",
        "553 5.1.2 We weren't able to find the recipient domain",
        "550 Unknown recipient li@aliyun.com",
    ],
    "limited": [
        "550 Ip frequency limited. http://service.mail.qq.com/detail/0/1000725",
        "550 Domain frequency limited",
        "550 Connection frequency limited",
        "550 Sender frequency limited",
        "554 MI:STC 163 smtp9,DdGowAC,http://mail.163.com/help/help_spam_16.htm",
        "550 RP:TRC 163",
        "550-5.2.1 The user you are trying to contact is receiving mail at a rate that prevents",
        "550 5.4.5 Daily user sending quota exceeded",
        "550 too many recipients",
        "550 Requested mail action not taken: too much recipient",
        "421 4.7.0 busy",
        "421 HL:IFC",
        "450 4.2.1 x",
        "550 5.1.1 frequency limited",
        "550 您的发信频率过快",
        "550 5.7.1 Our system has detected an unusual rate of unsolicited mail",
        "550 greylisted",
        "552 发送数量超过限制",
        "550 今日发送数量已达上限",
        "554 Message rate exceeded [5.1.1.20]",
        "550 Too fast, try again",
        "550 sending quota exceeded",
    ],
    "ours": [
        "550 Mail content denied. http://service.mail.qq.com/detail/122/171",
        "550 black ip.",
        "550 5.1.1 blacklisted",
        "550 Mailbox unavailable or access denied",
        "550 Suspected bounce attacks",
        "550 Mail is rejected by recipients",
        "554 DT:SPM 163 smtp",
        "554 HL:IPB",
        "550 MI:SPF",
        "550 5.7.1 rejected as spam",
        "550 5.1.8 <news@example.com>: Sender address rejected: Domain not found",
        "550 SPF check failed",
        "550 SC-001 messages from 1.2.3.4 weren't sent: block list",
        "550 邮件内容包含敏感信息",
        "550 发送方IP被列入黑名单",
        "554 5.7.1 Service unavailable; Client host [5.1.1.20] blocked using zen.spamhaus.org",
        "550 Administrative prohibition",
        "550 Relaying denied",
        "550 该用户拒绝接收您的邮件",
        "550 From header missing",
        "553 5.1.8 sender domain does not exist",
        "550 User in blacklist",
        "550 user 5.1.1@black.example is on our blacklist",
        "554 IP is rejected, smtp auth error",
    ],
    "full": [
        "552 5.2.2 mailbox full",
        "552 邮箱已满，请稍后再试",
        "452 4.2.2 The email account that you tried to reach is over quota.",
        "550 5.1.1 mailbox is full",
        "550 quota exceeded",
    ],
    "large": [
        "552 5.3.4 message too big",
        "552 message size exceeds limit",
        "552 Requested mail action aborted: exceeded mailsize limit",
        "550 邮件大小超过限制",
    ],
    "unclear": [
        "554 transaction failed",
        "550 no",
        "550 <5.1.1@corp.example>: failed",
        "550 user.5.1.1@corp.example failed",
        "550 Recipient at 203.5.1.1 failed",
        "550 5.7.1 failed",
        "550 5.4.4 no route",
    ],
}


@pytest.mark.parametrize(
    ("reply", "reason"), [(reply, reason) for reason, replies in SAID.items() for reply in replies]
)
def test_a_refusal_is_about_what_its_words_say(reply: str, reason: str) -> None:
    assert reason_of(reply) == reason
    assert is_hard(reply) == (reason == "gone")
    assert is_about_us(reply) == (reason in {"limited", "ours", "large"})


@pytest.mark.parametrize(
    ("reply", "status", "reason"),
    [
        ("550 no", "5.1.1", "gone"),
        ("550 Ip frequency limited", "5.1.1", "limited"),
        ("421 try later", "5.4.7", "limited"),
        ("", "5.2.2", "unclear"),
        ("550 User not found", "5.0.0", "gone"),
        ("550 Mail content denied", "5.0.0", "ours"),
    ],
)
def test_the_code_of_a_report_and_its_words_are_read_together(
    reply: str, status: str, reason: str
) -> None:
    assert reason_of(reply, status) == reason


def _issue(db: Database, week: int) -> IssueRecord:
    digest, shift = week_digest(), timedelta(days=7 * week)
    return record_issue(
        db,
        week=f"2021-W{week + 5:02d}",
        from_on=digest.from_on + shift,
        to_on=digest.to_on + shift,
        instant=INSTANT + shift,
        now=INSTANT + shift,
        title=digest.title,
        entries=[],
    )


LIMITS = (
    "550 Ip frequency limited. http://service.mail.qq.com/detail/0/1000725",
    "554 MI:STC 163 smtp9,DdGowAC",
    "421 HL:IFC too many",
    "550 您的发信频率过快",
)
OURS = (
    "550 Mail content denied. http://service.mail.qq.com/detail/122/171",
    "550 black ip.",
    "554 DT:SPM 163 smtp",
    "550 5.1.1 user 5.1.1@black.example is on our blacklist",
)


def test_a_limit_of_the_provider_suspends_nobody_and_is_tried_again(
    db: Database, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    said = {f"r{number}@qq.com": reply for number, reply in enumerate((*LIMITS, *OURS))}
    for address in (*said, "gone@qq.com"):
        subscribers.add_subscriber(db, address, now=INSTANT, formats=("html",))
    sink.answers |= said | {"gone@qq.com": "550 User not found"}
    for week in range(3):
        clock.instant = INSTANT + timedelta(days=7 * week)
        issue = _issue(db, week)
        for _ in range(3):
            deliver(db, issue, week_digest(), smtp=smtp, now=clock)
            clock.advance(minutes=30)
    states = {person.address: person.state for person in subscribers.list_subscribers(db)}
    assert states == dict.fromkeys(said, "active") | {"gone@qq.com": "suspended"}
    rows = deliveries.list_deliveries(db, issue.id)
    assert not any(row.bounced for row in rows if row.address != "gone@qq.com")
    tried = {row.address: (row.state, row.attempts) for row in rows}
    for address, reply in said.items():
        assert tried[address] == (("deferred", 3) if reply in LIMITS else ("refused", 1))


def test_the_operator_hears_that_the_provider_limits_us_and_not_that_readers_are_gone(
    db: Database, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    for number, reply in enumerate((LIMITS[0], LIMITS[1], *OURS)):
        subscribers.add_subscriber(db, f"r{number}@qq.com", now=INSTANT, formats=("html",))
        sink.answers[f"r{number}@qq.com"] = reply
    issue = _issue(db, 0)
    deliver(db, issue, week_digest(), smtp=smtp, now=clock)
    for _ in range(2):
        review_mails(db, now=clock())
    assert [alarm.title for alarm in unsent(db, ["mail"])] == [
        "邮件服务商限制发信频率：2 封稍后再发",
        "2021-W05 有邮件因我方原因（频率限制、黑名单、内容或大小）被拒收，不是收件人的问题",
    ]
    sink.answers.clear()
    clock.advance(minutes=30)
    deliver(db, issue, week_digest(), smtp=smtp, now=clock)
    review_mails(db, now=clock())
    assert open_alarms(db) == []


def test_who_is_limited_for_two_days_is_given_up_without_a_bounce(
    db: Database, sink: Sink, smtp: SmtpSettings, clock: Clock
) -> None:
    subscribers.add_subscriber(db, "li@qq.com", now=INSTANT, formats=("html",))
    sink.answers["li@qq.com"] = LIMITS[0]
    issue = _issue(db, 0)
    for _ in range(20):
        deliver(db, issue, week_digest(), smtp=smtp, now=clock)
        clock.advance(hours=4)
    (row,) = deliveries.list_deliveries(db, issue.id)
    assert (row.state, row.bounced) == ("refused", False)
    assert row.last_reply.startswith("gave up after 48 hours; 550 Ip frequency limited")
