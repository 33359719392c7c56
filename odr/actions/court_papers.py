"""民事调解书: of an agreement in a registered case the court makes its own paper, if a party asks (SIM-20, CPL-100).

A judge of the court looks at the agreement and may refuse on the four grounds of CMR-10; it is then still
a contract between the parties.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from sqlmodel import Session, col, select

from odr import clock, confirmation_papers, db, deadlines, letterhead, matters, papers, standing
from odr.actions import fee_relief, halts, judges
from odr.errors import BadInput, Conflict, NotAllowed
from odr.facts import CivilMediationFacts, ClauseFacts, printable
from odr.rules import fees, filing, pack
from odr.rules.access import Actor
from odr.rules.moves import AGREEMENT, ConfirmationStage
from odr.rules.words import Do, Role, Zone
from odr.tables.agreements import Agreement, ConfirmationCase, CourtPaper
from odr.tables.disputes import Dispute, Triage
from odr.tables.mediations import MediationCase
from odr.tables.records import Document

REFUSALS = "court_paper_refusal"
ROLES = {"申请人": "原告", "被申请人": "被告"}  # in a registered case
LONG = 4000


def ask(s: Session, agreement_id: str, *, by: Actor, at: datetime) -> CourtPaper:
    """A party asks the court for its paper; only in a registered case, and not beside a confirmation."""
    agreement = db.lock(s, Agreement, agreement_id)
    standing.require(s, by, Do.ASK_COURT_PAPER, agreement)
    AGREEMENT.take(agreement, Do.ASK_COURT_PAPER)
    case = db.get(s, MediationCase, agreement.case_id)
    party = standing.disposing(s, by, case.dispute_id)
    if not is_open(s, agreement, case):
        raise Conflict(paper="already")
    row = CourtPaper(agreement_id=agreement.id, asked_by=party.id, asked_at=at)
    s.add(row)
    s.flush()
    matters.note(s, case, "court_paper.asked", by=by, at=at, agreement=agreement.id)
    words = f"{matters.dispute_of(s, case).filing_number}的当事人申请制作民事调解书，请审查。"
    matters.tell_office(
        s, case.court_id, Role.JUDGE, "申请制作民事调解书", words, about="/court-papers", at=at
    )
    return row


def issue(
    s: Session, paper_id: str, *, by: Actor, at: datetime, brief: str, procedure: str, fee_rule: str
) -> CourtPaper:
    """A judge has looked at the agreement: the court's paper is made and served; no confirmation beside it."""
    row, agreement, case = _undecided(s, paper_id, by, Do.ISSUE_COURT_PAPER)
    move = AGREEMENT.take(agreement, Do.ISSUE_COURT_PAPER)
    if not 0 < len(brief.strip()) <= LONG:
        raise BadInput(brief="too-long" if brief.strip() else "needed")
    if procedure not in ("简易程序", "普通程序"):
        raise BadInput(procedure="choose-one")
    if halts.suspected_at(s, case.dispute_id):
        raise Conflict(suspicion="pending")  # ODM-23
    printable.require(brief, fee_rule)
    row.granted, row.judge_id, row.decided_at = True, by.account_id, at
    agreement.stage = move.target
    deadlines.apply(s, move, court_id=case.court_id, subject=f"agreement:{agreement.id}", since=at)
    row.document_id = _issue(s, case, agreement, brief, procedure, fee_rule, by=by, at=at).id
    s.add_all([row, agreement])
    matters.note(s, case, "court_paper.issued", by=by, at=at, agreement=agreement.id)
    return row


def refuse(s: Session, paper_id: str, *, by: Actor, at: datetime, ground: str, reason: str) -> CourtPaper:
    """The court does not confirm it on a ground of CMR-10; the parties may agree anew or the trial goes on."""
    row, agreement, case = _undecided(s, paper_id, by, Do.REFUSE_COURT_PAPER)
    AGREEMENT.take(agreement, Do.REFUSE_COURT_PAPER)
    known = pack.load().grounds[REFUSALS].get(ground)
    if known is None:
        raise BadInput(ground="choose-one")
    if not 0 < len(reason.strip()) <= LONG:
        raise BadInput(reason="reason-needed")
    row.granted, row.judge_id, row.decided_at = False, by.account_id, at
    row.ground, row.reason = ground, reason
    s.add(row)
    matters.note(s, case, "court_paper.refused", by=by, at=at, agreement=agreement.id, ground=ground)
    words = "法院不予制作民事调解书：%(ground)s。%(reason)s"
    about = f"/agreements/{agreement.id}"
    matters.tell_parties(
        s, case, "不予制作民事调解书", words, about=about, at=at, ground=known.words, reason=reason
    )
    return row


def is_open(s: Session, agreement: Agreement, case: MediationCase) -> bool:
    """Whether the court can be asked: a registered case, nobody asked yet, nothing applied for."""
    confirmed = select(ConfirmationCase.id).where(
        ConfirmationCase.agreement_id == agreement.id, ConfirmationCase.stage != ConfirmationStage.WITHDRAWN
    )
    return (
        pack.load().tracks[case.track].registers_first
        and bool(matters.dispute_of(s, case).filing_number)
        and of(s, agreement.id) is None
        and s.exec(confirmed).first() is None
    )


def of(s: Session, agreement_id: str) -> CourtPaper | None:
    return s.exec(select(CourtPaper).where(CourtPaper.agreement_id == agreement_id)).first()


def ensure_decided(s: Session, agreement_id: str) -> None:
    """While a wish for the court's paper waits, nothing is done that would take the agreement from the judge."""
    row = of(s, agreement_id)
    if row is not None and row.decided_at is None:
        raise Conflict(paper="undecided")


def _undecided(s: Session, paper_id: str, by: Actor, do: Do) -> tuple[CourtPaper, Agreement, MediationCase]:
    found = db.get(s, CourtPaper, paper_id)
    agreement = db.lock(s, Agreement, found.agreement_id)
    row = db.lock(s, CourtPaper, paper_id)
    standing.require(s, by, do, row)
    case = db.get(s, MediationCase, agreement.case_id)
    judges.ensure_free(s, by, case.dispute_id)
    if row.decided_at is not None:
        raise Conflict(paper="decided")
    return row, agreement, case


def _issue(
    s: Session,
    case: MediationCase,
    agreement: Agreement,
    brief: str,
    procedure: str,
    fee_rule: str,
    *,
    by: Actor,
    at: datetime,
) -> Document:
    """民事调解书 (F18) under the number of the registered case."""
    dispute, said = matters.dispute_of(s, case), confirmation_papers.agreement_facts(agreement)
    fee = _fee(dispute)
    costs = fee_rule or said.costs.rstrip("。"), fee_relief.stated(s, dispute.id, fee)
    facts = CivilMediationFacts(
        **letterhead.heading(s, case.court_id, number=dispute.filing_number, case_number=case.number, at=at),
        parties=tuple(replace(one, role=ROLES.get(one.role, one.role)) for one in said.parties),
        cause=filing.cause_name(dispute.cause),
        registered_on=_registered_on(s, dispute),
        procedure=procedure,
        claims=tuple(str(claim["text"]) for claim in dispute.claims),
        brief=brief,
        organisation=said.organisation,
        clauses=(*said.clauses, *((ClauseFacts(text=said.default_clause),) if said.default_clause else ())),
        fee_fen=fee,
        fee_rule="；".join(filter(None, costs)),
        judge=by.name,
        clerk=confirmation_papers.clerk_of(s, case),
    )
    return papers.freeze(
        s,
        court_id=case.court_id,
        dispute_id=dispute.id,
        subject=f"agreement:{agreement.id}",
        facts=facts,
        title="民事调解书",
        zone=Zone.OUTCOME,
        number=facts.number,
        at=at,
        by=by,
    )


def _registered_on(s: Session, dispute: Dispute) -> date:
    """The day of the officer's decision to register it."""
    query = select(Triage.decided_at).where(
        Triage.dispute_id == dispute.id, col(Triage.decided_at).is_not(None)
    )
    decided = s.exec(query.order_by(col(Triage.decided_at).desc())).first()
    if decided is None:
        raise NotAllowed(case="not-registered")
    return clock.court_date(decided)


def _fee(dispute: Dispute) -> int | None:
    """Half the fee of its cause, because it ends in mediation (FEE-15); nothing where the court has a choice."""
    if not dispute.amount_fen:
        return None
    fee = fees.halved(fees.of_cause(dispute.cause, dispute.amount_fen))
    return fee.low_fen if fee.fixed else None
