"""What the judge asks before ruling: both sides together by video, and the mediation organisation (CPLI-356)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, func, select

from odr import matters, notices, standing
from odr.actions.judges import lock
from odr.errors import BadInput, Conflict
from odr.facts import printable
from odr.rules.access import Actor
from odr.rules.moves import CONFIRMATION, SittingStage
from odr.rules.words import Do, Mode
from odr.tables.agreements import ConfirmationCase
from odr.tables.confirmation import Verification
from odr.tables.mediations import Sitting
from odr.tables.people import Account

LASTS = timedelta(minutes=30)
ENDED = (SittingStage.CLOSED, SittingStage.NO_SHOW, SittingStage.RESCHEDULED)


def call(
    s: Session,
    confirmation_id: str,
    *,
    by: Actor,
    at: datetime,
    starts_at: datetime,
    mode: Mode = Mode.SYNC,
    place: str = "",
) -> Sitting:
    """The judge calls both sides together to verify the agreement (CPLI-356: shall notify both)."""
    confirmation, case = lock(s, confirmation_id)
    standing.require(s, by, Do.CALL_INQUIRY, confirmation)
    CONFIRMATION.take(confirmation, Do.CALL_INQUIRY)
    if starts_at <= at:
        raise BadInput(starts_at="past")
    if mode is Mode.ONSITE and not place:
        raise BadInput(place="needed")
    if any(one.stage not in ENDED for one in of(s, confirmation.id)):
        raise Conflict(inquiry="already")
    held = select(func.count()).select_from(Sitting).where(Sitting.case_id == case.id)
    sitting = Sitting(
        case_id=case.id,
        confirmation_id=confirmation.id,
        ordinal=s.exec(held).one() + 1,
        mode=mode,
        place=place,
        starts_at=starts_at,
        ends_at=starts_at + LASTS,
    )
    s.add(sitting)
    s.flush()
    matters.note(
        s, case, "inquiry.called", by=by, at=at, confirmation=confirmation.id, sitting=sitting.id, mode=mode
    )
    words = "法官定于%(when)s询问双方，请共同到场。无正当理由拒不接受询问的，按撤回申请处理。"
    about = f"/sittings/{sitting.id}"
    matters.tell_parties(s, case, "司法确认询问通知", words, about=about, at=at, when=starts_at)
    return sitting


def of(s: Session, confirmation_id: str) -> Sequence[Sitting]:
    """The inquiries of a confirmation, the newest last."""
    query = select(Sitting).where(Sitting.confirmation_id == confirmation_id)
    return s.exec(query.order_by(col(Sitting.starts_at))).all()


def coming(s: Session, confirmation_id: str) -> Sitting | None:
    """The inquiry that both were called to and that has not ended."""
    return next((one for one in of(s, confirmation_id) if one.stage not in ENDED), None)


def was_missed(s: Session, confirmation: ConfirmationCase, *, at: datetime) -> bool:
    """The last inquiry could not be held because somebody did not come."""
    held = of(s, confirmation.id)
    return bool(held) and held[-1].stage is SittingStage.NO_SHOW


def verify(s: Session, confirmation_id: str, *, by: Actor, at: datetime, question: str) -> Verification:
    """The judge asks the organisation how the mediation went (CPLI-356)."""
    confirmation, case = lock(s, confirmation_id)
    standing.require(s, by, Do.VERIFY_WITH_ORGANISATION, confirmation)
    CONFIRMATION.take(confirmation, Do.VERIFY_WITH_ORGANISATION)
    printable.require(question)
    if not question:
        raise BadInput(question="needed")
    if case.org_id is None:
        raise Conflict(organisation="none")
    asked = Verification(
        confirmation_id=confirmation.id,
        org_id=case.org_id,
        question=question,
        asked_by=by.account_id or "",
        asked_at=at,
    )
    s.add(asked)
    s.flush()
    matters.note(s, case, "verification.asked", by=by, at=at, confirmation=confirmation.id, asked=asked.id)
    words = f"法院审查{confirmation.number}司法确认案件，需要向贵组织核实调解情况，请答复。"
    about = f"/confirmations/{confirmation.id}"
    if case.org_id is not None:
        matters.tell_organisation(s, case.org_id, "法院请求核实", words, about=about, at=at)
    return asked


def answer(s: Session, confirmation_id: str, *, by: Actor, at: datetime, text: str) -> Verification:
    """The organisation answers the court."""
    confirmation, case = lock(s, confirmation_id)
    standing.require(s, by, Do.ANSWER_VERIFICATION, confirmation)
    CONFIRMATION.take(confirmation, Do.ANSWER_VERIFICATION)
    if not text:
        raise BadInput(text="needed")
    printable.require(text)
    asked = open_verification(s, confirmation.id)
    if asked is None:
        raise Conflict(verification="none")
    asked.answer, asked.answered_by, asked.answered_at = text, by.account_id, at
    s.add(asked)
    matters.note(s, case, "verification.answered", by=by, at=at, confirmation=confirmation.id, asked=asked.id)
    judge = s.get(Account, confirmation.judge_id) if confirmation.judge_id else None
    if judge is not None:
        about = f"/confirmations/{confirmation.id}"
        notices.tell(
            s, judge, "调解组织已答复", f"{confirmation.number}：调解组织已答复核实。", about=about, at=at
        )
    return asked


def open_verification(s: Session, confirmation_id: str) -> Verification | None:
    """The question that the organisation has not answered."""
    query = select(Verification).where(
        Verification.confirmation_id == confirmation_id, col(Verification.answered_at).is_(None)
    )
    return s.exec(query.order_by(col(Verification.asked_at))).first()
