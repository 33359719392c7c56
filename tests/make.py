"""The only way tests build rows: each maker fills in what the test does not care about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import count
from typing import Any

from sqlmodel import Session, col, select

from odr import clock, papers
from odr.actions import service
from odr.rules.access import MACHINE, Actor
from odr.rules.companions import Capacity
from odr.rules.moves import AgreementStage, CaseStage, ConfirmationStage, DisputeStage, SittingStage
from odr.rules.uploads import PDF, Kept
from odr.rules.words import PersonKind, Role, Side, Track, Zone
from odr.tables.agreements import Agreement, ConfirmationCase, Service
from odr.tables.companions import Mandate
from odr.tables.disputes import Dispute, Evidence, Party
from odr.tables.law import RuleOverride
from odr.tables.mediations import Assignment, MediationCase, Sitting
from odr.tables.people import Account, Court, RoleGrant
from odr.tables.records import Document
from odr.tables.roster import Mediator, Organisation

_serial = count(1)


def moment(text: str) -> datetime:
    """`2026-03-02 09:00` on the court's wall clock, as an instant."""
    return clock.from_court(datetime.fromisoformat(text))


def day(text: str) -> date:
    return date.fromisoformat(text)


def kept(n: int = 1, *, name: str = "材料.pdf", size: int = 9) -> Kept:
    """A file as the vault would have it; another number is another file."""
    return Kept(file_name=name, media_type=PDF, size=size, digest=f"sha256:{n:064d}")


def served(
    s: Session, document_id: str, *, at: datetime, digest: str = f"sha256:{0:064}", size: int = 1
) -> Sequence[Service]:
    """A paper as the job leaves it: sealed, published and handed to everybody who reads online."""
    papers.publish(s, document_id, digest=digest, size=size, at=at)
    return service.serve(s, document_id, by=MACHINE, at=at)


def roster_sheet(*people: Sequence[str]) -> list[tuple[int, list[str]]]:
    """The lines of a sheet of mediators as they are read from the file: name, identity number, telephone."""
    heads = ["姓名", "身份证号码", "手机号码", "类别"]
    return [(1, heads), *((n, [*one, "人民调解员"]) for n, one in enumerate(people, start=2))]


class Make:
    """Builds rows in one session. `at` is when everything made here came to be."""

    def __init__(self, s: Session, at: datetime | None = None) -> None:
        self.s = s
        self.at = at or moment("2026-03-02 09:00")

    def court(self, code: str = "粤0106", name: str = "广州市天河区人民法院") -> Court:
        known = self.s.exec(select(Court).where(Court.code == code)).one_or_none()
        return known or self._add(Court(code=code, name=name))

    def account(
        self, name: str = "王小明", *roles: Role, court: Court | None = None, **fields: Any
    ) -> Account:
        """An account, with these roles in the court."""
        number = next(_serial)
        filled = {"phone": f"1390000{number:04d}", "created_at": self.at, "verified_at": self.at} | fields
        account = self._add(Account(name=name, **filled))
        for role in roles:
            self.grant(account, role, court=court)
        return account

    def grant(self, account: Account, role: Role, *, court: Court | None = None, **fields: Any) -> RoleGrant:
        court = court or self.court()
        return self._add(RoleGrant(account_id=account.id, role=role, court_id=court.id, **fields))

    def actor(self, account: Account, *, strong: bool = True) -> Actor:
        """The account as its login knows it: its roles, and the second factor shown."""
        grants = self.s.exec(select(RoleGrant).where(RoleGrant.account_id == account.id)).all()
        return Actor(
            account_id=account.id,
            name=account.name,
            roles=frozenset(grant.role for grant in grants),
            court_id=next((grant.court_id for grant in grants), None),
            org_id=next((grant.org_id for grant in grants if grant.org_id), None),
            mediator_id=next((grant.mediator_id for grant in grants if grant.mediator_id), None),
            strong=strong,
        )

    def staff(self, role: Role, name: str = "陈法官", *, court: Court | None = None) -> Actor:
        """An actor of the court's staff, made and logged in at once."""
        return self.actor(self.account(name, role, court=court))

    def override(self, rule: str, *, from_on: str = "2024-01-01", **value: int) -> RuleOverride:
        """The court's own, narrower length of a clock."""
        fields = {"value": value, "reason": "本院承诺", "from_on": day(from_on), "made_at": self.at}
        return self._add(RuleOverride(court_id=self.court().id, rule=rule, **fields))

    def organisation(self, name: str = "天河区人民调解委员会", **fields: Any) -> Organisation:
        filled = {"court_id": self.court().id, "status": "listed"} | fields
        return self._add(Organisation(name=name, **filled))

    def mediator(self, name: str = "李调解", org: Organisation | None = None, **fields: Any) -> Mediator:
        """A listed mediator with an account of their own."""
        org = org or self.organisation()
        account = self.account(name)
        filled = {"court_id": org.court_id, "status": "listed", "phone": account.phone} | fields
        mediator = self._add(Mediator(name=name, org_id=org.id, account_id=account.id, **filled))
        self.grant(account, Role.MEDIATOR, org_id=org.id, mediator_id=mediator.id)
        return mediator

    def person(self, row: Mediator | Party) -> Actor:
        """The actor behind a mediator or a party."""
        return self.actor(self.s.get_one(Account, row.account_id))

    def dispute(self, stage: DisputeStage = DisputeStage.SUBMITTED, **fields: Any) -> Dispute:
        """A dispute with one party on each side, both with accounts."""
        applicant, respondent = self.account("张三"), self.account("李四")
        filled = {
            "court_id": self.court().id,
            "cause": "民间借贷纠纷",
            "number": f"（2026）粤0106诉前调{next(_serial)}号",
            "track": Track.PRE_FILING_DELEGATED,
            "amount_fen": 1_200_000,
            "created_by": applicant.id,
            "created_at": self.at,
            "submitted_at": None if stage is DisputeStage.DRAFT else self.at,
        } | fields
        dispute = self._add(Dispute(stage=stage, **filled))
        if stage is not DisputeStage.DRAFT:
            self.party(dispute, Side.APPLICANT, account=applicant)
            self.party(dispute, Side.RESPONDENT, account=respondent)
        return dispute

    def party(self, dispute: Dispute, side: Side, *, account: Account | None = None, **fields: Any) -> Party:
        known = {"name": account.name, "phone": account.phone, "account_id": account.id} if account else {}
        return self._add(Party(dispute_id=dispute.id, side=side, **({"name": "无账号的人"} | known | fields)))

    def company_of(self, party: Party) -> Party:
        """A second party of the same side that the same person leads."""
        person = self.s.get_one(Account, party.account_id)
        dispute = self.s.get_one(Dispute, party.dispute_id)
        legal = {"kind": PersonKind.LEGAL, "name": "天河商贸有限公司", "legal_representative": person.name}
        return self.party(dispute, party.side, account=person, position=party.position + 1, **legal)

    def agent(self, party: Party, *, accepted: bool | None = None) -> Actor:
        """A lawyer who acts for a party; nobody has compared the paper yet."""
        account = self.account("周律师")
        self.mandate(party, account.id, accepted=accepted)
        return self.actor(account)

    def mandate(self, party: Party, account_id: str, **fields: Any) -> Mandate:
        filled = {"capacity": Capacity.LAWYER, "since": self.at} | fields
        return self._add(Mandate(party_id=party.id, account_id=account_id, **filled))

    def side(self, dispute: Dispute, side: Side) -> Actor:
        """The actor who stands on a side of the dispute."""
        query = select(Party).where(Party.dispute_id == dispute.id, Party.side == side)
        return self.person(self.s.exec(query.order_by(col(Party.position))).first())  # type: ignore[arg-type]

    def case(
        self, stage: CaseStage = CaseStage.CREATED, *, to: Mediator | None = None, **fields: Any
    ) -> MediationCase:
        """A mediation case of a dispute in mediation; from acceptance on it has a mediator."""
        dispute = fields.pop("dispute", None) or self.dispute(DisputeStage.IN_MEDIATION)
        early = stage in (CaseStage.CREATED, CaseStage.CHOOSING)
        mediator = to or (None if early else self.mediator())
        filled = {
            "court_id": dispute.court_id,
            "number": f"（2026）粤0106诉前调{next(_serial)}号",
            "track": dispute.track,
            "org_id": mediator.org_id if mediator else None,
            "mediator_id": mediator.id if mediator else None,
            "created_at": self.at,
            "accepted_at": None if early or stage is CaseStage.OFFERED else self.at,
        } | fields
        return self._add(MediationCase(dispute_id=dispute.id, stage=stage, **filled))

    def offered(self, to: Mediator) -> MediationCase:
        """A case that waits for this mediator's answer."""
        case = self.case(CaseStage.OFFERED, to=to)
        self._add(Assignment(case_id=case.id, mediator_id=to.id, how="joint", offered_at=self.at))
        return case

    def dispute_of(self, case: MediationCase) -> Dispute:
        return self.s.get_one(Dispute, case.dispute_id)

    def parties(self, case: MediationCase) -> list[Party]:
        """The parties of a case, the applicant first."""
        query = select(Party).where(Party.dispute_id == case.dispute_id)
        return list(self.s.exec(query.order_by(col(Party.side), col(Party.position))))

    def sitting(self, stage: SittingStage = SittingStage.PLANNED, **fields: Any) -> Sitting:
        case = fields.pop("case", None) or self.case(CaseStage.SCHEDULED)
        filled = {
            "starts_at": moment("2026-03-10 09:00"),
            "ends_at": moment("2026-03-10 10:30"),
        } | fields
        return self._add(Sitting(case_id=case.id, stage=stage, **filled))

    def agreement(self, stage: AgreementStage = AgreementStage.DRAFTING, **fields: Any) -> Agreement:
        case = fields.pop("case", None) or self.case(CaseStage.AGREED)
        if stage in (AgreementStage.EFFECTIVE, AgreementStage.APPLIED, AgreementStage.PERFORMED):
            fields = {"effective_at": self.at} | fields
        return self._add(Agreement(case_id=case.id, stage=stage, **fields))

    def confirmation(
        self, stage: ConfirmationStage = ConfirmationStage.SUBMITTED, **fields: Any
    ) -> ConfirmationCase:
        agreement = fields.pop("agreement", None) or self.agreement(AgreementStage.APPLIED)
        case = self.s.get_one(MediationCase, agreement.case_id)
        filled = {"case_id": case.id, "court_id": case.court_id, "submitted_at": self.at} | fields
        return self._add(ConfirmationCase(agreement_id=agreement.id, stage=stage, **filled))

    def evidence(self, dispute: Dispute, digest: str, size: int, zone: Zone = Zone.RECORD) -> Evidence:
        party = self.s.exec(select(Party).where(Party.dispute_id == dispute.id)).first()
        return self._add(
            Evidence(
                dispute_id=dispute.id,
                party_id=party.id if party else "",
                zone=zone,
                title="借条",
                file_name="借条.pdf",
                media_type="application/pdf",
                size=size,
                digest=digest,
                added_at=self.at,
            )
        )

    def document(self, dispute: Dispute, facts: Any, **fields: Any) -> Document:
        """A frozen paper of a dispute."""
        filled = {"title": "文书", "zone": Zone.RECORD, "at": self.at, "number": facts.number} | fields
        return papers.freeze(
            self.s,
            court_id=dispute.court_id,
            dispute_id=dispute.id,
            subject=f"dispute:{dispute.id}",
            facts=facts,
            **filled,
        )

    def _add(self, row: Any) -> Any:
        self.s.add(row)
        self.s.flush()
        return row
