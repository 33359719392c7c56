"""When to meet: everybody's free times, a sitting with its mode, notice to all, moving it (SIM-14, ODM-16)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from odr import clock, db, deadlines, letterhead, matters, notices, papers, standing
from odr.actions import mediators
from odr.errors import BadInput, Conflict, NotAllowed
from odr.facts import SittingNoticeFacts
from odr.rules import filing, rooms
from odr.rules.access import Actor
from odr.rules.moves import CASE, SITTING, SittingStage
from odr.rules.words import Do, Mode, Zone
from odr.tables.disputes import Party
from odr.tables.mediations import Attendance, FreeTime, MediationCase, Sitting

NOTICE = timedelta(hours=24)  # unless all waive it
MODES = {
    Mode.SYNC: "同时在线视频",
    Mode.SPLIT: "分别在线视频",
    Mode.ASSISTED: "在调解点使用设备",
    Mode.ONSITE: "现场调解",
}


def offer_times(
    s: Session, case_id: str, *, by: Actor, at: datetime, times: list[tuple[datetime, datetime]]
) -> list[FreeTime]:
    """Replace the times at which somebody can come."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.OFFER_TIMES, case)
    if any(end <= start or start < at for start, end in times):
        raise BadInput(times="in-the-past")
    side = standing.side_of(s, by, case.dispute_id)
    own = select(FreeTime).where(FreeTime.case_id == case.id, FreeTime.account_id == by.account_id)
    for old in s.exec(own):
        s.delete(old)
    rows = [
        FreeTime(case_id=case.id, account_id=by.account_id or "", side=side, starts_at=start, ends_at=end)
        for start, end in times
    ]
    s.add_all(rows)
    matters.note(s, case, "times.offered", by=by, at=at, count=len(rows))
    return rows


def schedule(
    s: Session,
    case_id: str,
    *,
    by: Actor,
    at: datetime,
    starts_at: datetime,
    minutes: int,
    mode: Mode,
    place: str = "",
    short_notice: bool = False,
) -> Sitting:
    """Fix a sitting and tell everybody. Less than a day ahead only if all gave up the notice."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.SCHEDULE, case)
    move = CASE.take(case, Do.SCHEDULE)
    _check_time(s, case, starts_at, minutes, at=at, short_notice=short_notice)
    if mode in (Mode.ASSISTED, Mode.ONSITE) and not place:
        raise BadInput(place="needed")
    if not mediators.is_cleared(s, case):
        raise Conflict(disclosure="not-waived")
    earlier = s.exec(select(Sitting).where(Sitting.case_id == case.id)).all()
    sitting = Sitting(
        case_id=case.id,
        ordinal=len(earlier) + 1,
        mode=mode,
        place=place,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
    )
    case.stage, case.contacted_at = move.target, case.contacted_at or at
    s.add_all([sitting, case])
    s.flush()
    _invite(s, case, sitting)
    deadlines.apply(s, move, court_id=case.court_id, subject=f"case:{case.id}", since=at)
    matters.note(s, case, "sitting.scheduled", by=by, at=at, sitting=sitting.id, starts=starts_at, mode=mode)
    for party in matters.parties(s, case.dispute_id):
        _send_notice(s, case, sitting, party, by=by, at=at)
    return sitting


def reschedule(s: Session, sitting_id: str, *, by: Actor, at: datetime, reason: str) -> Sitting:
    """Call a planned sitting off; the mediator fixes a new one. A party's reason is told to all."""
    sitting = db.lock(s, Sitting, sitting_id)
    standing.require(s, by, Do.RESCHEDULE, sitting)
    move = SITTING.take(sitting, Do.RESCHEDULE)
    if sitting.confirmation_id is not None:
        raise NotAllowed(inquiry="called-by-the-judge")  # CPLI-357: not to come has its consequence
    if not reason:
        raise BadInput(reason="reason-needed")
    case = db.lock(s, MediationCase, sitting.case_id)
    sitting.stage, sitting.note = move.target, reason
    s.add(sitting)
    matters.note(s, case, "sitting.rescheduled", by=by, at=at, sitting=sitting.id)
    words = "原定的调解改期，新的时间确定后会另行通知。"
    matters.tell_parties(s, case, "调解改期", words, about=f"/disputes/{case.dispute_id}", at=at)
    matters.tell_mediator(s, case, "调解改期", f"{case.number}需要改期。", about=f"/cases/{case.id}", at=at)
    return sitting


def _check_time(
    s: Session, case: MediationCase, starts_at: datetime, minutes: int, *, at: datetime, short_notice: bool
) -> None:
    if starts_at < at - timedelta(minutes=5):
        raise BadInput(starts_at="in-the-past")
    if not 10 <= minutes <= 480:
        raise BadInput(minutes="wrong")
    if starts_at < at + NOTICE and not short_notice:
        raise BadInput(short_notice="tick-needed")
    ends_at = starts_at + timedelta(minutes=minutes)
    clash = s.exec(
        select(Sitting)
        .join(MediationCase, col(MediationCase.id) == col(Sitting.case_id))
        .where(MediationCase.mediator_id == case.mediator_id)
        .where(col(Sitting.stage).in_([SittingStage.PLANNED, SittingStage.GATHERING, SittingStage.LIVE]))
        .where(Sitting.starts_at < ends_at, Sitting.ends_at > starts_at)
    ).first()
    if clash is not None:
        raise BadInput(starts_at="taken")


def _invite(s: Session, case: MediationCase, sitting: Sitting) -> None:
    host = matters.mediator_account(s, case.mediator_id)
    if host is not None:
        s.add(Attendance(sitting_id=sitting.id, account_id=host.id, room=rooms.home(None)))
    for party in matters.parties(s, case.dispute_id):
        for account_id in dict.fromkeys(filter(None, (party.account_id, party.agent_account_id))):
            s.add(
                Attendance(
                    sitting_id=sitting.id,
                    account_id=account_id,
                    party_id=party.id,
                    side=party.side,
                    room=rooms.home(party.side),
                )
            )
    s.flush()


def _send_notice(
    s: Session, case: MediationCase, sitting: Sitting, party: Party, *, by: Actor, at: datetime
) -> None:
    dispute = matters.dispute_of(s, case)
    papers.freeze(
        s,
        court_id=case.court_id,
        dispute_id=dispute.id,
        subject=f"sitting:{sitting.id}",
        facts=SittingNoticeFacts(
            **letterhead.heading(s, case.court_id, number=case.number, case_number=case.number, at=at),
            addressee=party.name,
            parties=letterhead.party_facts(s, dispute.id),
            cause=filing.cause_name(dispute.cause),
            sitting_number=sitting.ordinal,
            starts_at=sitting.starts_at,
            minutes=int((sitting.ends_at - sitting.starts_at).total_seconds() // 60),
            mode=MODES[sitting.mode],
            place=sitting.place or "在线",
            mediators=letterhead.mediator_names(s, case),
            organisation=letterhead.organisation_name(s, case),
            bring=("身份证件原件", "与本纠纷有关的材料"),
            reschedule="不能按时参加的，请尽早在平台上申请改期。",
            contact="12368",
        ),
        title="调解通知书",
        zone=Zone.RECORD,
        side=party.side.value,
        number=case.number,
        at=at,
        by=by,
    )
    words = "%(number)s定于%(when)s调解，方式：%(mode)s。请提前测试设备。"
    said: dict[str, notices.Filling] = {"number": case.number, "mode": MODES[sitting.mode]}
    about = f"/sittings/{sitting.id}"
    notices.tell(s, party, "调解通知", words, about=about, at=at, when=sitting.starts_at, **said)


def _wall(sitting: Sitting) -> str:
    return clock.court_time(sitting.starts_at).strftime("%Y年%-m月%-d日 %H:%M")
