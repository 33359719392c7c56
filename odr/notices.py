"""Words to a person outside the platform: one message for each way to reach them, sent after commit."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from odr import outbox
from odr.tables.disputes import Party
from odr.tables.people import Account, Message

Reader = Account | Party | str


def tell(
    s: Session, whom: Reader, subject: str, body: str, *, about: str = "", at: datetime
) -> list[Message]:
    """Write to an account, to a party with its agent, or to a bare telephone number or mail address."""
    messages = [
        Message(
            account_id=account_id,
            channel="mail" if "@" in destination else "sms",
            destination=destination,
            subject=subject,
            body=body,
            about=about,
            created_at=at,
        )
        for destination, account_id in _destinations(s, whom).items()
    ]
    s.add_all(messages)
    s.flush()
    for message in messages:
        outbox.add(s, "message.send", key=message.id, message=message.id)
    return messages


def _destinations(s: Session, whom: Reader) -> dict[str, str | None]:
    """Where to write, and whose letterbox that is."""
    if isinstance(whom, str):
        return {whom: None}
    if isinstance(whom, Account):
        return {way: whom.id for way in (whom.phone, whom.email) if way}
    found: dict[str, str | None] = {way: whom.account_id for way in (whom.phone, whom.email) if way}
    for account_id in filter(None, (whom.account_id, whom.agent_account_id)):
        account = s.get(Account, account_id)
        found |= _destinations(s, account) if account else {}
    return found
