"""Relief from the court's fee: a party applies, a judge examines, the president decides (FEE-44..51).

It is between its party and the court: the other side reads nothing of it, until a paper must name it (FEE-51).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from odr import blobs, clock, db, deadlines, journal, matters, notices, relief_papers, standing
from odr.actions import judges
from odr.errors import BadInput, Conflict, NotAllowed, WrongStage
from odr.facts import printable
from odr.facts.words import amount
from odr.rules import fees, pack
from odr.rules import relief as law
from odr.rules.access import Actor
from odr.rules.moves import DisputeStage
from odr.rules.relief import Relief
from odr.rules.uploads import Kept
from odr.rules.words import Do, PersonKind, Role, Side
from odr.tables.disputes import Dispute, Party
from odr.tables.fees import FeeRelief

LONG = 4000
MOST_PROOFS = 20
LONGEST = timedelta(days=3660)  # the law sets no end to a deferral; a day beyond this is a slip of the pen
# there is no suit yet, or none any more
WITHOUT_SUIT = (DisputeStage.DRAFT, DisputeStage.RETURNED, DisputeStage.DIVERTED, DisputeStage.SETTLED)
ORDINARY = "调解未成，案件转入审理。请在收到交费通知次日起七日内预交案件受理费，逾期按撤诉处理。"
WAITING = "调解未成，案件转入审理。您申请的诉讼费用救助决定以前，不用预交案件受理费。"
HELD = "调解未成，案件转入审理。案件受理费怎样交纳，法院另行通知，现在不用预交。"
FREE = "调解未成，案件转入审理。法院已准予免交案件受理费，您不用交费。"
LESS = "调解未成，案件转入审理。案件受理费已准予减交%(relieved)s元，请在收到通知次日起七日内预交其余部分，逾期按撤诉处理。"
LATER = "调解未成，案件转入审理。案件受理费准予缓交至%(until)s，请在期满次日起七日内预交。"


def ask(
    s: Session,
    dispute_id: str,
    *,
    by: Actor,
    at: datetime,
    relief: Relief,
    ground: str,
    reason: str,
    proofs: Sequence[str],
    paper: Kept,
    asked_fen: int = 0,
    party_id: str = "",
) -> FeeRelief:
    """The applicant cannot pay the fee, says why and proves it; `paper` is the kept proof (FEE-48).

    Of several for whom one person acts it is the one named, else the first who may still ask.
    """
    dispute = db.lock(s, Dispute, dispute_id)
    standing.require(s, by, Do.ASK_FEE_RELIEF, dispute)
    if not may_be_asked(dispute):
        raise WrongStage(was=dispute.stage, wanted=Do.ASK_FEE_RELIEF)
    party = _asker(s, by, dispute, party_id)
    deadlines.ensure_in_time(s, f"dispute:{dispute.id}", "T-FEE", at=at)  # the fee is due (FEE-22)
    _ensure_first(s, party, relief)
    fee = fees.of_cause(dispute.cause, dispute.amount_fen)
    _ensure_complete(party, relief, ground, reason, proofs, law.asked(relief, fee, asked_fen))
    row = FeeRelief(
        dispute_id=dispute.id,
        party_id=party.id,
        account_id=by.account_id or "",
        relief=relief,
        ground=ground,
        reason=reason,
        proofs=list(proofs),
        fee_fen=fee.high_fen,
        asked_fen=asked_fen if relief is Relief.REDUCE else fee.high_fen,
        asked_at=at,
    )
    _keep(s, row, paper, at)
    _hold(s, dispute, party, at=at)
    _note(s, dispute, "fee_relief.asked", row, by=by, at=at)
    words = f"{dispute.filing_number or dispute.number}的当事人申请诉讼费用救助，请审查。"
    matters.tell_office(
        s, dispute.court_id, Role.JUDGE, "申请诉讼费用救助", words, about="/fee-relief", at=at
    )
    return row


def examine(
    s: Session, relief_id: str, *, by: Actor, at: datetime, fee_fen: int, supported: bool, opinion: str
) -> FeeRelief:
    """A judge says what the fee is and whether the law grants the wish; the president decides."""
    row, dispute = _take(s, relief_id, by, Do.EXAMINE_FEE_RELIEF)
    if row.examined_at is not None:
        raise Conflict(fee_relief="examined")
    judges.ensure_free(s, by, dispute.id)
    fee = fees.of_cause(dispute.cause, dispute.amount_fen)
    if not fee.low_fen <= fee_fen <= fee.high_fen:
        raise BadInput(fee_fen="too-small" if fee_fen < fee.low_fen else "too-large")
    _ensure_said(opinion=opinion)
    row.fee_fen, row.supported, row.opinion = fee_fen, supported, opinion
    row.judge_id, row.examined_at = by.account_id, at
    s.add(row)
    _note(s, dispute, "fee_relief.examined", row, by=by, at=at)
    words = f"{dispute.filing_number or dispute.number}的诉讼费用救助申请已经审查，请审批。"
    matters.tell_office(
        s, dispute.court_id, Role.LEADER, "诉讼费用救助待审批", words, about="/fee-relief", at=at
    )
    return row


def decide(
    s: Session,
    relief_id: str,
    *,
    by: Actor,
    at: datetime,
    granted: bool,
    relieved_fen: int = 0,
    until: date | None = None,
    reason: str = "",
) -> FeeRelief:
    """The president grants it or not, never who examined it; a refusal has its reasons in writing (FEE-48)."""
    row, dispute = _take(s, relief_id, by, Do.DECIDE_FEE_RELIEF)
    if row.examined_at is None:
        raise Conflict(fee_relief="not-examined")
    if row.judge_id == by.account_id:
        raise NotAllowed(fee_relief="own")
    judges.ensure_free(s, by, dispute.id)
    if granted:
        _ensure_lawful(row, relieved_fen, until, at)
        row.relieved_fen, row.until = relieved_fen, until if row.relief is Relief.DEFER else None
    else:
        _ensure_said(reason=reason)
    printable.require(reason)
    row.granted, row.reason_given = granted, reason
    row.decided_by, row.decided_at = by.account_id, at
    row.document_id = relief_papers.issue(s, dispute, row, by=by, at=at).id
    s.add(row)
    _note(s, dispute, "fee_relief.decided", row, by=by, at=at)
    body = "法院已对您的诉讼费用救助申请作出决定，请查看。"
    about = f"/disputes/{dispute.id}/fee-relief"
    notices.tell(s, db.get(s, Party, row.party_id), "诉讼费用救助决定", body, about=about, at=at)
    if dispute.stage is DisputeStage.HANDED_OVER and not waiting(s, dispute.id):
        demand(s, dispute, at=at)
    return row


def demand(s: Session, dispute: Dispute, *, at: datetime) -> None:
    """Mediation has failed: each applicant is told what of the fee they owe, and its days run (OPN, FEE-22)."""
    if dispute.track is None or not pack.load().tracks[dispute.track].registers_first:
        return
    waits = {row.party_id for row in waiting(s, dispute.id)}
    given = {row.party_id: row for row in granted(s, dispute.id)}
    due = []
    for party in matters.parties(s, dispute.id, Side.APPLICANT):
        row = given.get(party.id)
        body = WAITING if party.id in waits else _demanded(row, held=bool(waits))
        _tell(s, party, body, row, at=at)
        if body not in (WAITING, HELD, FREE):
            due.append(max(clock.noon(row.until), at) if row is not None and row.until else at)
    if due:
        subject = f"dispute:{dispute.id}"
        deadlines.start(s, "T-FEE", court_id=dispute.court_id, subject=subject, since=min(due))


def _demanded(row: FeeRelief | None, *, held: bool) -> str:
    """What is asked of a party with this relief; nothing yet while a fellow party's application waits."""
    if row is not None and row.relief is Relief.EXEMPT:
        return FREE
    if held:
        return HELD
    return ORDINARY if row is None else LESS if row.relief is Relief.REDUCE else LATER


def _tell(s: Session, party: Party, body: str, row: FeeRelief | None, *, at: datetime) -> None:
    blanks: dict[str, notices.Filling] = {}
    if row is not None:
        blanks = {"relieved": amount(row.relieved_fen), "until": row.until or clock.court_date(at)}
    notices.tell(s, party, "交纳诉讼费通知", body, about=f"/disputes/{party.dispute_id}", at=at, **blanks)


def _hold(s: Session, dispute: Dispute, party: Party, *, at: datetime) -> None:
    """Who asks in time has not failed to pay (FEE-22): the days stop for all, and nobody else learns why."""
    if deadlines.find(s, f"dispute:{dispute.id}", "T-FEE") is None:
        return
    deadlines.stop(s, f"dispute:{dispute.id}", "T-FEE", at=at)
    for other in matters.parties(s, dispute.id, Side.APPLICANT):
        if other.id != party.id:
            _tell(s, other, HELD, None, at=at)


def may_be_asked(dispute: Dispute) -> bool:
    """There is a suit, or one is being brought: at filing or until the fee is due (FEE-48, FEE-22)."""
    sues = bool(dispute.filing_number) or dispute.wishes.get("asks") == "suit"
    return sues and dispute.stage not in WITHOUT_SUIT


def of(s: Session, dispute_id: str) -> Sequence[FeeRelief]:
    """Every application of this matter, the oldest first."""
    query = select(FeeRelief).where(FeeRelief.dispute_id == dispute_id)
    return s.exec(query.order_by(col(FeeRelief.asked_at))).all()


def granted(s: Session, dispute_id: str) -> list[FeeRelief]:
    """The relief that holds in this matter, of one party or several."""
    return [row for row in of(s, dispute_id) if row.granted]


def waiting(s: Session, dispute_id: str) -> list[FeeRelief]:
    """The applications that the court has not decided."""
    return [row for row in of(s, dispute_id) if row.granted is None]


def ensure_deferral_decided(s: Session, dispute: Dispute) -> None:
    """Whether the fee may come later is decided before the case is registered (FEE-49)."""
    if any(row.relief is Relief.DEFER for row in waiting(s, dispute.id)):
        raise Conflict(fee_relief="undecided")


def stated(s: Session, dispute_id: str, part_fen: int | None) -> str:
    """What a paper that ends the case says of relief (FEE-51); nothing of a deferral."""
    rows = (row for row in granted(s, dispute_id) if row.relief is not Relief.DEFER)
    return "；".join(_stated(row, db.get(s, Party, row.party_id).name, part_fen) for row in rows)


def _stated(row: FeeRelief, name: str, part_fen: int | None) -> str:
    if row.relief is Relief.EXEMPT or part_fen is None:
        return f"本院已准予{name}{law.NAMES[row.relief]}案件受理费"
    return f"本院已准予{name}减交其中{amount(law.of_part(part_fen, row.fee_fen, row.relieved_fen))}元"


def still_open(rows: Iterable[FeeRelief], party: Party) -> list[Relief]:
    """What this party may still ask for: one thing at a time, nothing twice, an exemption only as a natural person."""
    own = [row for row in rows if row.party_id == party.id]
    if any(row.granted is not False for row in own):
        return []
    natural = party.kind is PersonKind.NATURAL
    refused = {row.relief for row in own}
    return [kind for kind in Relief if kind not in refused and (natural or kind is not Relief.EXEMPT)]


def _asker(s: Session, by: Actor, dispute: Dispute, party_id: str) -> Party:
    mine = [one for one in standing.parties_of(s, by, dispute.id) if one.side is Side.APPLICANT]
    if not party_id:
        rows = of(s, dispute.id)
        return next((one for one in mine if still_open(rows, one)), mine[0])
    party = next((one for one in mine if one.id == party_id), None)
    if party is None:
        raise BadInput(party_id="choose-one")
    return party


def _ensure_first(s: Session, party: Party, relief: Relief) -> None:
    own = [row for row in of(s, party.dispute_id) if row.party_id == party.id]
    if any(row.granted is not False or row.relief is relief for row in own):
        raise Conflict(fee_relief="already")


def _ensure_complete(
    party: Party, relief: Relief, ground: str, reason: str, proofs: Sequence[str], sum_wrong: str
) -> None:
    if relief is Relief.EXEMPT and party.kind is not PersonKind.NATURAL:
        raise BadInput(relief="natural-only")
    if ground not in pack.load().grounds[law.grounds_of(relief)]:
        raise BadInput(ground="choose-one")
    if sum_wrong:
        raise BadInput(asked_fen=sum_wrong)
    _ensure_said(reason=reason, proofs="".join(proofs))
    if len(proofs) > MOST_PROOFS:
        raise BadInput(proofs="too-long")
    printable.require(*proofs)


def _ensure_said(**texts: str) -> None:
    for name, text in texts.items():
        if not 0 < len(text.strip()) <= LONG:
            raise BadInput(**{name: "too-long" if text.strip() else "needed"})
    printable.require(*texts.values())


def _ensure_lawful(row: FeeRelief, relieved_fen: int, until: date | None, at: datetime) -> None:
    wrong = law.granted(row.relief, row.fee_fen, relieved_fen)
    if wrong:
        raise BadInput(relieved_fen=wrong)
    if row.relief is not Relief.DEFER:
        return
    if until is None:
        raise BadInput(until="needed")
    today = clock.court_date(at)
    if not today < until <= today + LONGEST:
        raise BadInput(until="in-the-past" if until <= today else "too-late")


def _keep(s: Session, row: FeeRelief, paper: Kept, at: datetime) -> None:
    row.file_name, row.media_type, row.digest = paper["file_name"], paper["media_type"], paper["digest"]
    blobs.hold(s, paper, at=at)
    s.add(row)
    s.flush()


def _take(s: Session, relief_id: str, by: Actor, do: Do) -> tuple[FeeRelief, Dispute]:
    dispute = db.lock(s, Dispute, db.get(s, FeeRelief, relief_id).dispute_id)
    row = db.lock(s, FeeRelief, relief_id)
    standing.require(s, by, do, row)
    if row.granted is not None:
        raise Conflict(fee_relief="decided")
    return row, dispute


def _note(s: Session, dispute: Dispute, kind: str, row: FeeRelief, *, by: Actor, at: datetime) -> None:
    subject = f"dispute:{dispute.id}"
    journal.append(s, dispute.court_id, subject, kind, by=by, at=at, fee_relief=row.id)
