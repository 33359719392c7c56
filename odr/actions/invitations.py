"""The respondent's way in: a link and a short code, looked at without an account, claimed with one."""

from __future__ import annotations

import secrets
import unicodedata
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from odr import clock, db, digests, intake_papers, journal, matters, notices, numbers, standing
from odr.actions import risks
from odr.errors import BadInput, Conflict, DeadlinePassed, NotFound, WrongStage
from odr.rules.access import Actor
from odr.rules.moves import CaseStage
from odr.rules.words import Do, Hat, PersonKind, Side
from odr.tables.disputes import Dispute, Invitation, Party
from odr.tables.mediations import MediationCase
from odr.tables.people import Account

LIFE = timedelta(days=30)


def invite(s: Session, party_id: str, case_id: str, *, by: Actor, at: datetime, origin: str) -> Invitation:
    """Ask a party in by every channel that was named, and on paper; an earlier invitation ends."""
    party, case = db.lock(s, Party, party_id), db.get(s, MediationCase, case_id)
    dispute = db.get(s, Dispute, party.dispute_id)
    standing.require(s, by, Do.DELEGATE, dispute)
    if party.account_id:
        raise Conflict(party=party.id)
    close_earlier(s, party.id, at)
    token = secrets.token_urlsafe(24)
    invitation = Invitation(
        party_id=party.id,
        code=numbers.short_code(),
        token_hash=token_hash(token),
        created_at=at,
        expires_at=at + LIFE,
    )
    s.add(invitation)
    s.flush()
    channels = [kind for kind, given in (("sms", party.phone), ("mail", party.email)) if given]
    matters.note(
        s, case, "invitation.sent", by=by, at=at, party=party.id, invitation=invitation.id, channels=channels
    )
    link = f"{origin}/i/{invitation.code}"
    intake_papers.rights_notice(s, dispute, case, party, at=at, link=link, code=invitation.code)
    applicant = "、".join(p.name for p in matters.parties(s, dispute.id, Side.APPLICANT))
    body = (
        "%(who)s请求与您在线调解一件纠纷（%(number)s）。调解自愿、免费，您可以先看内容再决定同意或者拒绝，"
        "不用注册就能查看：%(link)s 。%(until)s前有效。"
    )
    said: dict[str, notices.Filling] = {"who": applicant, "number": case.number}
    said |= {"link": f"{origin}/i/{token}", "until": clock.court_date(invitation.expires_at)}
    notices.tell(s, party, "法院调解邀请", body, about=f"/i/{token}", at=at, **said)
    return invitation


def remind(s: Session, dispute_id: str, *, by: Actor, at: datetime, origin: str) -> list[Invitation]:
    """Ask again every respondent who has not come in."""
    dispute = db.lock(s, Dispute, dispute_id)
    standing.require(s, by, Do.DELEGATE, dispute)
    case = s.exec(
        select(MediationCase).where(
            MediationCase.dispute_id == dispute.id, MediationCase.stage == CaseStage.CREATED
        )
    ).first()
    absent = [p for p in matters.parties(s, dispute.id, Side.RESPONDENT) if p.account_id is None]
    if case is None or not absent:
        raise WrongStage(was=dispute.stage, wanted=Do.DELEGATE)
    return [invite(s, party.id, case.id, by=by, at=at, origin=origin) for party in absent]


def find(s: Session, code: str) -> Invitation | None:
    """The invitation behind a link or a short code as people type it."""
    typed = code.strip().lower().replace("-", "").replace(" ", "")
    return s.exec(
        select(Invitation).where((Invitation.token_hash == token_hash(code)) | (Invitation.code == typed))
    ).first()


def get(s: Session, code: str) -> Invitation:
    """The same; NotFound for anything else."""
    invitation = find(s, code)
    if invitation is None:
        raise NotFound(kind="Invitation")
    return invitation


def close_earlier(s: Session, party_id: str, at: datetime) -> None:
    """What was asked of a party before opens nothing any more: one code at a time."""
    for row in s.exec(
        select(Invitation).where(Invitation.party_id == party_id, col(Invitation.expires_at) > at)
    ).all():
        row.expires_at = at
        s.add(row)


def open_(s: Session, code: str, *, by: Actor, at: datetime) -> Invitation:
    """Remember that it was opened for the first time: proof that the message arrived.

    What the other side or the court opens proves nothing.
    """
    invitation = db.lock(s, Invitation, get(s, code).id)
    if invitation.opened_at is None and not _is_known(s, invitation, by):
        invitation.opened_at = at
        s.add(invitation)
        _note(s, invitation, "invitation.opened", by, at)
    return invitation


def claim(s: Session, code: str, *, by: Actor, at: datetime) -> Party:
    """The person invited comes in: the real name (and number, if given) must be the party's (OLR-10)."""
    invitation = db.lock(s, Invitation, get(s, code).id)
    standing.require(s, by, Do.OPEN_INVITATION)
    party = db.lock(s, Party, invitation.party_id)
    if party.account_id is not None:
        if party.account_id == by.account_id:
            return party
        raise Conflict(invitation=invitation.id)
    if invitation.expires_at <= at:
        raise DeadlinePassed(invitation=invitation.id)
    account = db.get(s, Account, by.account_id)
    _require_same(party, account)
    if any(own.side is not party.side for own in standing.parties_of(s, by, party.dispute_id)):
        raise BadInput(person="other-side")  # CPL-115: nobody mediates with themselves
    party.account_id, invitation.claimed_at = account.id, at
    party.identity_number = party.identity_number or _number_of(party, account)
    s.add_all((party, invitation))
    _note(s, invitation, "invitation.claimed", by, at)
    risks.give(s, db.get(s, Dispute, party.dispute_id), party, at=at)
    return party


def _is_known(s: Session, invitation: Invitation, by: Actor) -> bool:
    """Whether the actor already has to do with the matter."""
    dispute = db.get(s, Dispute, db.get(s, Party, invitation.party_id).dispute_id)
    return bool(standing.hats(s, by, dispute) - {Hat.PUBLIC, Hat.SOMEONE})


def token_hash(token: str) -> str:
    """Only this is kept of a link."""
    return digests.digest(token.encode())


def _require_same(party: Party, account: Account) -> None:
    names = {_plain(party.name)}
    if party.kind is PersonKind.LEGAL and party.legal_representative:
        names.add(_plain(party.legal_representative))
    if _plain(account.name) not in names:
        raise BadInput(person="not-you")
    if (
        party.identity_number
        and account.kind is party.kind
        and account.identity_number != party.identity_number
    ):
        raise BadInput(person="not-you")


def _number_of(party: Party, account: Account) -> str:
    return account.identity_number if account.kind is party.kind else ""


def _plain(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())


def _note(s: Session, invitation: Invitation, kind: str, by: Actor, at: datetime) -> None:
    party = db.get(s, Party, invitation.party_id)
    dispute = db.get(s, Dispute, party.dispute_id)
    subject = f"dispute:{dispute.id}"
    journal.append(s, dispute.court_id, subject, kind, by=by, at=at, party=party.id, invitation=invitation.id)
