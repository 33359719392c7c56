"""How far a matter of the demonstration has come: each step begins where the one before ended."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from odr import clock, db
from odr.actions import (
    calendar,
    codes,
    confirmation,
    consents,
    drafting,
    intake,
    invitations,
    mediators,
    minutes,
    rulings,
    signing,
    sittings,
    triage,
)
from odr.demo.cast import Cast, actor_of
from odr.rules.access import Actor
from odr.rules.words import ClauseKind, Mode, Role, Step, Track
from odr.tables.agreements import Agreement, ConfirmationCase, Ruling
from odr.tables.disputes import Dispute, Invitation, Party
from odr.tables.mediations import MediationCase, Sitting
from odr.tables.people import Account, Message


def filed(s: Session, cast: Cast, at: datetime, *, a: int = 0, b: int = 1, fen: int = 1_200_000) -> Dispute:
    """A loan, brought by party `a` against party `b`."""
    by, other = cast.parties[a], db.get(s, Account, cast.parties[b].account_id)
    me = db.get(s, Account, by.account_id)
    dispute = intake.begin(s, cast.court.id, cause="private-lending", by=by, at=at)
    for step, given in answers(me, other, fen, clock.court_date(at)).items():
        intake.save(s, dispute.id, step, given, by=by, at=at)
    return intake.submit(s, dispute.id, by=by, at=at)


def invited(s: Session, cast: Cast, at: datetime, **who: int) -> tuple[Dispute, MediationCase]:
    dispute = filed(s, cast, at, **who)
    row = triage.latest(s, dispute.id)
    assert row is not None
    case = triage.delegate(
        s,
        dispute.id,
        by=cast.staff[Role.TRIAGE],
        at=at + timedelta(hours=3),
        org_id=cast.organisation.id,
        track=Track.PARTY_APPLIED,
        route=row.proposal["route"],
        reason="",
        origin="",
    )
    return dispute, case


def consented(s: Session, cast: Cast, at: datetime, **who: int) -> MediationCase:
    dispute, case = invited(s, cast, at, **who)
    yes = dict.fromkeys((Step.MEDIATION, Step.VIDEO, Step.E_SIGN, Step.E_SERVICE, Step.SHARE_WITH_ORG), True)
    for invitation in s.exec(
        select(Invitation)
        .join(Party, col(Party.id) == col(Invitation.party_id))
        .where(Party.dispute_id == dispute.id)
    ):
        invitations.claim(s, invitation.code, by=cast.parties[who.get("b", 1)], at=at + timedelta(hours=5))
    for number in (who.get("a", 0), who.get("b", 1)):
        consents.answer(s, dispute.id, yes, by=cast.parties[number], at=at + timedelta(hours=6))
    return case


def accepted(s: Session, cast: Cast, at: datetime, **who: int) -> tuple[MediationCase, Actor]:
    case = consented(s, cast, at, **who)
    wanted = [mediator.mediator_id or "" for mediator in cast.mediators[:2]]
    for number in (who.get("a", 0), who.get("b", 1)):
        mediators.choose(
            s, case.id, by=cast.parties[number], at=at + timedelta(hours=20), mediator_ids=wanted
        )
    host = next(mediator for mediator in cast.mediators if mediator.mediator_id == case.mediator_id)
    mediators.accept(s, case.id, by=host, at=at + timedelta(hours=22), disclosure="", promised=True)
    return case, host


def sat(s: Session, cast: Cast, at: datetime, **who: int) -> tuple[MediationCase, Actor, Sitting]:
    """A sitting was held two days later."""
    case, host = accepted(s, cast, at, **who)
    begins = at + timedelta(days=2)
    sitting = calendar.schedule(
        s, case.id, by=host, at=at + timedelta(hours=23), starts_at=begins, minutes=60, mode=Mode.SYNC
    )
    people = [host, cast.parties[who.get("a", 0)], cast.parties[who.get("b", 1)]]
    for actor in people:
        sittings.enter(s, sitting.id, by=actor, at=begins - timedelta(minutes=5))
        sittings.read_notices(s, sitting.id, by=actor, at=begins, ticked=list(sittings.NOTICES))
    for actor in people:
        sittings.check_identity(
            s, sitting.id, actor.account_id or "", by=host, at=begins, how="document-on-camera"
        )
    sittings.begin(s, sitting.id, by=host, at=begins)
    fact = minutes.state_fact(
        s, sitting.id, by=host, at=begins, text="双方对借款本金人民币12,000元、已交付均无异议。"
    )
    for actor in people[1:]:
        minutes.agree_fact(s, sitting.id, fact.id, by=actor, at=begins)
    return case, host, sitting


def agreed(s: Session, cast: Cast, at: datetime, **who: int) -> tuple[Agreement, Actor, datetime]:
    """The clauses are agreed and frozen; signatures are awaited."""
    case, host, sitting = sat(s, cast, at, **who)
    then = sitting.starts_at + timedelta(minutes=40)
    clause = drafting.propose(
        s, sitting.id, by=host, at=then, kind=ClauseKind.PAYMENT, fields=_payment(clock.court_date(then))
    )
    for number in (who.get("a", 0), who.get("b", 1)):
        drafting.agree(s, sitting.id, clause.id, by=cast.parties[number], at=then, version=clause.version)
    agreement = drafting.current(s, case.id)
    assert agreement is not None
    drafting.freeze(
        s, agreement.id, by=host, at=then, brief="被申请人向申请人借款，至今未还，双方对还款发生争议。"
    )
    return agreement, host, then


def effective(s: Session, cast: Cast, at: datetime, **who: int) -> tuple[Agreement, datetime]:
    agreement, host, then = agreed(s, cast, at, **who)
    for number in (who.get("a", 0), who.get("b", 1)):
        then += timedelta(minutes=5)
        by = cast.parties[number]
        signing.sign(s, agreement.id, by=by, at=then, hand=hand(s, agreement, by, then))
    signing.countersign(s, agreement.id, by=host, at=then, hand=hand(s, agreement, host, then))
    sittings.close(s, agreement.sitting_id or "", by=host, at=then, outcome="agreed")
    return agreement, then


def applied(s: Session, cast: Cast, at: datetime, **who: int) -> tuple[ConfirmationCase, datetime]:
    agreement, then = effective(s, cast, at, **who)
    first, second = cast.parties[who.get("a", 0)], cast.parties[who.get("b", 1)]
    then += timedelta(hours=1)
    row = confirmation.apply(
        s, agreement.id, by=first, at=then, reasons="双方自愿达成调解协议，请求确认其效力。", declared=True
    )
    confirmation.join(s, row.id, by=second, at=then + timedelta(hours=1), declared=True)
    return row, then + timedelta(hours=1)


def in_review(s: Session, cast: Cast, at: datetime, **who: int) -> tuple[ConfirmationCase, Actor, datetime]:
    row, then = applied(s, cast, at, **who)
    then += timedelta(hours=2)
    confirmation.accept(s, row.id, by=cast.staff[Role.CLERK], at=then)
    judge = actor_of(s, row.judge_id, Role.JUDGE, cast.court)
    rulings.review(s, row.id, by=judge, at=then + timedelta(hours=1))
    return row, judge, then + timedelta(hours=1)


def confirmed(s: Session, row: ConfirmationCase, judge: Actor, at: datetime) -> Ruling:
    """The judge finds nothing against it and confirms."""
    rulings.check(s, row.id, by=judge, at=at, checklist={key: {"ok": True} for key in rulings.CHECKS})
    return rulings.confirm(s, row.id, by=judge, at=at)


def answers(me: Account, other: Account, fen: int, on: date) -> dict[str, dict[str, Any]]:
    return {
        "cause": {"cause": "private-lending"},
        "way": {"asks": "mediation"},
        "me": {
            "capacity": "self",
            "kind": "natural",
            "name": me.name,
            "identity_number": me.identity_number,
            "phone": me.phone,
            "address": "广州市天河区体育西路100号",
        },
        "other": {
            "people": [
                {
                    "kind": "natural",
                    "name": other.name,
                    "phone": other.phone,
                    "address": "广州市天河区中山大道200号",
                }
            ]
        },
        "elements": {
            "story": "被申请人因周转向申请人借款，约定到期归还，到期后多次催要未还。",
            "values": {
                "lent_on": (on - timedelta(days=400)).isoformat(),
                "principal": fen,
                "paid_by": "transfer",
                "note": "yes",
            },
        },
        "claims": {"claims": [{"text": "请求被申请人归还借款本金", "amount_fen": fen}]},
        "evidence": {"seen": True},
        "taking-part": {"mode": "video", "support": [], "note": "", "agrees": ["mediation"]},
        "service": {"address": "广州市天河区体育西路100号", "phone": me.phone, "e_service": True},
    }


def _payment(on: date) -> dict[str, Any]:
    return {
        "debtor": "respondent",
        "creditor": "applicant",
        "about": "借款本金",
        "amount_fen": 1_200_000,
        "due_on": (on + timedelta(days=20)).isoformat(),
        "method": "transfer",
        "payee": "张伟",
        "bank": "中国工商银行广州天河支行",
        "account": "6222020000000000000",
    }


def hand(s: Session, agreement: Agreement, by: Actor, at: datetime) -> signing.Hand:
    """A typed signature, with the code read from the person's own message."""
    account = db.get(s, Account, by.account_id)
    row = codes.send_code(s, purpose=f"sign:{agreement.id}", destination=account.phone, at=at)
    sent = select(Message.body).where(Message.destination == account.phone, Message.created_at == at)
    found = next(m for body in s.exec(sent) if (m := re.search(r"验证码 (\d{6})", body)))
    return signing.Hand(
        method="typed",
        image="",
        typed=account.name,
        shown_hash=agreement.shown_hash,
        scrolled_to_end=True,
        code_id=row.id,
        code=found.group(1),
    )
