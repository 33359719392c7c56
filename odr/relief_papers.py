"""诉讼费用缓、减、免交审批表 (F30): what a party asked, what a judge found, what the president decided."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from odr import clock, db, letterhead, papers
from odr.facts import FeeReliefFacts, SignatureFacts
from odr.facts.words import amount, day
from odr.rules import filing, pack
from odr.rules import relief as law
from odr.rules.access import ALONE, Actor
from odr.rules.relief import Relief
from odr.rules.words import Zone
from odr.tables.disputes import Dispute, Party
from odr.tables.fees import FeeRelief
from odr.tables.people import Account
from odr.tables.records import Document


def issue(s: Session, dispute: Dispute, row: FeeRelief, *, by: Actor, at: datetime) -> Document:
    """For who asked and those who decide; nobody else reads it."""
    party, court_id = db.get(s, Party, row.party_id), dispute.court_id
    ground = pack.load().grounds[law.grounds_of(row.relief)][row.ground]
    number = letterhead.series_number(s, court_id, "费救", "〔{year}〕{court}费救第{serial}号", at=at)
    sent = SignatureFacts(
        who=db.get(s, Account, row.account_id).name,
        role=letterhead.ROLES[party.side],
        signed_at=row.asked_at,
        method="实名账号在线提交",
    )
    facts = FeeReliefFacts(
        **letterhead.heading(s, court_id, number=number, case_number=dispute.filing_number, at=at),
        applicant=letterhead.party_fact(s, party),
        cause=filing.cause_name(dispute.cause),
        relief=law.NAMES[row.relief],
        fee_fen=row.fee_fen,
        asked_fen=min(row.asked_fen, row.fee_fen),
        ground=ground.words.zh,
        article=pack.cite(ground.articles),
        reason=row.reason,
        proofs=tuple(row.proofs),
        asked_on=clock.court_date(row.asked_at),
        judge=db.get(s, Account, row.judge_id).name,
        opinion=row.opinion,
        approver=by.name,
        decision=_decision(row),
        decided_on=clock.court_date(at),
        signatures=(sent,),
    )
    return papers.freeze(
        s,
        court_id=court_id,
        dispute_id=dispute.id,
        subject=f"fee_relief:{row.id}",
        facts=facts,
        title=f"诉讼费用{law.NAMES[row.relief]}审批表",
        zone=Zone.RECORD,
        side=f"{ALONE}{party.id}",
        number=number,
        at=at,
        by=by,
    )


def _decision(row: FeeRelief) -> str:
    if not row.granted:
        return f"不予准许。{row.reason_given}"
    said = {
        Relief.EXEMPT: "同意免交。",
        Relief.REDUCE: f"同意减交{amount(row.relieved_fen)}元，应交{amount(row.fee_fen - row.relieved_fen)}元。",
        Relief.DEFER: f"同意缓交至{day(row.until)}。" if row.until else "",
    }[row.relief]
    return said + row.reason_given
