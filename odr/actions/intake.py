"""Filing: a draft, its steps, its submission. Until then everything is the applicant's own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from odr import (
    case_numbers,
    clock,
    db,
    deadlines,
    digests,
    file_papers,
    intake_papers,
    journal,
    notices,
    standing,
    triage_facts,
)
from odr.actions import risks
from odr.errors import BadInput
from odr.rules import filing, pack
from odr.rules.access import Actor
from odr.rules.companions import Capacity, Power
from odr.rules.consents import TEXTS
from odr.rules.moves import DISPUTE
from odr.rules.words import Do, Side, Step
from odr.tables.companions import Mandate
from odr.tables.disputes import Consent, Dispute, Party, Triage
from odr.tables.people import Account, Court


def begin(s: Session, court_id: str, *, cause: str, by: Actor, at: datetime) -> Dispute:
    """A new draft, with its author as the first party."""
    standing.require(s, by, Do.DRAFT)
    court = db.get(s, Court, court_id)
    author = db.get(s, Account, by.account_id)
    known = cause if cause in pack.load().causes else ""
    dispute = Dispute(
        court_id=court.id,
        created_by=author.id,
        created_at=at,
        cause=known,
        draft={"cause": {"cause": known}} if known else {},
    )
    s.add(dispute)
    s.flush()
    s.add(
        Party(
            dispute_id=dispute.id,
            side=Side.APPLICANT,
            kind=author.kind,
            name=author.name,
            identity_number=author.identity_number,
            phone=author.phone,
            email=author.email,
            account_id=author.id,
        )
    )
    journal.append(s, court.id, f"dispute:{dispute.id}", "dispute.begun", by=by, at=at, cause=known)
    return dispute


def save(
    s: Session, dispute_id: str, step: str, answers: Mapping[str, Any], *, by: Actor, at: datetime
) -> Dispute:
    """Keep the answers of one step; what was answered elsewhere stays."""
    dispute = db.lock(s, Dispute, dispute_id)
    standing.require(s, by, Do.SUBMIT, dispute)
    DISPUTE.take(dispute, Do.SUBMIT)
    kept = dict(dispute.draft)
    if step == "cause" and answers.get("cause") != (kept.get("cause") or {}).get("cause"):
        kept.pop("elements", None)  # another cause asks other questions
    kept[step] = dict(answers)
    dispute.draft = kept
    dispute.cause = kept.get("cause", {}).get("cause", "")
    s.add(dispute)
    fingerprint = digests.digest(digests.canonical(kept[step]))
    _note(s, dispute, "dispute.step_saved", by=by, at=at, step=step, answers=fingerprint)
    return dispute


def submit(s: Session, dispute_id: str, *, by: Actor, at: datetime) -> Dispute:
    """Hand the dispute to the court: number, dated receipt, triage proposal, and the seven days run."""
    dispute = db.lock(s, Dispute, dispute_id)
    standing.require(s, by, Do.SUBMIT, dispute)
    move = DISPUTE.take(dispute, Do.SUBMIT)
    _complete(dispute)
    _fill(dispute, at)
    dispute.number = dispute.number or case_numbers.take(
        s, dispute.court_id, "dispute", track=dispute.track, at=at
    )
    dispute.stage, dispute.submitted_at = move.target, at
    s.add(dispute)
    applicant = _people(s, dispute)
    if dispute.draft["me"]["capacity"] == "agent":
        _mandate(s, applicant, special=bool(dispute.draft["me"].get("special")), at=at)
    _consents(s, dispute, applicant, at)
    s.add(Triage(dispute_id=dispute.id, proposal=triage_facts.proposal(s, dispute, at), proposed_at=at))
    subject = f"dispute:{dispute.id}"
    deadlines.apply(s, move, court_id=dispute.court_id, subject=subject, since=at, track=dispute.track)
    _note(s, dispute, "dispute.submitted", by=by, at=at, number=dispute.number, to=dispute.stage)
    _papers(s, dispute, applicant, by=by, at=at)
    risks.give(s, dispute, applicant, at=at)
    notices.tell(
        s,
        applicant,
        "已收到您的纠纷登记",
        "已收到您提交的材料，登记编号%(number)s。法院将在七日内答复，进展请看“我的纠纷”。",
        about=f"/disputes/{dispute.id}",
        at=at,
        number=dispute.number,
    )
    return dispute


def _complete(dispute: Dispute) -> None:
    cause = pack.load().causes.get(dispute.cause)
    if left := filing.open_steps(dispute.draft, cause.elements if cause else ()):
        raise BadInput(**dict.fromkeys(left, "needed"))


def _fill(dispute: Dispute, at: datetime) -> None:
    """From the wizard's answers to what the court works with."""
    draft = dispute.draft
    taking = draft["taking-part"]
    dispute.elements = draft["elements"].get("values", {})
    dispute.story = draft["elements"]["story"]
    dispute.claims = draft["claims"]["claims"]
    dispute.amount_fen = filing.amount_fen(draft)
    dispute.wishes = {
        "asks": draft["way"]["asks"],
        "mode": taking["mode"],
        "support": taking.get("support", []),
        "note": taking.get("note", ""),
    }
    dispute.track = pack.default_track(clock.court_date(at), complaint=draft["way"]["asks"] == "suit")


def _people(s: Session, dispute: Dispute) -> Party:
    """The parties as answered: the applicant's row is there since the draft, the others are made anew."""
    rows = s.exec(select(Party).where(Party.dispute_id == dispute.id).order_by(col(Party.position))).all()
    applicant = next(row for row in rows if row.side is Side.APPLICANT)
    me, service = dispute.draft["me"], dispute.draft["service"]
    _name(applicant, me)
    _who_files(applicant, dispute.created_by, agent=me["capacity"] == "agent")
    applicant.service_address, applicant.e_service = service["address"], bool(service.get("e_service"))
    s.add(applicant)
    for row in rows:
        if row.side is Side.RESPONDENT:
            s.delete(row)  # not invited yet: only a draft or a returned dispute comes here
    for position, person in enumerate(dispute.draft["other"]["people"], 1):
        other = Party(dispute_id=dispute.id, side=Side.RESPONDENT, position=position, name=person["name"])
        _name(other, person)
        s.add(other)
    s.flush()
    return applicant


def _who_files(applicant: Party, author: str, *, agent: bool) -> None:
    """The author is the party or acts for it, whoever hands the draft in; other agents of the party stay."""
    if not agent:
        applicant.account_id = author
        if applicant.agent_account_id == author:
            applicant.agent_account_id, applicant.agent_special = None, False
        return
    if applicant.account_id == author:
        applicant.account_id = None
    if applicant.agent_account_id != author:  # claimed authority counts once its paper was checked (CPL-62)
        applicant.agent_account_id, applicant.agent_special = author, False


def _mandate(s: Session, party: Party, *, special: bool, at: datetime) -> None:
    """The agent who files shows the power of attorney among the evidence; mediator or court compares it."""
    agent = party.agent_account_id or ""
    known = select(Mandate).where(Mandate.party_id == party.id, Mandate.account_id == agent)
    if s.exec(known).first() is None:
        powers = [Power.SETTLE.value] if special else []
        s.add(Mandate(party_id=party.id, account_id=agent, capacity=Capacity.LAWYER, powers=powers, since=at))


def _name(party: Party, given: Mapping[str, Any]) -> None:
    party.kind = filing.kind_of(given)
    party.name = given["name"]
    party.identity_number = given.get("identity_number", "")
    party.legal_representative = given.get("legal_representative", "")
    party.phone = given.get("phone", "")
    party.email = given.get("email", "")
    party.address = given.get("address", "")


def _consents(s: Session, dispute: Dispute, party: Party, at: datetime) -> None:
    """What the applicant ticked while filing; everything else stays a no."""
    given = {Step(key) for key in dispute.draft["taking-part"].get("agrees", ())}
    if dispute.draft["service"].get("e_service"):
        given.add(Step.E_SERVICE)
    known = s.exec(select(Consent).where(Consent.party_id == party.id, col(Consent.withdrawn_at).is_(None)))
    for row in known:
        row.withdrawn_at = at  # submitted again: the new answers replace the old ones
        s.add(row)
    for text in TEXTS:
        if text.step in given:
            s.add(Consent(party_id=party.id, step=text.step, given=True, text_version=text.version, at=at))
    s.flush()


def _papers(s: Session, dispute: Dispute, applicant: Party, *, by: Actor, at: datetime) -> None:
    intake_papers.registration(s, dispute, by=by, at=at)
    file_papers.evidence_list(s, dispute, applicant, by=by, at=at)
    intake_papers.service_address(s, dispute, applicant, dispute.draft["service"], by=by, at=at)
    given = s.exec(
        select(Consent).where(Consent.party_id == applicant.id, col(Consent.withdrawn_at).is_(None))
    )
    if rows := given.all():
        intake_papers.consent(s, dispute, applicant, rows, by=by, at=at)


def _note(s: Session, dispute: Dispute, kind: str, *, by: Actor, at: datetime, **fields: object) -> None:
    journal.append(s, dispute.court_id, f"dispute:{dispute.id}", kind, by=by, at=at, **fields)
