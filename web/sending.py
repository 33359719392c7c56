"""Sending messages: by SMTP when the court has a server for it, else only into the letterbox page.

A text message goes out as mail to the court's gateway, `<number>@<gateway>`: `ODR_SMTP_URL=…?sms=<gateway>`.
"""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import parse_qs, unquote, urlsplit

from odr import clock
from odr.db import get, lock
from odr.settings import Settings
from odr.tables.people import Message
from web.beside import beside
from web.jobs import Work, handles

PATIENCE = 20  # seconds; the outbox tries again


@handles("message.send")
def send(work: Work) -> None:
    """Send one message. A repeat carries the same Message-ID, so a reader sees it once."""
    with work.db.reading() as s:
        message = get(s, Message, work.fields["message"])
    if message.sent_at:
        return
    failure = ""
    if work.settings.smtp_url:
        if message.channel == "sms" and not gateway(work.settings):
            failure = "no-gateway"  # trying again would not help; the staff must see it
        else:
            deliver(work.settings, letter(message, work.settings))
    with work.db.transaction() as s:
        row = lock(s, Message, message.id)
        row.sent_at, row.failure = None if failure else work.now(), failure
        s.add(row)


def gateway(settings: Settings) -> str:
    """The host that turns mail into text messages, if the court has one."""
    return parse_qs(urlsplit(settings.smtp_url).query).get("sms", [""])[0]


def letter(message: Message, settings: Settings) -> EmailMessage:
    """The mail of a message: in Chinese, and beside it in the language of its reader."""
    mail = EmailMessage()
    mail["From"] = settings.mail_from
    mail["To"] = message.destination + ("" if message.channel == "mail" else f"@{gateway(settings)}")
    other = beside(message, message.locale)
    mail["Subject"] = f"{message.subject} / {other.subject}" if other else message.subject
    mail["Date"] = format_datetime(clock.court_time(message.created_at))
    mail["Message-ID"] = f"<{message.id}@{settings.mail_from.partition('@')[2]}>"
    link = f"\n\n{settings.origin}{message.about}" if message.about else ""
    mail.set_content(message.body + (f"\n\n{other.body}" if other else "") + link)
    return mail


def deliver(settings: Settings, mail: EmailMessage) -> None:
    """Hand a mail to the court's server: `smtps:` from the first byte under TLS, `smtp:` by STARTTLS."""
    url = urlsplit(settings.smtp_url)
    context = ssl.create_default_context()
    host = url.hostname or "localhost"
    if url.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, url.port or 465, timeout=PATIENCE, context=context)
    else:
        server = smtplib.SMTP(host, url.port or 587, timeout=PATIENCE)
    with server:
        if url.scheme == "smtp":
            server.starttls(context=context)
        if url.username:
            server.login(unquote(url.username), unquote(url.password or ""))
        server.send_message(mail)
