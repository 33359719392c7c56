"""A demonstration court: invented people and organisations, and matters in every stage, made by real actions.

Nothing here writes a state by hand: each matter goes the way a real one goes, only on earlier days.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session, select

from odr import clock
from odr.actions import (
    calendar,
    inquiries,
    mediation,
    objections,
    performance,
    review_time,
    rulings,
    sittings,
)
from odr.db import Database
from odr.demo.cast import MEDIATORS, PARTIES, PASSWORD, STAFF, TOTP_SECRET, Cast, judges, people, second_court
from odr.demo.steps import (
    accepted,
    agreed,
    applied,
    confirmed,
    consented,
    effective,
    filed,
    hand,
    in_review,
    invited,
    sat,
)
from odr.rules.words import Dismissal, EndReason, Mode
from odr.tables.agreements import Obligation
from odr.tables.people import Court


def build(database: Database, now: datetime) -> None:
    """Fill an empty database with the demonstration court."""
    with database.transaction() as s:
        cast = people(s, now - timedelta(days=90))
        second_court(s, now)
    for story in STORIES:
        with database.transaction() as s:
            story(s, cast, now)


def is_demo(s: Session) -> bool:
    """Whether this database was made by `build`."""
    court = s.exec(select(Court).where(Court.code == "粤0106")).first()
    return court is not None and bool(court.settings.get("demo"))


def is_empty(s: Session) -> bool:
    return s.exec(select(Court)).first() is None


def _new(s: Session, cast: Cast, now: datetime) -> None:
    filed(s, cast, now - timedelta(hours=5), a=2, b=3, fen=480_000)


def _waiting_for_consent(s: Session, cast: Cast, now: datetime) -> None:
    invited(s, cast, now - timedelta(hours=20), a=0, b=3)


def _choosing(s: Session, cast: Cast, now: datetime) -> None:
    consented(s, cast, now - timedelta(hours=12), a=2, b=1)


def _sitting_soon(s: Session, cast: Cast, now: datetime) -> None:
    case, host = accepted(s, cast, now - timedelta(days=1), a=0, b=1)
    calendar.schedule(
        s,
        case.id,
        by=host,
        at=now,
        starts_at=now + timedelta(minutes=20),
        minutes=90,
        mode=Mode.SYNC,
        short_notice=True,
    )


def _signing(s: Session, cast: Cast, now: datetime) -> None:
    agreed(s, cast, now - timedelta(days=2, hours=1), a=2, b=3)


def _in_force(s: Session, cast: Cast, now: datetime) -> None:
    effective(s, cast, now - timedelta(days=6), a=0, b=3)


def _with_the_clerk(s: Session, cast: Cast, now: datetime) -> None:
    applied(s, cast, now - timedelta(days=4), a=2, b=1)


def _with_the_judge(s: Session, cast: Cast, now: datetime) -> None:
    in_review(s, cast, now - timedelta(days=8), a=0, b=1)


def _confirmed(s: Session, cast: Cast, now: datetime) -> None:
    row, judge, then = in_review(s, cast, now - timedelta(days=24), a=0, b=1)
    confirmed(s, row, judge, then + timedelta(days=1))
    owed = s.exec(select(Obligation).where(Obligation.agreement_id == row.agreement_id)).first()
    if owed is not None:
        performance.claim(s, owed.id, by=cast.parties[1], at=then + timedelta(days=3))
        performance.acknowledge(s, owed.id, by=cast.parties[0], at=then + timedelta(days=4))
    for number, score in ((0, 5), (1, 4)):
        performance.rate(
            s, row.case_id, by=cast.parties[number], at=then + timedelta(days=5), score=score, text=""
        )


def _contested(s: Session, cast: Cast, now: datetime) -> None:
    """Confirmed and not paid; a third person objects to the ruling."""
    row, judge, then = in_review(s, cast, now - timedelta(days=60), a=0, b=1)
    confirmed(s, row, judge, then + timedelta(days=1))
    objections.raise_(
        s,
        by=cast.parties[3],
        at=now - timedelta(days=1),
        number=row.number,
        name=cast.parties[0].name,
        claim="协议约定用于抵债的车辆登记在本人名下，请求撤销确认裁定。",
        known_on=clock.court_date(now - timedelta(days=9)),
    )


def _asked_for_time(s: Session, cast: Cast, now: datetime) -> None:
    row, judge, then = in_review(s, cast, now - timedelta(days=10), a=2, b=3)
    at = then + timedelta(days=1)
    inquiries.verify(s, row.id, by=judge, at=at, question="双方是否均由本人在线到场并签名？")
    review_time.ask(
        s, row.id, by=judge, at=at, rule="T-JC-DEC", days=10, reason="需要等待调解组织答复核实情况。"
    )


def _dismissed(s: Session, cast: Cast, now: datetime) -> None:
    row, judge, then = in_review(s, cast, now - timedelta(days=20), a=2, b=3)
    rulings.dismiss(
        s,
        row.id,
        by=judge,
        at=then + timedelta(days=2),
        ground=Dismissal.CONTENT_UNCLEAR,
        reasons="协议未载明收款账户，付款方式不明确，无法执行。",
    )


def _failed(s: Session, cast: Cast, now: datetime) -> None:
    case, host, sitting = sat(s, cast, now - timedelta(days=15), a=2, b=1)
    then = sitting.starts_at + timedelta(hours=1)
    sittings.close(s, sitting.id, by=host, at=then, outcome="none")
    mediation.end(
        s, case.id, by=host, at=then, reason=EndReason.WIDE_GAP, situation="双方对还款期限分歧较大。"
    )


STORIES = (
    _contested,
    _confirmed,
    _dismissed,
    _failed,
    _asked_for_time,
    _with_the_judge,
    _in_force,
    _with_the_clerk,
    _signing,
    _choosing,
    _waiting_for_consent,
    _sitting_soon,
    _new,
)

__all__ = [
    "MEDIATORS",
    "PARTIES",
    "PASSWORD",
    "STAFF",
    "STORIES",
    "TOTP_SECRET",
    "Cast",
    "accepted",
    "agreed",
    "applied",
    "build",
    "consented",
    "effective",
    "filed",
    "hand",
    "in_review",
    "invited",
    "is_demo",
    "is_empty",
    "judges",
    "people",
    "sat",
]
