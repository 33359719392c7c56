"""The run of a mediation: first contact, extension, suspension, and its endings (ODM-15, 18, 21, 24, 25)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from odr import (
    case_numbers,
    clock,
    db,
    deadlines,
    file_papers,
    letterhead,
    matters,
    papers,
    standing,
)
from odr.actions import fee_relief, sittings
from odr.actions.calendar import MODES
from odr.errors import BadInput, Conflict, NotAllowed
from odr.facts import (
    EvidenceFacts,
    ExtensionFacts,
    FailureReportFacts,
    SittingLineFacts,
    UndisputedFacts,
    printable,
)
from odr.rules import clocks, filing, pack
from odr.rules.access import Actor
from odr.rules.moves import AGREEMENT, CASE, DISPUTE
from odr.rules.words import Do, EndReason, Hat, Side, Zone
from odr.tables.agreements import Agreement
from odr.tables.disputes import Dispute, Evidence, Party
from odr.tables.mediations import Attendance, Extension, MediationCase, Note, Sitting, UndisputedFact
from odr.tables.records import Document

CHANNELS = ("phone", "sms", "mail", "visit")


def contact(
    s: Session, case_id: str, *, by: Actor, at: datetime, channel: str, reached: bool
) -> MediationCase:
    """A try to reach the other side is logged; reaching it stops the clock (ODM-15)."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.CONTACT, case)
    move = CASE.take(case, Do.CONTACT)
    if channel not in CHANNELS:
        raise BadInput(channel="choose-one")
    if reached:
        case.contacted_at = at
        deadlines.apply(s, move, court_id=case.court_id, subject=f"case:{case.id}", since=at)
    s.add(case)
    matters.note(s, case, "party.contacted", by=by, at=at, channel=channel, reached=reached)
    return case


def ask_extension(s: Session, case_id: str, *, by: Actor, at: datetime, days: int, reason: str) -> Extension:
    """Somebody asks for more time; it runs only when every party agrees (ODM-24)."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.EXTEND, case)
    CASE.take(case, Do.EXTEND)
    _within_limits(s, case, days)
    printable.require(reason)
    extension = Extension(case_id=case.id, days=days, reason=reason, asked_at=at)
    s.add(extension)
    matters.note(s, case, "extension.asked", by=by, at=at, days=days)
    side = standing.side_of(s, by, case.dispute_id)
    words, about = "有人提出延长调解%(days)s日，需各方同意，请您答复。", f"/cases/{case.id}/extend"
    matters.tell_parties(s, case, "是否同意延长调解期限", words, about=about, at=at, days=days)
    return _agree(s, case, extension, side, by=by, at=at) if side else extension


def agree_extension(s: Session, case_id: str, extension_id: str, *, by: Actor, at: datetime) -> Extension:
    """A party agrees; with the last of them the new end is written."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.EXTEND, case)
    CASE.take(case, Do.EXTEND)
    extension = db.lock(s, Extension, extension_id)
    side = standing.side_of(s, by, case.dispute_id)
    if extension.case_id != case.id or side is None:
        raise NotAllowed(extension=extension_id)
    return _agree(s, case, extension, side, by=by, at=at)


def write_note(s: Session, case_id: str, *, by: Actor, at: datetime, text: str) -> Note:
    """The mediator's own note, read by nobody else (Z5)."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.WRITE_NOTES, case)
    if not text:
        raise BadInput(text="needed")
    note = Note(case_id=case.id, account_id=by.account_id or "", text=text, at=at)
    s.add(note)
    matters.note(s, case, "note.written", by=by, at=at)
    return note


def settle(s: Session, case_id: str, *, by: Actor, at: datetime, performed: bool) -> MediationCase:
    """The parties settled by themselves; performed on the spot takes no new case number (ODM-25(2))."""
    case = db.lock(s, MediationCase, case_id)
    hats = standing.require(s, by, Do.SELF_SETTLE, case)
    if Hat.MEDIATOR not in hats and not brings_all(s, case, standing.all_disposing(s, by, case.dispute_id)):
        raise NotAllowed(party="fellow")  # nobody gives up a fellow applicant's claim
    dispute = db.lock(s, Dispute, case.dispute_id)
    move, whole = CASE.take(case, Do.SELF_SETTLE), DISPUTE.take(dispute, Do.SELF_SETTLE)
    case.stage, case.ended_at, case.end_reason = move.target, at, EndReason.SETTLED
    case.on_spot = performed
    dispute.stage, dispute.closed_at = whole.target, at
    s.add_all([case, dispute])
    drop_drafts(s, case)
    sittings.fall_away(s, case, outcome="settled", by=by, at=at)
    deadlines.apply(s, move, court_id=case.court_id, subject=f"case:{case.id}", since=at)
    deadlines.apply(s, whole, court_id=case.court_id, subject=f"dispute:{dispute.id}", since=at)
    matters.note(s, case, "case.settled", by=by, at=at, performed=performed)
    file_papers.case_file(s, case, outcome="各方自行和解", by=by, at=at)
    matters.tell_parties(
        s, case, "纠纷已和解", "各方自行和解，调解结束。", about=f"/disputes/{dispute.id}", at=at
    )
    return case


def brings_all(s: Session, case: MediationCase, own: Sequence[Party]) -> bool:
    """Whether these are all who brought the claim."""
    mine = {party.id for party in own}
    return all(one.id in mine for one in matters.parties(s, case.dispute_id, Side.APPLICANT))


def end(
    s: Session,
    case_id: str,
    *,
    by: Actor,
    at: datetime,
    reason: EndReason,
    situation: str = "",
    cost_acts: str = "",
    tips: str = "",
) -> MediationCase:
    """Mediation ends without an agreement: report, undisputed facts, applicant told at once (ODM-21, 25)."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.END_MEDIATION, case)
    dispute = db.lock(s, Dispute, case.dispute_id)
    move, whole = CASE.take(case, Do.END_MEDIATION), DISPUTE.take(dispute, Do.END_MEDIATION)
    if reason in (EndReason.AGREEMENT, EndReason.SETTLED):
        raise BadInput(reason="choose-one")  # those endings have acts of their own
    if reason is EndReason.OTHER and not situation:
        raise BadInput(situation="reason-needed")
    case.stage, case.ended_at, case.end_reason = move.target, at, reason
    case.end_notes = {"situation": situation, "cost_acts": cost_acts, "tips": tips}
    dispute.stage = whole.target
    s.add_all([case, dispute])
    drop_drafts(s, case)
    sittings.fall_away(s, case, outcome="none", by=by, at=at)
    deadlines.apply(s, move, court_id=case.court_id, subject=f"case:{case.id}", since=at)
    deadlines.apply(s, whole, court_id=case.court_id, subject=f"dispute:{dispute.id}", since=at)
    matters.note(s, case, "case.ended", by=by, at=at, reason=reason)
    file_papers.evidence_lists(s, dispute, by=by, at=at)
    undisputed = _issue_undisputed(s, case, dispute, by=by, at=at)
    _issue_report(s, case, dispute, undisputed, by=by, at=at)
    words = "调解已结束，未达成协议。您仍可提起诉讼，材料可以一键移送，无需重新填写。"
    matters.tell_parties(s, case, "调解结束", words, about=f"/disputes/{dispute.id}", at=at)
    return case


def hand_over(s: Session, case_id: str, *, by: Actor, at: datetime) -> MediationCase:
    """The file goes to the filing desk without what was said to settle (ODM-18, 21)."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.HAND_OVER, case)
    dispute = db.lock(s, Dispute, case.dispute_id)
    move, whole = CASE.take(case, Do.HAND_OVER), DISPUTE.take(dispute, Do.HAND_OVER)
    case.stage, dispute.stage, dispute.closed_at = move.target, whole.target, at
    if not dispute.filing_number:
        dispute.filing_number = case_numbers.take(s, dispute.court_id, "filing", track=dispute.track, at=at)
    s.add_all([case, dispute])
    matters.note(s, case, "case.handed_over", by=by, at=at, filing=dispute.filing_number)
    file_papers.evidence_lists(s, dispute, by=by, at=at)
    file_papers.case_file(s, case, outcome="未达成调解协议，移送立案", by=by, at=at)
    deadlines.apply(s, whole, court_id=case.court_id, subject=f"dispute:{dispute.id}", since=at)
    fee_relief.demand(s, dispute, at=at)
    words, about = "材料已移送立案，案号%(number)s。", f"/disputes/{dispute.id}"
    number = dispute.filing_number
    matters.tell_parties(s, case, "已移送立案", words, about=about, at=at, number=number)
    return case


def _within_limits(s: Session, case: MediationCase, days: int) -> None:
    rule = clocks.resolve("T-MED", track=case.track)
    if days < 1:
        raise BadInput(days="too-small")
    granted = select(Extension).where(Extension.case_id == case.id, col(Extension.granted_at).is_not(None))
    if rule.extra_free:
        return
    if days > rule.extra_days:
        raise BadInput(days="too-large")
    if len(s.exec(granted).all()) >= rule.extra_times:
        raise Conflict(extension="used-up")


def _agree(
    s: Session, case: MediationCase, extension: Extension, side: Side, *, by: Actor, at: datetime
) -> Extension:
    extension.agreed_by = matters.agreeing(s, case.dispute_id, extension.agreed_by, by)
    if Side.both_in(extension.agreed_by) and extension.granted_at is None:
        extension.granted_at = at
        deadline = deadlines.extend(s, subject=f"case:{case.id}", rule="T-MED", days=extension.days, at=at)
        old_end, case.extended_until = case.extended_until, deadline.due_at
        s.add(case)
        _issue_extension(s, case, extension, old_end or deadline.since, by=by, at=at)
    s.add(extension)
    s.flush()
    matters.note(s, case, "extension.agreed", by=by, at=at, side=side, granted=bool(extension.granted_at))
    return extension


def drop_drafts(s: Session, case: MediationCase) -> None:
    """Mediation is over without an agreement: what was being drafted or signed is refused."""
    for agreement in s.exec(select(Agreement).where(Agreement.case_id == case.id).with_for_update()):
        if AGREEMENT.find(agreement.stage, Do.END_MEDIATION) is not None:
            agreement.stage = AGREEMENT.take(agreement, Do.END_MEDIATION).target
            s.add(agreement)


def _common(s: Session, case: MediationCase, dispute: Dispute) -> dict[str, Any]:
    return {
        "parties": letterhead.party_facts(s, dispute.id),
        "cause": filing.cause_name(dispute.cause),
        "organisation": letterhead.organisation_name(s, case),
        "mediators": letterhead.mediator_names(s, case),
    }


def _issue_extension(
    s: Session, case: MediationCase, extension: Extension, old_end: datetime, *, by: Actor, at: datetime
) -> None:
    dispute = matters.dispute_of(s, case)
    facts = ExtensionFacts(
        **letterhead.heading(s, case.court_id, number=case.number, case_number=case.number, at=at),
        **_common(s, case, dispute),
        reason=extension.reason,
        old_end_on=clock.court_date(old_end),
        new_end_on=clock.court_date(case.extended_until or at),
    )
    _freeze(
        s, dispute, f"extension:{extension.id}", facts, "延期调解同意书", case.number, Zone.RECORD, by, at
    )


def _issue_undisputed(
    s: Session, case: MediationCase, dispute: Dispute, *, by: Actor, at: datetime
) -> Document | None:
    rows = s.exec(
        select(UndisputedFact)
        .where(UndisputedFact.case_id == case.id, col(UndisputedFact.removed_at).is_(None))
        .order_by(col(UndisputedFact.position))
    ).all()
    agreed = tuple(row.text for row in rows if Side.both_in(row.agreed_by))
    if not agreed:
        return None
    number = letterhead.series_number(
        s, case.court_id, "无争议", "〔{year}〕{court}无争议字第{serial}号", at=at
    )
    facts = UndisputedFacts(
        **letterhead.heading(s, case.court_id, number=number, case_number=case.number, at=at),
        **_common(s, case, dispute),
        dispute=dispute.story,
        facts=agreed,
    )
    return _freeze(s, dispute, f"case:{case.id}", facts, "无争议事实记载书", number, Zone.OUTCOME, by, at)


def _issue_report(
    s: Session, case: MediationCase, dispute: Dispute, undisputed: Document | None, *, by: Actor, at: datetime
) -> None:
    ground = pack.load().grounds["end"][case.end_reason or EndReason.OTHER]
    held = s.exec(
        select(Sitting).where(Sitting.case_id == case.id, col(Sitting.opened_at).is_not(None))
    ).all()
    shown = s.exec(
        select(Evidence).where(
            Evidence.dispute_id == dispute.id,
            Evidence.zone == Zone.RECORD,
            col(Evidence.withdrawn_at).is_(None),
        )
    ).all()
    number = letterhead.series_number(s, case.court_id, "终调", "〔{year}〕{court}终调字第{serial}号", at=at)
    facts = FailureReportFacts(
        **letterhead.heading(s, case.court_id, number=number, case_number=case.number, at=at),
        **_common(s, case, dispute),
        end_reason=ground.words.zh,
        end_article=pack.cite(ground.articles),
        ended_on=clock.court_date(at),
        sittings=tuple(
            SittingLineFacts(
                at=row.opened_at or row.starts_at, mode=MODES[row.mode], attended=_attended(s, row)
            )
            for row in held
        ),
        cost_acts=tuple(filter(None, [case.end_notes["cost_acts"]])),
        tips=case.end_notes["tips"],
        undisputed_number=undisputed.number if undisputed else "",
        evidence=tuple(EvidenceFacts(name=row.title, purpose=row.proves, digest=row.digest) for row in shown),
    )
    _freeze(s, dispute, f"case:{case.id}", facts, "终止调解暨移送函", number, Zone.RECORD, by, at)


def _attended(s: Session, sitting: Sitting) -> str:
    """Who of the parties came, by name."""
    names = s.exec(
        select(Party.name)
        .join(Attendance, col(Attendance.party_id) == col(Party.id))
        .where(Attendance.sitting_id == sitting.id, col(Attendance.joined_at).is_not(None))
        .order_by(col(Party.side), col(Party.position))
    )
    return "、".join(dict.fromkeys(names)) or "均未到场"


def _freeze(
    s: Session,
    dispute: Dispute,
    subject: str,
    facts: ExtensionFacts | UndisputedFacts | FailureReportFacts,
    title: str,
    number: str,
    zone: Zone,
    by: Actor,
    at: datetime,
) -> Document:
    return papers.freeze(
        s,
        court_id=dispute.court_id,
        dispute_id=dispute.id,
        subject=subject,
        facts=facts,
        title=title,
        zone=zone,
        number=number,
        at=at,
        by=by,
    )
