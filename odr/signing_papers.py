"""What proves a signature, kept with it and printed as the certificate of signing (ESL-13)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from odr import clock, letterhead, matters, papers
from odr import facts as forms
from odr.confirmation_papers import agreement_facts
from odr.errors import Broken
from odr.facts import AgreementFacts, SignerFacts, SigningCertificateFacts
from odr.facts.words import moment
from odr.rules import filing
from odr.rules.access import Actor
from odr.rules.words import Zone
from odr.tables.agreements import Agreement, Signature
from odr.tables.mediations import MediationCase
from odr.tables.people import Account, OneTimeCode

METHODS = {
    "drawn": "手写签名并经验证码核验",
    "typed": "键入签名并经验证码核验",
    "paper": "在纸质文本上签名",
}
REACHED = {"seen": "页面已显示至文末，并由签名人确认读完", "declared": "由签名人确认读完全文"}


def ensure_unchanged(agreement: Agreement) -> None:
    """Broken if the words that are signed, masked numbers included, are not the ones that were shown."""
    if forms.digest(agreement_facts(agreement)) != agreement.shown_hash:
        raise Broken(f"the words of agreement {agreement.id} have changed")


def is_of(facts: AgreementFacts, agreement: Agreement) -> bool:
    """Whether a paper, its signatures put aside, has exactly the words that were shown."""
    bare = replace(facts, signatures=(), effective_on=None, text_digest="")
    return forms.digest(bare) == agreement.shown_hash


def proof(
    by: Actor, account: Account, code: OneTimeCode, *, page: str, reached: str, proved_at: datetime | None
) -> dict[str, Any]:
    """What is kept with a signature: how the signer was known, and which very page they saw."""
    return {
        "account_verified_at": _when(account.verified_at),
        "strong": by.strong,
        "proved_at": _when(proved_at),
        "code_asked_at": _when(code.created_at),  # asked for below the text, so after it was shown
        "code_to": code.destination[-4:],
        "page": page,
        "reached": reached if reached in REACHED else "declared",
    }


def certificate(
    s: Session, agreement: Agreement, case: MediationCase, rows: Sequence[Signature], *, at: datetime
) -> None:
    """电子签名证明 of an agreement that everybody signed on line."""
    number = letterhead.series_number(s, case.court_id, "签证", "〔{year}〕{court}签证第{serial}号", at=at)
    facts = SigningCertificateFacts(
        **letterhead.heading(s, case.court_id, number=number, case_number=case.number, at=at),
        agreement_number=agreement.number,
        cause=filing.cause_name(matters.dispute_of(s, case).cause),
        text_digest=agreement.shown_hash,
        signers=tuple(_signer(row) for row in rows),
        effective_on=clock.court_date(agreement.effective_at or at),
    )
    papers.freeze(
        s,
        court_id=case.court_id,
        dispute_id=case.dispute_id,
        subject=f"agreement:{agreement.id}",
        facts=facts,
        title="电子签名证明",
        zone=Zone.OUTCOME,
        number=number,
        at=at,
    )


def _signer(row: Signature) -> SignerFacts:
    told = row.proof
    known = [
        f"实名账户（{_told(str(told['account_verified_at']))}核验）"
        if told.get("account_verified_at")
        else "实名账户",
        f"本次登录{_told(told['proved_at'])}再次核验本人" if told.get("proved_at") else "",
        "第二重验证" if told.get("strong") else "",
        f"发送至尾号{told.get('code_to', '')}的一次性验证码",
    ]
    return SignerFacts(
        who=row.name,
        role=row.role,
        known_by="；".join(filter(None, known)),
        shown=told.get("page") or row.shown_hash,
        read_to_end=REACHED[told.get("reached", "declared")],
        signed_at=row.signed_at,
        place=f"网络地址摘要 {row.address_hash or '无'}；浏览器 {row.agent or '无'}",
        method=METHODS[row.method],
    )


def _when(instant: datetime | None) -> str:
    return instant.isoformat() if instant else ""


def _told(text: str) -> str:
    return moment(datetime.fromisoformat(text))
