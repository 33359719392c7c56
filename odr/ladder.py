"""Who hears of a period that runs out: at 70 % whose act it is, at 90 % all concerned, at 100 % their leader too.

The desks of the court show the same in colour all the time; a message goes out only on these three steps.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, select

from odr import clock, matters, notices
from odr.rules import pack
from odr.rules.law import Clock
from odr.rules.words import Hat, Role, Side
from odr.tables.agreements import ConfirmationCase
from odr.tables.confirmation import Objection
from odr.tables.disputes import Dispute
from odr.tables.mediations import MediationCase
from odr.tables.people import Account
from odr.tables.records import Deadline

SIDES = {Hat.APPLICANT: Side.APPLICANT, Hat.RESPONDENT: Side.RESPONDENT}
OFFICES = {Hat.TRIAGE: Role.TRIAGE, Hat.CLERK: Role.CLERK, Hat.LEADER: Role.LEADER}
BOUND = {"party": frozenset(SIDES), "mediator": frozenset({Hat.MEDIATOR}), "court": frozenset[Hat]()}
SUBJECT = "%(rule)s%(step)s"
BODY = "%(number)s：%(rule)s%(step)s，最后一日为%(end)s。%(next)s"
STEPS = {70: "已过去七成", 90: "即将届满", 100: "已经届满"}
# What is to be done now that it is over, by the consequence that the pack names
NEXT = {
    "register-first": "请立即决定是否立案；符合条件而不能当场决定的，先行登记立案。",
    "propose-end": "各方未同意延长的，请终结调解。",
    "propose-withdrawn": "无正当理由未补充的，可以按撤回申请处理。",
    "court-appoints": "由法院指定调解员。",
    "agreement-lapses": "协议仍有合同效力，可以要求对方履行或者起诉。",
    "offline-for-party": "可以到法院现场办理。",
}


def hats(law: Clock, percent: int) -> frozenset[Hat]:
    """Who is told at this step of the ladder."""
    warned = frozenset(Hat(hat) for hat in law.warns)
    if percent == 100:
        return warned
    return warned - {Hat.LEADER} if percent == 90 else warned & BOUND[law.bound]


def tell(s: Session, row: Deadline, percent: int, *, matter: str, at: datetime) -> None:
    """Write to everybody who is to hear of this step."""
    dispute = s.get(Dispute, matter.partition(":")[2])
    if dispute is None:  # nothing of a matter: a clock of the court's own
        return
    law = pack.load().clocks[row.rule]
    said: dict[str, notices.Filling] = {
        "number": dispute.number,
        "rule": law.name,
        "step": STEPS[percent],
        "end": clock.court_date(row.due_at),
        "next": NEXT.get(law.consequence, "") if percent == 100 else "",
    }
    for hat in sorted(hats(law, percent)):
        _tell(s, row, dispute, hat, said, at)


def _tell(
    s: Session, row: Deadline, dispute: Dispute, hat: Hat, said: dict[str, notices.Filling], at: datetime
) -> None:
    about = f"/disputes/{dispute.id}"
    if hat in SIDES:
        for party in matters.parties(s, dispute.id, SIDES[hat]):
            notices.tell(s, party, SUBJECT, BODY, about=about, at=at, **said)
    elif hat in OFFICES:
        path = f"/triage/{dispute.id}" if hat is Hat.TRIAGE else about
        path = "/complaints" if row.subject.startswith("complaint:") else path
        matters.tell_office(s, row.court_id, OFFICES[hat], SUBJECT, BODY, about=path, at=at, **said)
    elif hat is Hat.MEDIATOR and (case := _case(s, dispute)) is not None:
        matters.tell_mediator(s, case, SUBJECT, BODY, about=f"/cases/{case.id}", at=at, **said)
    elif hat is Hat.JUDGE:
        _tell_judge(s, row, said, at)


def _case(s: Session, dispute: Dispute) -> MediationCase | None:
    newest = col(MediationCase.created_at).desc()
    query = select(MediationCase).where(MediationCase.dispute_id == dispute.id)
    return s.exec(query.order_by(newest).limit(1)).first()


def _tell_judge(s: Session, row: Deadline, said: dict[str, notices.Filling], at: datetime) -> None:
    kind, _, key = row.subject.partition(":")
    hearing: ConfirmationCase | Objection | None = None
    if kind == "confirmation":
        hearing = s.get(ConfirmationCase, key)
    elif kind == "objection":
        hearing = s.get(Objection, key)
    judge = s.get(Account, hearing.judge_id) if hearing and hearing.judge_id else None
    if judge is not None:
        notices.tell(s, judge, SUBJECT, BODY, about=f"/{kind}s/{key}", at=at, **said)
