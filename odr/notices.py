"""Words to a person outside the platform: one message for each way to reach them, sent after commit.

A message says its words in Chinese, the court's language. It also keeps the sentence with its blanks and
what fills them, so that the edge can say the same beside it in the language of the reader.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from odr import db, outbox
from odr.facts import words
from odr.rules.law import Words
from odr.tables.disputes import Dispute, Party
from odr.tables.people import Account, Court, Message

Reader = Account | Party | str
Filling = str | int | date | Words

CHINESE = "zh_CN"


def tell(
    s: Session, whom: Reader, subject: str, body: str, *, about: str = "", at: datetime, **fields: Filling
) -> list[Message]:
    """Write to an account, to a party with its agent, or to a bare telephone number or mail address.

    `%(name)s` in subject and body is filled with the field of that name.
    """
    told = {name: _zh(value) for name, value in fields.items()}
    messages = [
        Message(
            account_id=account_id,
            channel="mail" if "@" in destination else "sms",
            destination=destination,
            subject=subject % told if told else subject,
            body=body % told if told else body,
            about=about,
            locale=locale,
            told={"subject": subject, "body": body, "fields": {n: _kept(v) for n, v in fields.items()}},
            created_at=at,
        )
        for destination, (account_id, locale) in _destinations(s, whom).items()
    ]
    s.add_all(messages)
    s.flush()
    for message in messages:
        outbox.add(s, "message.send", key=message.id, message=message.id)
    return messages


def _zh(value: Filling) -> object:
    match value:
        case Words():
            return value.zh
        case datetime():
            return words.moment(value)
        case date():
            return words.day(value)
    return value


def _kept(value: Filling) -> Any:
    """As JSON that still knows what it is."""
    match value:
        case Words():
            return {"zh_CN": value.zh, "ko": value.ko, "en": value.en}
        case datetime():
            return {"moment": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
    return value


def _destinations(s: Session, whom: Reader) -> Mapping[str, tuple[str | None, str]]:
    """Where to write, whose letterbox that is, and in which language beside Chinese."""
    if isinstance(whom, str):
        return {whom: (None, CHINESE)}
    if isinstance(whom, Account):
        return {way: (whom.id, whom.locale) for way in (whom.phone, whom.email) if way}
    account = s.get(Account, whom.account_id) if whom.account_id else None
    own = (whom.account_id, account.locale if account else _language_of_court(s, whom))
    found = {way: own for way in (whom.phone, whom.email) if way}
    for account_id in filter(None, (whom.account_id, whom.agent_account_id)):
        reader = s.get(Account, account_id)
        found |= _destinations(s, reader) if reader else {}
    return found


def _language_of_court(s: Session, party: Party) -> str:
    """Of somebody who has not come in yet nothing is known but their court: a bilingual one adds Korean."""
    court = db.get(s, Court, db.get(s, Dispute, party.dispute_id).court_id)
    return "ko" if court.settings.get("bilingual") else CHINESE
