"""An agreement by word of mouth: the mediator writes down what was agreed, each party says yes to those words.

Law: PML-28, PML-30, SIM-23, and CPL-101 for what needs no 调解书. It binds from the last party's yes; a party
that wants it in writing gets that, and nothing is agreed until it is signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session, col, select

from odr import clock, db, deadlines, file_papers, letterhead, matters, papers, standing
from odr.actions import mediation, sittings
from odr.errors import BadInput, Conflict, WrongStage
from odr.facts import OralAgreementFacts, SignatureFacts, printable
from odr.facts.words import day
from odr.rules import filing
from odr.rules.access import Actor
from odr.rules.moves import CASE, DISPUTE
from odr.rules.words import Do, EndReason, Zone
from odr.tables.disputes import Dispute
from odr.tables.incidents import OralAgreement
from odr.tables.mediations import MediationCase

LONG = 2000


def record(
    s: Session,
    case_id: str,
    *,
    by: Actor,
    at: datetime,
    contents: Sequence[str],
    performed: bool = False,
    perform_by: date | None = None,
) -> OralAgreement:
    """The mediator reads out what was agreed and writes it down; every party is asked whether that is it."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.RECORD_ORALLY, case)
    CASE.take(case, Do.RECORD_ORALLY)
    if current(s, case.id) is not None:
        raise Conflict(oral="open")
    lines = [line.strip() for line in contents if line.strip()]
    if not 0 < len("".join(lines)) <= LONG:
        raise BadInput(contents="too-long" if lines else "needed")
    if not performed and (perform_by is None or perform_by < clock.court_date(at)):
        raise BadInput(perform_by="in-the-past" if perform_by else "needed")
    printable.require(*lines)
    row = OralAgreement(
        case_id=case.id,
        contents=lines,
        performance="当场履行完毕" if performed or perform_by is None else f"于{day(perform_by)}前履行",
        performed=performed,
        recorded_at=at,
    )
    s.add(row)
    s.flush()
    matters.note(s, case, "oral.recorded", by=by, at=at, oral=row.id)
    words = "调解员记录了你们口头达成的协议。内容无误、也不需要书面协议的，请确认；最后一方确认后生效。"
    matters.tell_parties(s, case, "请确认口头协议", words, about=f"/cases/{case.id}", at=at)
    return row


def answer(s: Session, case_id: str, *, by: Actor, at: datetime, agrees: bool) -> OralAgreement:
    """A party says that this is what was agreed, or that it wants a written agreement instead."""
    case = db.lock(s, MediationCase, case_id)
    standing.require(s, by, Do.AGREE_ORALLY, case)
    CASE.take(case, Do.AGREE_ORALLY)
    all_own = standing.all_disposing(s, by, case.dispute_id)
    found = current(s, case.id)
    if found is None:
        raise WrongStage(was=case.stage.value, wanted=Do.AGREE_ORALLY.value)
    row = db.lock(s, OralAgreement, found.id)
    own = [one for one in all_own if one.id not in row.agreed]
    if not own:
        raise Conflict(oral="answered")
    if agrees:
        row.agreed = row.agreed | {party.id: {"name": by.name, "at": at.isoformat()} for party in own}
    else:
        row.dropped_at = at
    s.add(row)
    matters.note(s, case, "oral.answered", by=by, at=at, oral=row.id, side=own[0].side, agrees=agrees)
    if not agrees:
        words = "有一方要求制作书面调解协议，请拟定协议。"
        matters.tell_mediator(s, case, "要求书面协议", words, about=f"/cases/{case.id}", at=at)
    elif not matters.unanswered(s, case, row.agreed):
        _take_effect(s, case, row, by=by, at=at)
    return row


def current(s: Session, case_id: str) -> OralAgreement | None:
    """What was written down and nobody wanted otherwise."""
    query = select(OralAgreement).where(
        OralAgreement.case_id == case_id, col(OralAgreement.dropped_at).is_(None)
    )
    return s.exec(query).first()


def _take_effect(s: Session, case: MediationCase, row: OralAgreement, *, by: Actor, at: datetime) -> None:
    dispute = db.lock(s, Dispute, case.dispute_id)
    move, whole = CASE.take(case, Do.AGREE_ORALLY), DISPUTE.take(dispute, Do.TAKE_EFFECT)
    case.stage, case.ended_at, case.end_reason = move.target, at, EndReason.AGREEMENT
    case.on_spot = row.performed
    dispute.stage, dispute.closed_at = whole.target, at
    s.add_all([case, dispute])
    mediation.drop_drafts(s, case)
    sittings.fall_away(s, case, outcome="settled", by=by, at=at)
    deadlines.apply(s, move, court_id=case.court_id, subject=f"case:{case.id}", since=at)
    matters.note(s, case, "case.settled", by=by, at=at, performed=row.performed, oral=row.id)
    _issue(s, case, dispute, row, by=by, at=at)
    file_papers.case_file(s, case, outcome="达成口头调解协议", by=by, at=at)
    words = "各方都已确认，口头协议生效，调解结束。"
    matters.tell_parties(s, case, "口头协议已生效", words, about=f"/disputes/{dispute.id}", at=at)


def _issue(
    s: Session, case: MediationCase, dispute: Dispute, row: OralAgreement, *, by: Actor, at: datetime
) -> None:
    """口头协议登记表 (F12)."""
    number = letterhead.series_number(s, case.court_id, "口协", "〔{year}〕{court}口协字第{serial}号", at=at)
    roles = {party.id: letterhead.ROLES[party.side] for party in matters.parties(s, dispute.id)}
    facts = OralAgreementFacts(
        **letterhead.heading(s, case.court_id, number=number, case_number=case.number, at=at),
        parties=letterhead.party_facts(s, dispute.id),
        cause=filing.cause_name(dispute.cause),
        organisation=letterhead.organisation_name(s, case),
        mediators=letterhead.mediator_names(s, case),
        agreed_at=at,
        brief=dispute.story or filing.cause_name(dispute.cause),
        contents=tuple(row.contents),
        performance=row.performance,
        signatures=tuple(
            SignatureFacts(
                who=told["name"],
                role=roles[party_id],
                signed_at=datetime.fromisoformat(told["at"]),
                method="实名账号在线确认",
            )
            for party_id, told in row.agreed.items()
        ),
    )
    row.document_id = papers.freeze(
        s,
        court_id=case.court_id,
        dispute_id=case.dispute_id,
        subject=f"oral:{row.id}",
        facts=facts,
        title="口头协议登记表",
        zone=Zone.OUTCOME,
        number=number,
        at=at,
        by=by,
    ).id
    s.add(row)
