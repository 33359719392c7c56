"""A party's yes and no, step by step (ODM-4, OLR-4): given, withdrawn, or mediation refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from odr import db, deadlines, intake_papers, journal, lots, matters, notices, standing
from odr.actions import mediation, sittings
from odr.errors import BadInput, NotFound, WrongStage
from odr.rules import pack
from odr.rules.access import Actor
from odr.rules.consents import BY_STEP
from odr.rules.moves import CASE, DISPUTE, CaseStage, DisputeStage
from odr.rules.words import Do, EndReason, Side, Step, Track
from odr.tables.disputes import Consent, Dispute, Party
from odr.tables.mediations import MediationCase

# What follows when a side does not want to mediate
REGISTERED, FREE = "案件已经立案，将转入审理程序。", "您可以向法院起诉，也可以与对方另行协商。"


def answer(s: Session, dispute_id: str, answers: Mapping[Step, bool], *, by: Actor, at: datetime) -> Dispute:
    """Record what a party agrees to; when the last one has agreed to mediate, the mediation begins.

    Consent to mediate is not taken back here but by `refuse`, which has consequences of its own.
    """
    dispute = db.lock(s, Dispute, dispute_id)
    standing.require(s, by, Do.CONSENT, dispute)
    own = standing.parties_of(s, by, dispute.id)
    if not own:
        raise NotFound()
    changed = [_answer_for(s, dispute, party, answers, by=by, at=at) for party in own]
    if any(changed) and dispute.stage is DisputeStage.INVITING and _all_agree(s, dispute.id):
        _start(s, dispute, by=by, at=at)
    return dispute


def _answer_for(
    s: Session, dispute: Dispute, party: Party, answers: Mapping[Step, bool], *, by: Actor, at: datetime
) -> bool:
    """Whether anything changed for this party."""
    given, withdrawn = _apply(s, party, answers, at)
    if not given and not withdrawn:
        return False
    if Step.MEDIATION in given and dispute.stage is not DisputeStage.INVITING:
        raise WrongStage(was=dispute.stage.value, wanted=Do.CONSENT.value)  # nobody is asking (any more)
    journal.append(
        s,
        dispute.court_id,
        f"dispute:{dispute.id}",
        "consent.answered",
        by=by,
        at=at,
        party=party.id,
        side=party.side,
        given=given,
        withdrawn=withdrawn,
        versions={step: BY_STEP[step].version for step in given},
    )
    if Step.E_SERVICE in (*given, *withdrawn):
        party.e_service = Step.E_SERVICE in given
        s.add(party)
    intake_papers.consent(s, dispute, party, standing_consents(s, party.id), by=by, at=at)
    return True


def refuse(s: Session, dispute_id: str, *, by: Actor, at: datetime, reason: str, note: str = "") -> Dispute:
    """A party does not want mediation (any more): it ends at once, and the others are told (ODM-15)."""
    dispute = db.lock(s, Dispute, dispute_id)
    standing.require(s, by, Do.REFUSE_MEDIATION, dispute)
    standing.ensure_checked(s, by, dispute.id)
    move = DISPUTE.take(dispute, Do.REFUSE_MEDIATION)
    if reason not in pack.load().grounds["refuse"]:
        raise BadInput(reason="choose-one")
    party = _party(s, by, dispute.id)
    _withdraw(s, party, Step.MEDIATION, at, reason)
    dispute.stage, dispute.closed_at = move.target, at
    s.add(dispute)
    deadlines.apply(
        s, move, court_id=dispute.court_id, subject=f"dispute:{dispute.id}", since=at, track=dispute.track
    )
    ended = _end_case(s, dispute, by=by, at=at, reason=reason, note=note)
    journal.append(
        s,
        dispute.court_id,
        f"dispute:{dispute.id}",
        "mediation.refused",
        by=by,
        at=at,
        party=party.id,
        side=party.side,
        reason=reason,
        dispute_to=dispute.stage,
        **ended,
    )
    _tell_of_refusal(s, dispute, party, at)
    return dispute


def standing_consents(s: Session, party_id: str) -> Sequence[Consent]:
    """What a party agrees to now, recording aside: that is asked in each sitting."""
    return s.exec(
        select(Consent)
        .where(Consent.party_id == party_id, col(Consent.withdrawn_at).is_(None), col(Consent.given))
        .where(col(Consent.sitting_id).is_(None))
    ).all()


def _party(s: Session, by: Actor, dispute_id: str) -> Party:
    party = standing.party_of(s, by, dispute_id)
    if party is None:
        raise NotFound()
    return party


def _apply(
    s: Session, party: Party, answers: Mapping[Step, bool], at: datetime
) -> tuple[list[Step], list[Step]]:
    """Writes only what changes; returns the steps newly given and those withdrawn."""
    known = {row.step for row in standing_consents(s, party.id)}
    given = [step for step in BY_STEP if answers.get(step) and step not in known]
    gone: list[Step] = [
        step
        for step in BY_STEP
        if answers.get(step) is False and step in known and step is not Step.MEDIATION
    ]
    for step in given:
        text = BY_STEP[step]
        s.add(Consent(party_id=party.id, step=step, given=True, text_version=text.version, at=at))
    for step in gone:
        _withdraw(s, party, step, at, "")
    s.flush()
    return given, gone


def _withdraw(s: Session, party: Party, step: Step, at: datetime, reason: str) -> None:
    for row in standing_consents(s, party.id):
        if row.step is step:
            row.withdrawn_at, row.reason = at, reason
            s.add(row)
    if reason:
        text = BY_STEP[step]
        s.add(
            Consent(
                party_id=party.id, step=step, given=False, text_version=text.version, at=at, reason=reason
            )
        )
    s.flush()


def _all_agree(s: Session, dispute_id: str) -> bool:
    parties = matters.parties(s, dispute_id)
    sides = {party.side for party in parties}
    return sides == set(Side) and all(
        any(row.step is Step.MEDIATION for row in standing_consents(s, party.id)) for party in parties
    )


def _start(s: Session, dispute: Dispute, *, by: Actor, at: datetime) -> None:
    """Both sides want it: the dispute is in mediation and the choice of a mediator begins (ODM-10)."""
    case = db.lock(s, MediationCase, _open_case(s, dispute.id))
    dispute_move, case_move = DISPUTE.take(dispute, Do.CONSENT), CASE.take(case, Do.CONSENT)
    dispute.stage, case.stage, case.consented_at = dispute_move.target, case_move.target, at
    s.add_all((dispute, case))
    court_id = dispute.court_id
    deadlines.apply(
        s, dispute_move, court_id=court_id, subject=f"dispute:{dispute.id}", since=at, track=dispute.track
    )
    deadlines.apply(s, case_move, court_id=court_id, subject=f"case:{case.id}", since=at, track=case.track)
    if case.track is Track.JUDGE_LED:  # its period begins when all consent (ODM-24)
        about = f"case:{case.id}"
        deadlines.start(
            s, "T-MED", court_id=court_id, subject=about, since=at, track=case.track, summary=dispute.summary
        )
    matters.note(s, case, "case.consented", by=by, at=at, dispute_to=dispute.stage)
    # sealed now, before anybody can know whether the court will have to draw
    lots.commit(s, court_id=court_id, matter=f"dispute:{dispute.id}", subject=f"case:{case.id}", by=by, at=at)
    body = "双方都已同意调解（%(number)s）。请在两个工作日内与对方共同选择调解员；未选定的，由法院指定。"
    about = f"/cases/{case.id}/choose"
    matters.tell_parties(s, case, "双方已同意调解", body, about=about, at=at, number=case.number)


def _open_case(s: Session, dispute_id: str) -> str | None:
    return s.exec(
        select(MediationCase.id).where(
            MediationCase.dispute_id == dispute_id, MediationCase.stage == CaseStage.CREATED
        )
    ).first()


def _end_case(
    s: Session, dispute: Dispute, *, by: Actor, at: datetime, reason: str, note: str
) -> dict[str, str]:
    """Ends the case that is open, with its sittings; how the journal names it."""
    query = select(MediationCase.id).where(
        MediationCase.dispute_id == dispute.id, col(MediationCase.ended_at).is_(None)
    )
    found = s.exec(query).first()
    if found is None:
        return {}
    case = db.lock(s, MediationCase, found)
    move = CASE.take(case, Do.END_MEDIATION)
    case.stage, case.ended_at, case.end_reason = move.target, at, EndReason.UNWILLING
    case.end_notes = case.end_notes | {"refusal": reason, "situation": note}
    s.add(case)
    mediation.drop_drafts(s, case)
    sittings.fall_away(s, case, outcome="none", by=by, at=at)
    deadlines.apply(s, move, court_id=case.court_id, subject=f"case:{case.id}", since=at, track=case.track)
    return {"case": case.id, "to": case.stage}


def _tell_of_refusal(s: Session, dispute: Dispute, party: Party, at: datetime) -> None:
    what_now = REGISTERED if dispute.filing_number else FREE
    for other in matters.parties(s, dispute.id):
        if other.side is not party.side:
            body = "对方表示不同意调解（%(number)s），调解已经结束。%(next)s已提交的材料不用重新提交。"
            said = {"number": dispute.number, "next": what_now}
            notices.tell(s, other, "对方不同意调解", body, about=f"/disputes/{dispute.id}", at=at, **said)
