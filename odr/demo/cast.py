"""Everybody in the demonstration: two courts, an organisation, staff, mediators and four people in dispute."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from sqlmodel import Session, select

from odr import clock, db
from odr.actions import accounts
from odr.rules.access import Actor
from odr.rules.words import PersonKind, Role
from odr.tables.people import Account, Court, Credential, RoleGrant
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
    ("张伟", "110105199003072338", "13900000001"),
    ("王芳", "440106198805120029", "13900000002"),
    ("刘洋", "440106199203040018", "13900000003"),
    ("赵敏", "440106198511230046", "13900000004"),
)


@dataclass(slots=True)
class Cast:
    """Everybody in the demonstration, as actors."""

    court: Court
    organisation: Organisation
    staff: dict[Role, Actor] = field(default_factory=dict)
    mediators: list[Actor] = field(default_factory=list)
    parties: list[Actor] = field(default_factory=list)


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
        languages=["zh", "yue", "ko"],
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


def second_court(s: Session, now: datetime) -> None:
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
            languages=["zh", "ko"],
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
        languages=["zh", "ko"] if name == "金明哲" else ["zh", "yue"],
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


@cache
def _password() -> str:
    """One hash for all: making twelve would cost a second at every start."""
    return accounts.hashed(PASSWORD)


def judges(s: Session, cast: Cast) -> list[Actor]:
    """The court's judges, as the draw knows them."""
    query = select(RoleGrant.account_id).where(
        RoleGrant.role == Role.JUDGE, RoleGrant.court_id == cast.court.id
    )
    return [actor_of(s, account_id, Role.JUDGE, cast.court) for account_id in s.exec(query)]


def actor_of(s: Session, account_id: str | None, role: Role, court: Court) -> Actor:
    """An account of the court's staff as an actor."""
    account = db.get(s, Account, account_id)
    return Actor(
        account_id=account.id, name=account.name, roles=frozenset({role}), court_id=court.id, strong=True
    )
