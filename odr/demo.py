"""A demonstration court: invented people and organisations, and matters in every stage, made by real actions.

Nothing here writes a state by hand: each matter goes the way a real one goes, only on earlier days.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlmodel import Session, col, select

from odr import clock, db
from odr.actions import (
    accounts,
    calendar,
    codes,
    confirmation,
    consents,
    drafting,
    intake,
    invitations,
    mediation,
    mediators,
    minutes,
    performance,
    rulings,
    signing,
    sittings,
    triage,
)
from odr.db import Database
from odr.rules.access import Actor
from odr.rules.words import ClauseKind, Dismissal, EndReason, Mode, PersonKind, Role, Step, Track
from odr.tables.agreements import Agreement, ConfirmationCase, Obligation
from odr.tables.disputes import Dispute, Invitation, Party
from odr.tables.mediations import MediationCase, Sitting
from odr.tables.people import Account, Court, Credential, Message, RoleGrant
from odr.tables.roster import Mediator, Organisation

PASSWORD = "court-demo-2026"  # noqa: S105  # published on purpose; a demo never holds real data
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  # as above

STAFF = (
    ("周敏", Role.TRIAGE, "13800000001"),
    ("陈静", Role.JUDGE, "13800000002"),
    ("何伟", Role.JUDGE, "13800000003"),
    ("林晓", Role.CLERK, "13800000004"),
    ("罗建国", Role.LEADER, "13800000005"),
    ("邓洁", Role.AUDITOR, "13800000006"),
    ("吴凡", Role.SYSADMIN, "13800000007"),
    ("苏梅", Role.ORG_ADMIN, "13800000008"),
)
MEDIATORS = (
    ("李文", "13800000011", ("private-lending", "property-service"), "退休法官，擅长借贷和邻里纠纷"),
    ("黄丽", "13800000012", ("property-service", "labour-pay"), "律师调解员，执业十二年"),
    ("金明哲", "13800000013", ("labour-pay", "private-lending"), "可用朝鲜语调解"),
)
PARTIES = (
    ("张伟", "11010519900307233X", "13900000001"),
    ("王芳", "440106198805120027", "13900000002"),
    ("刘洋", "440106199203040015", "13900000003"),
    ("赵敏", "440106198511230048", "13900000004"),
)


@dataclass(slots=True)
class Cast:
    """Everybody in the demonstration, as actors."""

    court: Court
    organisation: Organisation
    staff: dict[Role, Actor] = field(default_factory=dict)
    mediators: list[Actor] = field(default_factory=list)
    parties: list[Actor] = field(default_factory=list)


def build(database: Database, now: datetime) -> None:
    """Fill an empty database with the demonstration court."""
    with database.transaction() as s:
        cast = people(s, now - timedelta(days=90))
        _second_court(s, now)
    for story in STORIES:
        with database.transaction() as s:
            story(s, cast, now)


def is_demo(s: Session) -> bool:
    """Whether this database was made by `build`."""
    court = s.exec(select(Court).where(Court.code == "粤0106")).first()
    return court is not None and bool(court.settings.get("demo"))


def is_empty(s: Session) -> bool:
    return s.exec(select(Court)).first() is None


# ---- people


def people(s: Session, at: datetime) -> Cast:
    """The court, its organisation, its staff and four people in dispute."""
    court = Court(
        code="粤0106",
        name="广州市天河区人民法院",
        name_ko="광저우시 톈허구 인민법원",
        name_en="Tianhe District People's Court, Guangzhou",
        phone="12368",
        settings={"demo": True},
    )
    s.add(court)
    s.flush()
    organisation = Organisation(
        court_id=court.id,
        name="天河区人民调解委员会",
        authority="天河区司法局",
        address="广州市天河区天府路1号",
        phone="020-12348",
        scope=["private-lending", "property-service", "labour-pay"],
        languages=["中文", "粤语", "朝鲜语"],
        status="listed",
        listed_on=clock.court_date(at),
        term_until=clock.court_date(at + timedelta(days=730)),
        certificate_number="天法调特组001",
        about="人民调解，不收取任何费用。",
    )
    s.add(organisation)
    s.flush()
    cast = Cast(court, organisation)
    for name, role, phone in STAFF:
        org_id = organisation.id if role is Role.ORG_ADMIN else None
        actor = _staff(s, court, name, role, phone, at, org_id=org_id)
        cast.staff.setdefault(role, actor)
    cast.mediators = [_mediator(s, cast, row, at) for row in MEDIATORS]
    cast.parties = [_party(s, row, at) for row in PARTIES]
    return cast


def _second_court(s: Session, now: datetime) -> None:
    """A bilingual court, to show Chinese and Korean side by side."""
    court = Court(
        code="吉7502",
        name="和龙林区基层法院",
        name_ko="화룡림구기층법원",
        name_en="Helong Forestry Court",
        settings={"demo": True, "bilingual": True},
    )
    s.add(court)
    s.flush()
    s.add(
        Organisation(
            court_id=court.id,
            name="和龙市人民调解委员会",
            languages=["中文", "朝鲜语"],
            scope=["private-lending", "property-service"],
            status="listed",
            listed_on=clock.court_date(now),
        )
    )


def _staff(
    s: Session,
    court: Court,
    name: str,
    role: Role,
    phone: str,
    at: datetime,
    *,
    org_id: str | None = None,
    mediator_id: str | None = None,
) -> Actor:
    account = _account(s, name, phone, at)
    account.password_hash = _password()
    s.add(
        RoleGrant(account_id=account.id, role=role, court_id=court.id, org_id=org_id, mediator_id=mediator_id)
    )
    s.add(Credential(account_id=account.id, secret=TOTP_SECRET, confirmed_at=at))
    s.flush()
    return Actor(
        account_id=account.id,
        name=name,
        roles=frozenset({role}),
        court_id=court.id,
        org_id=org_id,
        mediator_id=mediator_id,
        strong=True,
    )


def _mediator(s: Session, cast: Cast, row: tuple[str, str, tuple[str, ...], str], at: datetime) -> Actor:
    name, phone, scope, about = row
    mediator = Mediator(
        court_id=cast.court.id,
        org_id=cast.organisation.id,
        name=name,
        phone=phone,
        scope=list(scope),
        languages=["中文", "朝鲜语"] if name == "金明哲" else ["中文", "粤语"],
        occupation=about,
        status="listed",
        listed_on=clock.court_date(at),
        term_until=clock.court_date(at + timedelta(days=730)),
        certificate_number=f"天法调特员{phone[-3:]}",
    )
    s.add(mediator)
    s.flush()
    actor = _staff(
        s, cast.court, name, Role.MEDIATOR, phone, at, org_id=cast.organisation.id, mediator_id=mediator.id
    )
    mediator.account_id = actor.account_id
    s.add(mediator)
    return actor


def _party(s: Session, row: tuple[str, str, str], at: datetime) -> Actor:
    name, number, phone = row
    account = _account(s, name, phone, at, number=number)
    return Actor(account_id=account.id, name=name, roles=frozenset({Role.PARTY}))


def _account(s: Session, name: str, phone: str, at: datetime, *, number: str = "") -> Account:
    account = Account(
        kind=PersonKind.NATURAL,
        name=name,
        phone=phone,
        identity_number=number,
        verified_at=at,
        created_at=at,
    )
    s.add(account)
    s.flush()
    return account


# ---- how far a matter has come: each step begins where the one before ended


def filed(s: Session, cast: Cast, at: datetime, *, a: int = 0, b: int = 1, fen: int = 1_200_000) -> Dispute:
    """A loan, brought by party `a` against party `b`."""
    by, other = cast.parties[a], db.get(s, Account, cast.parties[b].account_id)
    me = db.get(s, Account, by.account_id)
    dispute = intake.begin(s, cast.court.id, cause="private-lending", by=by, at=at)
    for step, answers in _answers(me, other, fen, clock.court_date(at)).items():
        intake.save(s, dispute.id, step, answers, by=by, at=at)
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
    judge = _actor_of(s, row.judge_id, Role.JUDGE, cast.court)
    rulings.review(s, row.id, by=judge, at=then + timedelta(hours=1))
    return row, judge, then + timedelta(hours=1)


# ---- the stories of the demonstration


def _new(s: Session, cast: Cast, now: datetime) -> None:
    filed(s, cast, now - timedelta(hours=5), a=2, b=3, fen=480_000)


def _waiting_for_consent(s: Session, cast: Cast, now: datetime) -> None:
    invited(s, cast, now - timedelta(hours=20), a=0, b=3)


def _choosing(s: Session, cast: Cast, now: datetime) -> None:
    consented(s, cast, now - timedelta(hours=12), a=2, b=1)


def _sitting_soon(s: Session, cast: Cast, now: datetime) -> None:
    case, host = accepted(s, cast, now - timedelta(days=1), a=0, b=1)
    calendar.schedule(
        s,
        case.id,
        by=host,
        at=now,
        starts_at=now + timedelta(minutes=20),
        minutes=90,
        mode=Mode.SYNC,
        short_notice=True,
    )


def _signing(s: Session, cast: Cast, now: datetime) -> None:
    agreed(s, cast, now - timedelta(days=2, hours=1), a=2, b=3)


def _in_force(s: Session, cast: Cast, now: datetime) -> None:
    effective(s, cast, now - timedelta(days=6), a=0, b=3)


def _with_the_clerk(s: Session, cast: Cast, now: datetime) -> None:
    applied(s, cast, now - timedelta(days=4), a=2, b=1)


def _with_the_judge(s: Session, cast: Cast, now: datetime) -> None:
    in_review(s, cast, now - timedelta(days=8), a=0, b=1)


def _confirmed(s: Session, cast: Cast, now: datetime) -> None:
    row, judge, then = in_review(s, cast, now - timedelta(days=24), a=0, b=1)
    rulings.check(s, row.id, by=judge, at=then, checklist={key: {"ok": True} for key in rulings.CHECKS})
    rulings.confirm(s, row.id, by=judge, at=then + timedelta(days=1))
    owed = s.exec(select(Obligation).where(Obligation.agreement_id == row.agreement_id)).first()
    if owed is not None:
        performance.claim(s, owed.id, by=cast.parties[1], at=then + timedelta(days=3))
        performance.acknowledge(s, owed.id, by=cast.parties[0], at=then + timedelta(days=4))
    for number, score in ((0, 5), (1, 4)):
        performance.rate(
            s, row.case_id, by=cast.parties[number], at=then + timedelta(days=5), score=score, text=""
        )


def _dismissed(s: Session, cast: Cast, now: datetime) -> None:
    row, judge, then = in_review(s, cast, now - timedelta(days=20), a=2, b=3)
    rulings.dismiss(
        s,
        row.id,
        by=judge,
        at=then + timedelta(days=2),
        ground=Dismissal.CONTENT_UNCLEAR,
        reasons="协议未载明收款账户，付款方式不明确，无法执行。",
    )


def _failed(s: Session, cast: Cast, now: datetime) -> None:
    case, host, sitting = sat(s, cast, now - timedelta(days=15), a=2, b=1)
    then = sitting.starts_at + timedelta(hours=1)
    sittings.close(s, sitting.id, by=host, at=then, outcome="none")
    mediation.end(
        s, case.id, by=host, at=then, reason=EndReason.WIDE_GAP, situation="双方对还款期限分歧较大。"
    )


STORIES = (
    _confirmed,
    _dismissed,
    _failed,
    _with_the_judge,
    _in_force,
    _with_the_clerk,
    _signing,
    _choosing,
    _waiting_for_consent,
    _sitting_soon,
    _new,
)


def _answers(me: Account, other: Account, fen: int, on: date) -> dict[str, dict[str, Any]]:
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


@cache
def _password() -> str:
    """One hash for all: making twelve would cost a second at every start."""
    return accounts.hashed(PASSWORD)


def judges(s: Session, cast: Cast) -> list[Actor]:
    """The court's judges, as the draw knows them."""
    query = select(RoleGrant.account_id).where(
        RoleGrant.role == Role.JUDGE, RoleGrant.court_id == cast.court.id
    )
    return [_actor_of(s, account_id, Role.JUDGE, cast.court) for account_id in s.exec(query)]


def _actor_of(s: Session, account_id: str | None, role: Role, court: Court) -> Actor:
    account = db.get(s, Account, account_id)
    return Actor(
        account_id=account.id, name=account.name, roles=frozenset({role}), court_id=court.id, strong=True
    )
