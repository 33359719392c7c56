"""Who acts for a party: invited or claiming, checked on the paper, at most two (CPL-60..62, CPLI-88, CPLI-89)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from odr import asks, db, journal, matters, notices, numbers, standing
from odr.actions import evidence, invitations, mediators, risks
from odr.errors import BadInput, Conflict, DeadlinePassed, NotAllowed, WrongStage
from odr.facts import printable
from odr.rules.access import Actor
from odr.rules.companions import MOST_AGENTS, Capacity, Power, is_special
from odr.rules.uploads import Kept
from odr.rules.words import Do
from odr.tables.columns import new_id
from odr.tables.companions import Mandate
from odr.tables.disputes import Dispute, Evidence, Invitation, Party
from odr.tables.people import Account

LIFE = timedelta(days=14)


def invite(
    s: Session, dispute_id: str, *, by: Actor, at: datetime, origin: str, phone: str = ""
) -> Invitation:
    """A party asks somebody to act for them; the code is theirs to pass on."""
    dispute = db.lock(s, Dispute, dispute_id)
    standing.require(s, by, Do.END_MANDATE, dispute)
    party = _own(s, by, dispute)
    _ensure_room(s, party)
    waiting = (Invitation.party_id == party.id, col(Invitation.claimed_at).is_(None))
    asks.ensure_few(s, Invitation, *waiting, asked=col(Invitation.created_at), at=at)
    invitations.close_earlier(s, party.id, at)
    token = new_id(32)
    row = Invitation(
        party_id=party.id,
        code=numbers.short_code(),
        token_hash=invitations.token_hash(token),
        created_at=at,
        expires_at=at + LIFE,
    )
    s.add(row)
    s.flush()
    _note(s, dispute, "mandate.offered", by=by, at=at, party=party.id, invitation=row.id)
    if phone:
        body = "%(who)s请您代理一件在线调解的纠纷：%(link)s 。请准备好授权委托书。"
        about = f"/i/{token}"
        notices.tell(s, phone, "请您代理调解", body, about=about, at=at, who=party.name, link=origin + about)
    return row


def claim(
    s: Session,
    code: str,
    *,
    by: Actor,
    at: datetime,
    capacity: Capacity,
    of: str = "",
    powers: Iterable[str] = (),
    paper: Kept | None = None,
) -> Mandate:
    """Somebody takes up an invitation for the party; `paper` is the kept power of attorney (CPLI-88).

    Until it is checked they may look and answer, neither settle nor end anything (CPL-62).
    """
    invitation = db.lock(s, Invitation, invitations.get(s, code).id)
    standing.require(s, by, Do.OPEN_INVITATION)
    party = db.lock(s, Party, invitation.party_id)
    dispute = db.lock(s, Dispute, party.dispute_id)
    if invitation.claimed_at is not None:
        raise Conflict(invitation=invitation.id)  # a code lets one person in
    if invitation.expires_at <= at:
        raise DeadlinePassed(invitation=invitation.id)
    if paper is None:
        raise BadInput(file="file-needed")
    printable.require(of)
    account = db.get(s, Account, by.account_id)
    _ensure_may_act(s, party, account)
    row = Mandate(
        party_id=party.id,
        account_id=account.id,
        capacity=capacity,
        of=of,
        powers=sorted({Power(power).value for power in powers}),
        since=at,
    )
    s.add(row)
    _tell_party(s, party, account, at=at)
    invitation.claimed_at = invitation.expires_at = at
    party.agent_account_id = party.agent_account_id or account.id
    s.add_all([invitation, party])
    s.flush()
    row.evidence_id = _put_paper(s, dispute, paper, by=by, at=at).id
    s.add(row)
    _note(s, dispute, "mandate.claimed", by=by, at=at, mandate=row.id, party=party.id, capacity=capacity)
    risks.give(s, dispute, party, at=at)
    return row


def check(
    s: Session,
    mandate_id: str,
    *,
    by: Actor,
    at: datetime,
    accepted: bool,
    capacity: Capacity | None = None,
    powers: Iterable[str] | None = None,
    remark: str = "",
) -> Mandate:
    """Mediator or court compares the paper; only then may the agent settle and sign (CPL-62)."""
    row = db.lock(s, Mandate, mandate_id)
    party = db.lock(s, Party, row.party_id)
    dispute = db.lock(s, Dispute, party.dispute_id)
    standing.require(s, by, Do.CHECK_MANDATE, dispute)
    if row.ended_at is not None or row.accepted is not None:
        raise WrongStage(was="checked", wanted=Do.CHECK_MANDATE.value)
    if not accepted and not remark.strip():
        raise BadInput(remark="reason-needed")
    row.capacity = capacity or row.capacity
    if powers is not None:  # what the paper says counts, not what was ticked (CPLI-89)
        row.powers = sorted({Power(power).value for power in powers})
    row.accepted, row.checked_by, row.checked_at, row.remark = accepted, by.account_id, at, remark
    s.add(row)
    special = accepted and is_special(row.capacity, row.powers)
    if not accepted:
        _leave(s, party, row, at)
    elif party.agent_account_id == row.account_id:
        party.agent_special = special
        s.add(party)
    _note(s, dispute, "mandate.checked", by=by, at=at, mandate=row.id, accepted=accepted, special=special)
    body = "您的代理手续已核对通过。" if accepted else "您的代理手续没有通过核对：%(remark)s"
    agent = db.get(s, Account, row.account_id)
    notices.tell(s, agent, "代理手续核对结果", body, about=f"/disputes/{dispute.id}", at=at, remark=remark)
    return row


def end(s: Session, mandate_id: str, *, by: Actor, at: datetime) -> Mandate:
    """The party takes the authority back, or the agent lays it down; what was done before stands."""
    row = db.lock(s, Mandate, mandate_id)
    party = db.lock(s, Party, row.party_id)
    dispute = db.lock(s, Dispute, party.dispute_id)
    standing.require(s, by, Do.END_MANDATE, dispute)
    if by.account_id not in (party.account_id, row.account_id):
        raise NotAllowed(mandate=row.id)
    if row.ended_at is not None:
        raise WrongStage(was="ended", wanted=Do.END_MANDATE.value)
    _leave(s, party, row, at)
    _note(s, dispute, "mandate.ended", by=by, at=at, mandate=row.id, party=party.id)
    return row


def of_party(s: Session, party_id: str) -> Sequence[Mandate]:
    """The mandates that stand, the oldest first."""
    query = select(Mandate).where(Mandate.party_id == party_id, col(Mandate.ended_at).is_(None))
    return s.exec(query.order_by(col(Mandate.since))).all()


def _own(s: Session, by: Actor, dispute: Dispute) -> Party:
    party = standing.party_of(s, by, dispute.id)
    if party is None or party.account_id != by.account_id:
        raise NotAllowed(party="own")  # an agent does not name agents
    return party


def _ensure_room(s: Session, party: Party) -> None:
    if len(of_party(s, party.id)) >= MOST_AGENTS:
        raise Conflict(agents="two-already")  # CPL-61


def _ensure_may_act(s: Session, party: Party, account: Account) -> None:
    _ensure_room(s, party)
    if account.id == party.account_id or any(one.account_id == account.id for one in of_party(s, party.id)):
        raise Conflict(mandate="already")
    other = matters.parties(s, party.dispute_id, party.side.other)
    theirs = {one for p in other for one in (p.account_id, p.agent_account_id)}
    theirs |= {row.account_id for p in other for row in of_party(s, p.id)}
    if account.id in theirs:
        raise BadInput(person="other-side")
    if mediators.has_mediated(s, account.id, party.dispute_id):
        raise BadInput(person="mediated")  # SIM-16


def _tell_party(s: Session, party: Party, agent: Account, *, at: datetime) -> None:
    """Before the agent's own addresses are the party's: who was not asked to act is found out here."""
    words = (
        "%(who)s以您的代理人身份进入了您的纠纷。手续尚待核对；如非您委托，请告知法院或者在代理人页面终止。"
    )
    about = f"/disputes/{party.dispute_id}/agents"
    notices.tell(s, party, "有人以您的代理人身份进入", words, about=about, at=at, who=agent.name)


def _put_paper(s: Session, dispute: Dispute, paper: Kept, *, by: Actor, at: datetime) -> Evidence:
    title, proves = "授权委托书及身份证明", "代理权限"
    return evidence.add(s, dispute.id, by=by, at=at, title=title, proves=proves, file=paper)


def _leave(s: Session, party: Party, row: Mandate, at: datetime) -> None:
    row.ended_at = at
    s.add(row)
    s.flush()
    if party.agent_account_id == row.account_id:
        left = next(iter(of_party(s, party.id)), None)
        party.agent_account_id = left.account_id if left else None
        party.agent_special = bool(left and left.accepted and is_special(left.capacity, left.powers))
        s.add(party)


def _note(s: Session, dispute: Dispute, kind: str, *, by: Actor, at: datetime, **fields: object) -> None:
    journal.append(s, dispute.court_id, f"dispute:{dispute.id}", kind, by=by, at=at, **fields)
