"""强制执行申请书: what is due under an agreement that can be enforced, with the list of papers that prove it (CPLI-460)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from odr import clock, db, deadlines, letterhead, matters, papers
from odr.facts import EnforcementApplicationFacts, SignatureFacts
from odr.rules import filing, money
from odr.rules.access import Actor
from odr.rules.words import Zone
from odr.tables.agreements import Obligation
from odr.tables.confirmation import Enforcement
from odr.tables.mediations import MediationCase
from odr.tables.people import Court
from odr.tables.records import Document
from odr.titles import COURT_PAPER, RULING, Title

SHOWN = {RULING: "民事裁定书（确认调解协议有效）", COURT_PAPER: "民事调解书"}


def attachments(title: Title) -> tuple[str, ...]:
    """The papers that prove what is asked for."""
    served = f"{title.paper.removeprefix('民事')}的送达凭证"
    others = ("调解协议书及签名凭证", served, "未履行情况说明", "申请人身份证明")
    return (SHOWN[title.paper], *others)


def application(
    s: Session,
    row: Enforcement,
    owed: Sequence[Obligation],
    title: Title,
    case: MediationCase,
    *,
    by: Actor,
    at: datetime,
) -> Document:
    """The creditor's own paper; the other side reads it from the court that enforces."""
    until = deadlines.find(s, f"agreement:{row.agreement_id}", "T-ENF")
    parties = matters.parties(s, case.dispute_id)
    number = letterhead.series_number(s, case.court_id, "执申", "〔{year}〕{court}执申字第{serial}号", at=at)
    facts = EnforcementApplicationFacts(
        **letterhead.heading(s, case.court_id, number=number, case_number=case.number, at=at),
        applicants=tuple(letterhead.party_fact(s, one) for one in parties if one.side is row.side),
        respondents=tuple(
            letterhead.party_fact(s, one).masked() for one in parties if one.side is not row.side
        ),
        cause=filing.cause_name(matters.dispute_of(s, case).cause),
        title=title.paper,
        ruling_number=title.number,
        ruled_on=clock.court_date(title.made_at),
        requests=tuple(_requests(row, owed)),
        facts=f"{row.breach}{_venue(s, row, title, case)}",
        unpaid_fen=row.owed_fen or None,
        apply_until=clock.court_date(until.due_at) if until else None,
        attachments=attachments(title),
        signatures=(SignatureFacts(who=by.name, role="申请人", signed_at=at, method="平台账号在线确认"),),
    )
    return papers.freeze(
        s,
        court_id=case.court_id,
        dispute_id=case.dispute_id,
        subject=f"enforcement:{row.id}",
        facts=facts,
        title="强制执行申请书",
        zone=Zone.OUTCOME,
        side=row.side.value,
        number=number,
        at=at,
        by=by,
    )


def _requests(row: Enforcement, owed: Sequence[Obligation]) -> list[str]:
    lines = []
    for one in owed:
        unpaid = max(0, one.amount_fen - one.performed_fen)
        day = f"（应于{one.due_on:%Y年%m月%d日}前履行）" if one.due_on else ""
        what = f"支付尚未履行的{money.yuan(unpaid)}" if one.amount_fen else f"履行：{one.text.rstrip('。')}"
        lines.append(f"被执行人{what}{day}；")
    if row.interest_fen:
        total = money.yuan(row.interest_fen)
        lines.append(
            f"被执行人加倍支付迟延履行期间的债务利息，暂计至申请之日为{total}，之后计至实际履行之日。"
        )
    return lines


def _venue(s: Session, row: Enforcement, title: Title, case: MediationCase) -> str:
    if row.venue == "property-court":
        return "申请人拟向被执行的财产所在地同级人民法院申请执行。"
    made = "作出裁定" if title.paper == RULING else "制作调解书"
    return f"申请人向{made}的{db.get(s, Court, case.court_id).name}申请执行。"
