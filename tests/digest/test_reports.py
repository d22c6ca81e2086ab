"""Reports of failed mails as programs and providers write them, and what only looks like one."""

from __future__ import annotations

import base64
import quopri

import pytest

from digest.inbound.incoming_mail import BounceReport, UnsubscribeRequest, read_message

ID = "<zhengxun.2021-w06.issue2.to7.pggmlqagiymu36ye3shyimfx@example.com>"
STATUS = (
    "Reporting-MTA: dns; mx.corp.example\r\n\r\nFinal-Recipient: rfc822; gone@corp.example\r\n"
    "Action: failed\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 user unknown\r\n"
)
HEADERS = f"To: gone@corp.example\r\nSubject: x\r\nMessage-ID: {ID}\r\n"


def coded(text: str, how: str) -> str:
    """The body of a part in a transfer encoding."""
    raw = text.encode()
    if how == "base64":
        return base64.encodebytes(raw).decode().replace("\n", "\r\n")
    if how == "quoted-printable":
        # Everything that may be coded is: some gateways do.
        return "".join(f"={byte:02X}" if chr(byte) in ":;@" else chr(byte) for byte in raw)
    if how == "qp folded":
        return quopri.encodestring(raw).decode().replace("Status: 5.1.1", "Status: 5.1=\r\n.1")
    return text


def report(
    status: str = STATUS,
    how: str = "7bit",
    kind: str = "message/delivery-status",
    head: str = "text/rfc822-headers",
    head_how: str = "7bit",
) -> bytes:
    """A report in three parts."""
    named = "quoted-printable" if how == "qp folded" else how
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.corp.example\r\nTo: news@example.com\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nI'm sorry.\r\n\r\n"
        f"--b\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: {named}\r\n\r\n"
        f"{coded(status, how)}\r\n--b\r\nContent-Type: {head}\r\n"
        f"Content-Transfer-Encoding: {head_how}\r\n\r\n{coded(HEADERS, head_how)}\r\n--b--\r\n"
    ).encode()


@pytest.mark.parametrize("how", ["7bit", "8bit", "base64", "quoted-printable", "qp folded"])
@pytest.mark.parametrize(
    "kind",
    [
        "message/delivery-status",
        "message/global-delivery-status",
        "Message/Delivery-Status; name=details.txt",
        "\r\n message/delivery-status",
        "message/delivery-status; charset=utf-8",
    ],
)
@pytest.mark.parametrize(
    ("head", "head_how"),
    [
        ("text/rfc822-headers", "7bit"),
        ("text/rfc822-headers", "base64"),
        ("message/rfc822", "7bit"),
        ("message/rfc822", "base64"),
        ("message/global", "quoted-printable"),
        ("message/global-headers", "base64"),
        ('application/octet-stream; name="mail.eml"', "base64"),
    ],
)
def test_a_report_is_read_in_every_encoding(how: str, kind: str, head: str, head_how: str) -> None:
    found = read_message(report(how=how, kind=kind, head=head, head_how=head_how))
    assert isinstance(found, BounceReport)
    assert (found.kind, found.message_id, found.recipient) == ("hard", ID, "gone@corp.example")
    assert found.reply == "5.1.1 550 5.1.1 user unknown"


@pytest.mark.parametrize(
    ("fields", "recipient", "kind"),
    [
        (
            "Original-Recipient: utf-8;用户@例子.公司\r\nFinal-Recipient: utf-8;x@y.cn\r\n"
            "Action: failed\r\nStatus: 5.1.1",
            "用户@例子.公司",
            "hard",
        ),
        (
            "Final-Recipient: utf-8; \\x{7528}\\x{6237}@corp.example\r\nAction: failed\r\n"
            "Status: 5.1.6",
            "用户@corp.example",
            "hard",
        ),
        (
            "Final-Recipient: RFC822;gone@corp.example\r\nAction: FAILED\r\nStatus: 5.1.10\r\n"
            "Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found by SMTP",
            "gone@corp.example",
            "hard",
        ),
        (
            "Final-Recipient: rfc822;gone@corp.example\r\nAction: failed\r\nStatus: 5.0.0\r\n"
            "Diagnostic-Code: smtp;550 Mailbox not found. http://service.mail.qq.com/cgi-bin/help",
            "gone@corp.example",
            "hard",
        ),
        (
            "Final-Recipient: rfc822;gone@corp.example\r\nAction: failed\r\nStatus: 5.4.1\r\n"
            "Diagnostic-Code: smtp;550 5.4.1 Recipient address rejected: Access denied. AS(2018)",
            "gone@corp.example",
            "hard",
        ),
        (
            "Final-Recipient: rfc822;full@corp.example\r\nAction: failed\r\nStatus: 5.2.2\r\n"
            "Diagnostic-Code: smtp;554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:Quota",
            "full@corp.example",
            "soft",
        ),
        (
            "Final-Recipient: rfc822;li@qq.com\r\nAction: failed\r\nStatus: 5.1.1\r\n"
            "Diagnostic-Code: smtp;550 Ip frequency limited.",
            "li@qq.com",
            "soft",
        ),
        (
            "Final-Recipient: rfc822;li@163.com\r\nAction: failed\r\nStatus: 5.0.0\r\n"
            "Diagnostic-Code: smtp; 554 DT:SPM 163 smtp11",
            "li@163.com",
            "soft",
        ),
        ("Final-Recipient: rfc822;li@163.com\r\nStatus: 5.1.1", "li@163.com", "hard"),
    ],
)
def test_what_a_report_says_of_the_recipient(fields: str, recipient: str, kind: str) -> None:
    found = read_message(report(f"Reporting-MTA: dns; x\r\n\r\n{fields}\r\n"))
    assert isinstance(found, BounceReport)
    assert (found.recipient, found.kind) == (recipient, kind)


def mail(
    subject: str,
    body: str,
    sender: str = "MAILER-DAEMON@mx.example",
    charset: str = "utf-8",
    kind: str = "plain",
    **headers: str,
) -> bytes:
    """A mail of one part, as base64 in its charset."""
    lines = {"From": sender, "To": "news@example.com", "Subject": subject}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(
        f"{name}: =?{charset}?B?{base64.b64encode(value.encode(charset)).decode()}?=\r\n"
        if not value.isascii()
        else f"{name}: {value}\r\n"
        for name, value in lines.items()
    )
    content = base64.encodebytes(body.encode(charset)).decode()
    return (
        f"{head}MIME-Version: 1.0\r\nContent-Type: text/{kind}; charset={charset}\r\n"
        f"Content-Transfer-Encoding: base64\r\n\r\n{content}"
    ).encode()


OWN_WORDS = {
    "QQ": (
        "系统退信",
        "PostMaster@qq.com",
        "<html><body><p>很抱歉您发送的邮件被退回，以下是该邮件的相关信息：</p><table><tr><td>主题：</td>"
        "<td>政讯周报</td></tr><tr><td>收件人：</td><td>gone@qq.com</td></tr></table><p>退信原因："
        "收件人邮件地址（gone@qq.com）不存在，邮件无法送达。</p><p>host mx3.qq.com said: 550 "
        "Mailbox not found. http://service.mail.qq.com/cgi-bin/help</p><p>解决方案：如对方邮箱已满，请稍后再试</p>",
        "hard",
    ),
    "QQ content": (
        "系统退信",
        "PostMaster@qq.com",
        "<p>您的邮件被退回</p><p>退信原因：550 Mail content denied.</p><p>gone@qq.com</p>",
        "soft",
    ),
    "163": (
        "系统退信/Delivery failure",
        "Postmaster@163.com",
        "<p>抱歉，您的邮件未能送达</p><p>收件人：gone@163.com</p><p>退信代码：550 User not found: "
        "gone@163.com</p>",
        "hard",
    ),
    "Exmail": (
        "退信通知",
        "mailer-daemon@exmail.qq.com",
        "<p>无法发送到 gone@corp.example</p><p>退信原因： 该收件人的邮箱不存在</p>",
        "hard",
    ),
    "Exmail full": (
        "退信通知",
        "mailer-daemon@exmail.qq.com",
        "<p>无法发送到 gone@corp.example</p><p>退信原因： 对方邮箱容量已满</p>",
        "soft",
    ),
    "Aliyun": (
        "退信：政讯周报",
        "postmaster@aliyun.com",
        "您的邮件无法投递到以下收件人：\ngone@corp.example\n"
        "失败原因：554 RCPT (gone@corp.example) dosn't exist",
        "hard",
    ),
    "Coremail": (
        "系统退信",
        "postmaster@corp.example",
        "邮件投递失败\n收件人 gone@corp.example\n错误信息：550 无此用户",
        "hard",
    ),
    "qmail": (
        "failure notice",
        "MAILER-DAEMON@mx.example",
        "Hi. This is the qmail-send program at mx.example.\nI'm afraid I wasn't able to deliver.\n"
        "<gone@corp.example>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n"
        "--- Below this line is a copy of the message.\n\nReceived: x\nSubject: 邮箱已满",
        "hard",
    ),
    "Exim": (
        "Mail delivery failed: returning message to sender",
        "Mailer-Daemon@host.example",
        "A message that you sent could not be delivered to one or more of its recipients.\n"
        "  gone@corp.example\n    host mx.corp.example [192.0.2.1]\n"
        "    SMTP error from remote mail server after RCPT TO:<gone@corp.example>:\n"
        "    550 5.1.1 <gone@corp.example>: Recipient address rejected: User unknown\n",
        "hard",
    ),
    "Exchange in words": (
        "未传递: 政讯周报",
        '"Microsoft Outlook" <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@corp.example>',
        "传递到以下收件人或组时失败: gone@corp.example\n找不到您输入的电子邮件地址。\n"
        "Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found'",
        "hard",
    ),
    "old Exchange": (
        "Undeliverable: digest",
        "System Administrator <postmaster@corp.example>",
        "Your message did not reach some or all of the intended recipients.\n\n"
        "'gone@corp.example' on 2021-02-12\n<mx.corp.example #5.1.1>",
        "hard",
    ),
    "black list": (
        "Undelivered Mail Returned to Sender",
        "MAILER-DAEMON@relay.example",
        "<gone@corp.example>: host mx.corp.example[203.5.1.1] said: 550 black ip. (RCPT)",
        "soft",
    ),
    "421": (
        "Delivery Status Notification (Failure)",
        "MAILER-DAEMON@relay.example",
        "gone@corp.example: 421 HL:IFC 163 smtp, too many mails, gave up",
        "soft",
    ),
}


@pytest.mark.parametrize("name", OWN_WORDS)
@pytest.mark.parametrize("charset", ["utf-8", "gb18030"])
@pytest.mark.parametrize("named_by", ["id in text", "recipient", "in reply to"])
def test_a_bounce_in_a_providers_own_words(name: str, charset: str, named_by: str) -> None:
    subject, sender, body, kind = OWN_WORDS[name]
    form = "html" if body.startswith("<") and ">" in body and "</" in body else "plain"
    shown = ID.replace("<", "&lt;").replace(">", "&gt;") if form == "html" else ID
    body = f"{body}\n{shown}" if named_by == "id in text" else body
    headers = {"In_Reply_To": ID} if named_by == "in reply to" else {}
    found = read_message(mail(subject, body, sender, charset, form, **headers))
    assert isinstance(found, BounceReport)
    assert found.kind == kind
    if named_by == "recipient":
        assert "gone@" in found.recipient or any("gone@" in other for other in found.others)
    else:
        assert found.message_id == ID


LI = "李雷 <li@corp.example>"
NO_BOUNCES = {
    "leave": mail(
        "自动回复：政讯周报",
        "本人休产假，2021年6月返回，急事请联系办公室 550 房间。",
        LI,
        Return_Path="<>",
        Auto_Submitted="auto-replied",
        In_Reply_To=ID,
    ),
    "leave without a subject of its own": mail(
        "政讯周报 2021-W06",
        "我已离职，请勿再联系此邮箱，用户不存在业务往来。",
        LI,
        Return_Path="<>",
        In_Reply_To=ID,
    ),
    "out of office": mail(
        "Out of Office: digest",
        "I am out until 5.1.2021, room 451 west, call 550 5th Avenue.",
        LI,
        Return_Path="<>",
        X_Autoreply="yes",
        In_Reply_To=ID,
    ),
    "automatic reply by Exchange": mail(
        "Automatic reply: 政讯周报",
        "I am travelling and will not be able to deliver.",
        LI,
        Auto_Submitted="auto-generated",
        X_MS_Exchange_Generated_Message_Source="Mailbox Rules",
        In_Reply_To=ID,
    ),
    "receipt in words": mail(
        "已读: 政讯周报", "您的邮件已阅读。", LI, Return_Path="<>", In_Reply_To=ID
    ),
    "receipt in English": mail("Read: digest", "Your message was read.", LI, In_Reply_To=ID),
    "deleted unread": mail(
        "Not read: digest", "Your message was deleted without being read.", LI, In_Reply_To=ID
    ),
    "challenge": mail(
        "Please confirm your message",
        "To stop spam, click here to verify you are a person.",
        "postmaster@corp.example",
        Return_Path="<>",
        In_Reply_To=ID,
    ),
    "challenge in Chinese": mail(
        "邮件验证：请确认您的身份",
        "为防止垃圾邮件，请点击链接确认，否则邮件不会投递。",
        "system@corp.example",
        Return_Path="<>",
        In_Reply_To=ID,
    ),
    "held for a moderator": mail(
        "Your message to all awaits moderator approval",
        "It is held: the sender is no member.",
        "all-bounces@lists.example",
        Precedence="bulk",
        In_Reply_To=ID,
    ),
    "late": mail(
        "Warning: message 1abc delayed 24 hours",
        f"A message has not yet been delivered. 451 4.7.1 greylisted\n"
        f"No action is required on your part.\n{ID}",
    ),
    "late in Chinese": mail(
        "邮件投递延迟", f"系统仍在尝试投递，无需重发。\n{ID}", "postmaster@qq.com"
    ),
    "arrived": mail("Successful Mail Delivery Report", f"Your mail was delivered.\n{ID}"),
    "a letter about bounces": mail(
        "退信的问题",
        "你们上次的邮件说我的邮箱用户不存在（550 5.1.1），怎么回事？",
        LI,
        In_Reply_To=ID,
    ),
    "an answer about bounces": mail("回复: 系统退信", f"请看，550 用户不存在\n> {ID}", LI),
    "a forward of a bounce": mail("Fwd: Undelivered Mail", f"550 5.1.1 unknown\n{ID}", LI),
    "a postmaster who is a person": mail(
        "Re: 政讯周报",
        "We have whitelisted you, sorry for the 550 errors.",
        "postmaster@corp.example",
        In_Reply_To=ID,
    ),
    "a forwarded report as an attachment": (
        f"From: {LI.split()[1]}\r\nTo: news@example.com\r\nSubject: see\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="m"\r\n\r\n--m\r\n'
        "Content-Type: text/plain\r\n\r\nWhat?\r\n--m\r\nContent-Type: message/rfc822\r\n\r\n"
    ).encode()
    + report()
    + b"\r\n--m--\r\n",
    "receipt": (
        f"Return-Path: <>\r\nFrom: li@corp.example\r\nSubject: read\r\nIn-Reply-To: {ID}\r\n"
        "MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=disposition-notification;"
        ' boundary="q"\r\n\r\n--q\r\nContent-Type: text/plain\r\n\r\nread\r\n--q\r\n'
        "Content-Type: message/disposition-notification\r\n\r\nFinal-Recipient: rfc822; x@y.cn\r\n"
        f"Original-Message-ID: {ID}\r\nDisposition: manual-action; displayed\r\n\r\n--q--\r\n"
    ).encode(),
    "a report of success": report(STATUS.replace("failed", "delivered").replace("5.1.1", "2.1.5")),
    "a report of delay": report(STATUS.replace("failed", "delayed"), "base64"),
}


@pytest.mark.parametrize("name", NO_BOUNCES)
def test_answers_receipts_challenges_and_letters_are_no_bounces(name: str) -> None:
    found = read_message(NO_BOUNCES[name])
    assert not isinstance(found, (BounceReport, UnsubscribeRequest))
