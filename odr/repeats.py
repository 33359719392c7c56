"""A form sent twice is done once: its key is claimed inside the action's own transaction.

A unique index decides, not a look: two at the same moment cannot both claim.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from odr.errors import Conflict
from odr.tables.records import Repeat


class AlreadyDone(Exception):
    """This very form was already dealt with; `repeat` has the answer it got."""

    def __init__(self, repeat: Repeat) -> None:
        super().__init__(repeat.key)
        self.repeat = repeat


def claim(s: Session, *, owner: str, key: str, route: str, digest: str, at: datetime) -> Repeat:
    """Claim a form's key; AlreadyDone if it was, Conflict if the same key came with other content."""
    known = s.exec(select(Repeat).where(Repeat.owner == owner, Repeat.key == key)).one_or_none()
    if known is not None:
        if (known.route, known.digest) != (route, digest):
            raise Conflict(repeated=key)
        s.expunge(known)  # the answer is read after this transaction was rolled back
        raise AlreadyDone(known)
    repeat = Repeat(owner=owner, key=key, route=route, digest=digest, at=at)
    s.add(repeat)
    try:
        s.flush()
    except IntegrityError as error:  # another process claimed it between look and write
        raise Conflict(repeated=key) from error
    return repeat
