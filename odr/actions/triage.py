"""Triage (诉非分流): the machine proposes, an officer decides and signs for it, the parties may object."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from odr import case_numbers, clock, db, deadlines, intake_papers, journal, matters, notices, standing
from odr.actions import fee_relief, invitations
from odr.errors import BadInput, WrongStage
from odr.rules import pack
from odr.rules.access import Actor
from odr.rules.moves import DISPUTE, DisputeStage
from odr.rules.stages import Move
from odr.rules.words import Do, Side, Track
from odr.tables.disputes import Dispute, Triage
from odr.tables.mediations import MediationCase
from odr.tables.people import Account
from odr.tables.roster import Organisation


def send_back(s: Session, dispute_id: str, *, by: Actor, at: datetime, ground: str, what: str) -> Dispute:
    """Return it for one of the reasons of ODM-9 or LRR-7; `what` lists everything to correct, once."""
    dispute, move = _take(s, dispute_id, Do.RETURN, by)
    if ground not in pack.load().grounds["return"]:
        raise BadInput(ground="choose-one")
    _decide(s, dispute, "other-body" if ground != "incomplete" else "incomplete", what, by, at)
    _move(s, dispute, move, at)
    _note(s, dispute, "dispute.returned", by=by, at=at, ground=ground, to=dispute.stage)
    why, words = (
        pack.load().grounds["return"][ground].words,
        "%(number)s：%(ground)s。%(what)s 您可以修改后重新提交。",
    )
    _tell(s, dispute, "材料已退回", words, at, ground=why, what=what)
    return dispute


def divert(s: Session, dispute_id: str, *, by: Actor, at: datetime, route: str, reason: str) -> Dispute:
    """Point the matter to another way: arbitration, payment order …"""
    dispute, move = _take(s, dispute_id, Do.DIVERT, by)
    known = pack.load().routes.get(route)
    if known is None or known.act != Do.DIVERT:
        raise BadInput(route="choose-one")
    _decide(s, dispute, route, reason, by, at)
    _move(s, dispute, move, at)
    dispute.closed_at = at
    _note(s, dispute, "dispute.diverted", by=by, at=at, route=route, to=dispute.stage)
    words = "%(number)s：建议的途径：%(way)s。%(what)s %(reason)s"
    _tell(s, dispute, "请通过其他途径办理", words, at, way=known.name, what=known.what, reason=reason)
    return dispute


def register(s: Session, dispute_id: str, *, by: Actor, at: datetime, route: str, reason: str) -> Dispute:
    """Register the complaint first (LRR-8): it gets its 民初 number; mediation stays possible."""
    dispute, move = _take(s, dispute_id, Do.REGISTER_CASE, by)
    if not by.machine:  # after seven days it is registered whatever else waits (LRR-8)
        fee_relief.ensure_deferral_decided(s, dispute)
    _decide(s, dispute, route, reason, by, at)
    _move(s, dispute, move, at)
    dispute.track = pack.default_track(clock.court_date(at), complaint=True)
    dispute.summary = route == "small-claims"  # seven days of mediation (ODM-24)
    dispute.filing_number = case_numbers.take(s, dispute.court_id, "filing", track=dispute.track, at=at)
    s.add(dispute)
    _note(s, dispute, "dispute.registered", by=by, at=at, number=dispute.filing_number, to=dispute.stage)
    _tell(
        s,
        dispute,
        "已经登记立案",
        "%(number)s：您的起诉已经登记立案，案号%(filed)s。双方同意的，可以先行调解；现在不用交费。",
        at,
        filed=dispute.filing_number,
    )
    return dispute


def delegate(
    s: Session,
    dispute_id: str,
    *,
    by: Actor,
    at: datetime,
    org_id: str,
    track: Track,
    route: str,
    reason: str,
    origin: str,
) -> MediationCase:
    """Hand the matter to an organisation (委派、委托) and ask the other side whether it wants to mediate."""
    dispute, move = _take(s, dispute_id, Do.DELEGATE, by)
    # the court's own people need no organisation (ODM-5, CPL-98)
    organisation = _listed(s, org_id, dispute) if org_id or track is not Track.JUDGE_LED else None
    _require_open(dispute, track, at)
    if dispute.stage is DisputeStage.SUBMITTED:
        _decide(s, dispute, route, reason, by, at)
    dispute.track = track
    _move(s, dispute, move, at)
    case = MediationCase(
        dispute_id=dispute.id,
        court_id=dispute.court_id,
        number=case_numbers.take(s, dispute.court_id, "mediation", track=track, at=at),
        track=track,
        org_id=organisation.id if organisation else None,
        created_at=at,
    )
    s.add(case)
    s.flush()
    matters.note(s, case, "case.delegated", by=by, at=at, organisation=case.org_id, number=case.number)
    if organisation is not None:
        intake_papers.referral(s, dispute, case, by=by, at=at)
    _ask_everyone(s, dispute, case, by=by, at=at, origin=origin)
    return case


def object_to(s: Session, dispute_id: str, *, by: Actor, at: datetime, text: str) -> Triage:
    """A party disagrees with the way chosen (PIPL-24); the officer sees it, nothing stops by itself."""
    dispute = db.lock(s, Dispute, dispute_id)
    standing.require(s, by, Do.OBJECT_TO_TRIAGE, dispute)
    row = latest(s, dispute.id)
    party = standing.party_of(s, by, dispute.id)
    if row is None or party is None:
        raise WrongStage(was=dispute.stage, wanted=Do.OBJECT_TO_TRIAGE)
    row.objection, row.objected_by = text, party.id
    s.add(row)
    _note(s, dispute, "triage.objected", by=by, at=at, party=party.id, triage=row.id)
    officer = s.get(Account, row.decided_by) if row.decided_by else None
    if officer is not None:
        body = f"当事人对{dispute.number}的分流决定提出异议，请查看并答复。"
        notices.tell(s, officer, "当事人提出异议", body, about=f"/triage/{dispute.id}", at=at)
    return row


def latest(s: Session, dispute_id: str) -> Triage | None:
    """The proposal (and decision) that counts: a dispute submitted again gets a new one."""
    return s.exec(
        select(Triage)
        .where(Triage.dispute_id == dispute_id)
        .order_by(col(Triage.proposed_at).desc())
        .limit(1)
    ).first()


def _take(s: Session, dispute_id: str, do: Do, by: Actor) -> tuple[Dispute, Move[DisputeStage]]:
    dispute = db.lock(s, Dispute, dispute_id)
    standing.require(s, by, do, dispute)
    return dispute, DISPUTE.take(dispute, do)


def _decide(s: Session, dispute: Dispute, route: str, reason: str, by: Actor, at: datetime) -> None:
    """Write the officer's decision beside the proposal; another way than proposed needs a reason."""
    row = latest(s, dispute.id)
    if row is None:
        raise WrongStage(was=dispute.stage, wanted=Do.TRIAGE)
    overrides = route != row.proposal.get("route")
    if overrides and not reason.strip():
        raise BadInput(reason="reason-needed")
    row.decision, row.overrides, row.reason = route, overrides, reason.strip()
    row.decided_by, row.decided_at = by.account_id, at
    s.add(row)


def _move(s: Session, dispute: Dispute, move: Move[DisputeStage], at: datetime) -> None:
    dispute.stage = move.target
    s.add(dispute)
    subject = f"dispute:{dispute.id}"
    deadlines.apply(s, move, court_id=dispute.court_id, subject=subject, since=at, track=dispute.track)


def _listed(s: Session, org_id: str, dispute: Dispute) -> Organisation:
    organisation = s.get(Organisation, org_id) if org_id else None
    if organisation is None or organisation.court_id != dispute.court_id or organisation.status != "listed":
        raise BadInput(organisation="choose-one")
    return organisation


def _require_open(dispute: Dispute, track: Track, at: datetime) -> None:
    """No complaint waits in mediation without registration: since 2025 its number comes first."""
    rule = pack.load().tracks[track]
    if not rule.open_on(clock.court_date(at)):
        raise BadInput(track="track-closed")
    if rule.registers_first and not dispute.filing_number:
        raise BadInput(track="register-first")
    if not rule.registers_first and dispute.filing_number:
        raise BadInput(track="registered-already")


def _ask_everyone(
    s: Session, dispute: Dispute, case: MediationCase, *, by: Actor, at: datetime, origin: str
) -> None:
    for party in matters.parties(s, dispute.id):
        if party.account_id or party.agent_account_id:
            intake_papers.rights_notice(s, dispute, case, party, at=at)
            about = f"/disputes/{dispute.id}/consent"
            body = "%(filed)s已移交调解（%(number)s）。请逐项确认是否同意。"
            said = {"filed": dispute.number, "number": case.number}
            notices.tell(s, party, "请确认是否同意调解", body, about=about, at=at, **said)
        elif party.side is Side.RESPONDENT:
            invitations.invite(s, party.id, case.id, by=by, at=at, origin=origin)


def _tell(
    s: Session, dispute: Dispute, subject: str, body: str, at: datetime, **said: notices.Filling
) -> None:
    about = f"/disputes/{dispute.id}"
    for party in matters.parties(s, dispute.id, Side.APPLICANT):
        notices.tell(s, party, subject, body, about=about, at=at, number=dispute.number, **said)


def _note(s: Session, dispute: Dispute, kind: str, *, by: Actor, at: datetime, **fields: object) -> None:
    journal.append(s, dispute.court_id, f"dispute:{dispute.id}", kind, by=by, at=at, **fields)
