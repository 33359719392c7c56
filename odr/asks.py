"""How many people somebody may ask who do not come: each message may go to a stranger's telephone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Mapped
from sqlmodel import Session, SQLModel, func, select

from odr.errors import TooMany
from odr.rules.companions import ASKS_WITHIN, MOST_ASKS


def ensure_few(
    s: Session,
    kind: type[SQLModel],
    *unanswered: ColumnElement[bool] | bool,
    asked: Mapped[datetime],
    at: datetime,
) -> None:
    """TooMany if a day has seen as many unanswered ones as it may; who was let go again counts too."""
    query = select(func.count()).select_from(kind).where(*unanswered, asked > at - ASKS_WITHIN)
    if s.exec(query).one() >= MOST_ASKS:
        raise TooMany(wait=int(ASKS_WITHIN.total_seconds()))
