"""诉讼风险提示书: each side is told what a lawsuit may bring as soon as it is here, and says that it has read it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select

from odr import db, journal, letterhead, papers, standing
from odr.errors import Conflict, NotFound
from odr.facts import RiskNoticeFacts, StatementFacts, words
from odr.rules import fees, filing, pack
from odr.rules.access import MACHINE, Actor
from odr.rules.risks import LAW, RISKS, WAYS
from odr.rules.words import Do, Zone
from odr.tables.disputes import Dispute, Party
from odr.tables.records import Document, JournalEntry

READ = "risks.acknowledged"


def give(s: Session, dispute: Dispute, party: Party, *, at: datetime) -> Document:
    """The notice of this party, made once."""
    if (known := of(s, party.id)) is not None:
        return known
    number = letterhead.series_number(s, dispute.court_id, "risk", "〔{year}〕{court}险示第{serial}号", at=at)
    facts = RiskNoticeFacts(
        **letterhead.heading(s, dispute.court_id, number=number, case_number=dispute.filing_number, at=at),
        addressee=party.name,
        cause=filing.cause_name(dispute.cause),
        risks=tuple(StatementFacts(speaker=heading, text=text) for heading, text in RISKS),
        ways=tuple(StatementFacts(speaker=way, text=text) for way, text in WAYS),
        costs=(*_fee(dispute), "调解和司法确认不收费。"),
        law=tuple(pack.cite(LAW).split("；")),
    )
    return papers.freeze(
        s,
        court_id=dispute.court_id,
        dispute_id=dispute.id,
        subject=f"party:{party.id}",
        facts=facts,
        title="诉讼风险提示书",
        zone=Zone.RECORD,
        number=number,
        side=party.side.value,
        at=at,
        by=MACHINE,
    )


def acknowledge(s: Session, document_id: str, *, by: Actor, at: datetime) -> Document:
    """A party says that it has read its notice; said once, it decides nothing."""
    document = db.lock(s, Document, document_id)
    standing.require(s, by, Do.ACKNOWLEDGE_RISKS, document)
    party = standing.party_of(s, by, document.dispute_id or "")
    if document.kind != RiskNoticeFacts.kind or party is None or document.subject != f"party:{party.id}":
        raise NotFound(document=document.id)
    if read(s, document):
        raise Conflict(document="read")
    subject = f"dispute:{document.dispute_id}"
    journal.append(s, document.court_id, subject, READ, by=by, at=at, document=document.id, party=party.id)
    return document


def of(s: Session, party_id: str) -> Document | None:
    query = select(Document).where(
        Document.subject == f"party:{party_id}", Document.kind == RiskNoticeFacts.kind
    )
    return s.exec(query).first()


def unread(s: Session, party: Party | None) -> str:
    """The notice that this party has not yet said to have read; empty if there is none."""
    notice = of(s, party.id) if party else None
    return notice.id if notice and not read(s, notice) else ""


def read(s: Session, document: Document) -> bool:
    """Whether its party has said that it read this notice."""
    told = select(JournalEntry).where(
        JournalEntry.court_id == document.court_id,
        JournalEntry.subject == f"dispute:{document.dispute_id}",
        JournalEntry.kind == READ,
    )
    return any(journal.fields_of(entry)["document"] == document.id for entry in s.exec(told))


def _fee(dispute: Dispute) -> tuple[str, ...]:
    """What the court would charge for a suit over the amount claimed."""
    if not dispute.amount_fen:
        return ("案件受理费按件交纳，以法院的交费通知为准；适用简易程序或者以调解结案的减半。",)
    fee = fees.of_cause(dispute.cause, dispute.amount_fen)
    charged = f"为{words.amount(fee.low_fen)}元"
    if not fee.fixed:
        charged = f"在{words.amount(fee.low_fen)}元至{words.amount(fee.high_fen)}元之间"
    return (
        f"按请求金额{words.amount(dispute.amount_fen)}元计算，案件受理费{charged}，"
        "适用简易程序或者以调解结案的减半。",
    )
