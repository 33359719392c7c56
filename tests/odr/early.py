"""The life of a matter before there is a mediator: filing, triage, invitation, consent, an agent, the ways out.

Written from the law and the pages like `life.py`, and walked by the same walkers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from odr import demo
from odr.actions import (
    addresses,
    agents,
    consents,
    evidence,
    fee_relief,
    intake,
    invitations,
    mediation,
    preservation,
    triage,
)
from odr.db import Database
from odr.demo.steps import answers
from odr.rules.access import Actor
from odr.rules.companions import Capacity
from odr.rules.relief import Relief
from odr.rules.words import EndReason, Side, Step, Track
from odr.tables.companions import Mandate
from odr.tables.disputes import Dispute, Evidence, Invitation, Party
from odr.tables.fees import FeeRelief
from odr.tables.mediations import MediationCase
from odr.tables.people import Account
from tests.make import kept
from tests.odr.life import Act, Life, people

APPLICANT, RESPONDENT = frozenset({"applicant"}), frozenset({"respondent"})
ASKING = APPLICANT | {"lawyer"}  # who may speak for the applicant
EVERYBODY = ASKING | RESPONDENT | {"triage", "clerk", "judge", "leader", "auditor", "stranger", "machine"}
BEFORE = frozenset({"draft", "returned"})
TALKING = frozenset({"inviting", "in-mediation"})
OVER = frozenset({"diverted", "refused", "settled", "failed", "handed-over"})
SHUT = frozenset({"diverted", "handed-over"})
OFFERS = 5  # unanswered ones a day


@dataclass
class Early:
    """What is true of the matter."""

    dispute: str = "draft"
    case: str = "none"
    complete: bool = False
    handed_in: bool = False
    numbered: bool = False
    here: bool = False  # the respondent has come in
    agreed: frozenset[str] = frozenset()
    preserved: bool = False
    shown: bool = False  # one piece of evidence of the applicant
    offers: int = 0
    offered: bool = False  # a code that lets an agent in
    agent: str = ""  # claimed, checked
    relief: str = ""  # asked, examined, granted
    denied: bool = False  # the one relief that the model asks for is asked for once
    acted: bool = False  # the lawyer's paper is on record: the same one is not taken twice
    host: bool = field(default=False, init=False)

    def speaks(self, who: str) -> str:
        """The side somebody speaks for; nobody else's word counts."""
        if who == "lawyer":
            return "applicant" if self.agent else ""
        return who if who == "applicant" or (who == "respondent" and self.here) else ""


class Beginning(Life):
    """The matter while it has no mediator."""

    def stages(self, s: Session) -> dict[str, str]:
        dispute = s.get_one(Dispute, self.dispute_id)
        case = s.exec(select(MediationCase)).first()
        party = s.exec(select(Party).where(Party.side == Side.APPLICANT)).one()
        return {
            "dispute": dispute.stage.value,
            "case": case.stage.value if case else "none",
            "numbered": bool(dispute.filing_number),
            "agent": _agent_of(s, party),
        }


def _agent_of(s: Session, party: Party) -> str:
    rows = agents.of_party(s, party.id)
    assert bool(rows) == bool(party.agent_account_id)
    return "" if not rows else "checked" if rows[0].accepted else "claimed"


def begin(db: Database, at: datetime) -> Beginning:
    """A draft with one question left to answer."""
    with db.transaction() as s:
        cast = demo.people(s, at)
        mine, other = (s.get_one(Account, one.account_id) for one in cast.parties[:2])
        dispute = intake.begin(s, cast.court.id, cause="private-lending", by=cast.parties[0], at=at)
        for step, given in answers(mine, other, 1_200_000, at.date()).items():
            if step == "taking-part":
                given = given | {"agrees": []}
            if step != "service":
                intake.save(s, dispute.id, step, given, by=cast.parties[0], at=at)
        service = answers(mine, other, 1_200_000, at.date())["service"]
        known = people(cast, lawyer=cast.parties[3], organisation=cast.organisation.id, service=service)
        return Beginning(db, at + timedelta(hours=1), "none", dispute.id, known)


def _case(s: Session) -> str:
    return s.exec(select(MediationCase.id)).first() or "none"


def _code(s: Session, side: Side) -> str:
    """The newest code for a party."""
    query = select(Invitation.code).join(Party, col(Party.id) == col(Invitation.party_id))
    newest = query.where(Party.side == side).order_by(col(Invitation.created_at).desc())
    return s.exec(newest).first() or "none"


def _newest(s: Session, kind: Any, when: Any) -> Any:
    return s.exec(select(kind).order_by(when.desc())).first() or kind(id="none")


def _delegate(v: Life, s: Session, by: Actor) -> Any:
    numbered = bool(s.get_one(Dispute, v.dispute_id).filing_number)
    return triage.delegate(
        s,
        v.dispute_id,
        by=by,
        at=v.now,
        org_id=v.actors["organisation"],
        track=Track.POST_FILING_COMMISSIONED if numbered else Track.PARTY_APPLIED,
        route="mediate",
        reason="适宜调解",
        origin="",
    )


def _end(m: Early, dispute: str) -> dict[str, Any]:
    case = {"settled": "settled"}.get(dispute, "ended")
    return {"dispute": dispute, "case": case if m.case != "none" else "none"}


def acts() -> Iterator[Act]:
    """Every act before there is a mediator."""
    yield from _acts_of_filing()
    yield from _acts_of_triage()
    yield from _acts_of_asking()
    yield from _acts_of_agents()
    yield from _acts_of_relief()
    yield from _acts_of_leaving()


def _acts_of_filing() -> Iterator[Act]:
    yield Act(
        "answer the last question", ASKING, lambda m, w: m.speaks(w) and m.dispute in BEFORE,
        lambda m, w: {"complete": True}, "dispute.step_saved",
        lambda v, s, by: intake.save(
            s, v.dispute_id, "service", v.actors["service"], by=by, at=v.now
        ),
    )  # fmt: skip
    yield Act(
        "hand in", ASKING, lambda m, w: m.speaks(w) and m.dispute in BEFORE and m.complete,
        lambda m, w: {"dispute": "submitted", "handed_in": True, "agreed": frozenset()}, "dispute.submitted",
        lambda v, s, by: intake.submit(s, v.dispute_id, by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "show evidence", ASKING, lambda m, w: m.speaks(w) and m.dispute not in SHUT and not m.shown,
        lambda m, w: {"shown": True}, "evidence.added",
        lambda v, s, by: evidence.add(
            s, v.dispute_id, by=by, at=v.now, title="借条", proves="借款",
            file=kept(1, name="借条.pdf"),
        ),
    )  # fmt: skip
    yield Act(
        "take evidence back", ASKING, lambda m, w: m.speaks(w) and m.shown,
        lambda m, w: {"shown": False}, "evidence.withdrawn",
        lambda v, s, by: evidence.withdraw(s, _shown(s), by=by, at=v.now),
    )  # fmt: skip


def _shown(s: Session) -> str:
    query = select(Evidence.id).where(Evidence.title == "借条", col(Evidence.withdrawn_at).is_(None))
    return s.exec(query).first() or "none"


def _acts_of_triage() -> Iterator[Act]:
    officer = frozenset({"triage"})
    yield Act(
        "send back", officer, lambda m, w: m.dispute == "submitted",
        lambda m, w: {"dispute": "returned"}, "dispute.returned",
        lambda v, s, by: triage.send_back(
            s, v.dispute_id, by=by, at=v.now, ground="incomplete", what="补充借条。"
        ),
    )  # fmt: skip
    yield Act(
        "point to another way", officer, lambda m, w: m.dispute == "submitted",
        lambda m, w: {"dispute": "diverted"}, "dispute.diverted",
        lambda v, s, by: triage.divert(s, v.dispute_id, by=by, at=v.now, route="arbitration", reason="有约定"),
    )  # fmt: skip
    yield Act(
        "register", frozenset({"triage", "clerk", "machine"}), lambda m, w: m.dispute == "submitted",
        lambda m, w: {"dispute": "registered", "numbered": True, "preserved": False}, "dispute.registered",
        lambda v, s, by: triage.register(s, v.dispute_id, by=by, at=v.now, route="suit", reason="当事人起诉"),
    )  # fmt: skip
    yield Act(
        "delegate", officer, lambda m, w: m.dispute in ("submitted", "registered"),
        lambda m, w: {"dispute": "inviting", "case": "created"}, "case.delegated", _delegate,
    )  # fmt: skip
    yield Act(
        "object to the way", ASKING | RESPONDENT, lambda m, w: m.speaks(w) and m.handed_in,
        lambda m, w: {}, "triage.objected",
        lambda v, s, by: triage.object_to(s, v.dispute_id, by=by, at=v.now, text="不同意"),
    )  # fmt: skip
    yield Act(
        "report a preservation", ASKING,
        lambda m, w: m.speaks(w) and m.dispute in TALKING | {"submitted"} and not m.numbered and not m.preserved,
        lambda m, w: {"preserved": True}, "preservation.reported",
        lambda v, s, by: preservation.report(s, v.dispute_id, by=by, at=v.now, taken_on=v.now.date()),
    )  # fmt: skip


def _acts_of_asking() -> Iterator[Act]:
    yield Act(
        "come in", RESPONDENT, lambda m, w: m.case != "none" and not m.here,
        lambda m, w: {"here": True}, "invitation.claimed",
        lambda v, s, by: invitations.claim(s, _code(s, Side.RESPONDENT), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "ask again", frozenset({"triage"}), lambda m, w: m.case == "created" and not m.here,
        lambda m, w: {}, "invitation.sent",
        lambda v, s, by: invitations.remind(s, v.dispute_id, by=by, at=v.now, origin=""),
    )  # fmt: skip
    yield Act(
        "agree to mediate", ASKING | RESPONDENT,
        lambda m, w: m.speaks(w) not in {"", *m.agreed} and m.dispute == "inviting",
        lambda m, w: {
            "agreed": m.agreed | {m.speaks(w)},
            **(
                {"dispute": "in-mediation", "case": "choosing"}
                if len(m.agreed | {m.speaks(w)}) == 2
                else {}
            ),
        },
        "consent.answered",
        lambda v, s, by: consents.answer(s, v.dispute_id, {Step.MEDIATION: True}, by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "confirm an address", ASKING | RESPONDENT, lambda m, w: m.speaks(w),
        lambda m, w: {}, "address.confirmed",
        lambda v, s, by: addresses.confirm(
            s, v.dispute_id, v.actors["service"], by=by, at=v.now
        ),
    )  # fmt: skip


def _acts_of_agents() -> Iterator[Act]:
    yield Act(
        "offer a mandate", APPLICANT, lambda m, w: m.offers < OFFERS,
        lambda m, w: {"offers": m.offers + 1, "offered": True}, "mandate.offered",
        lambda v, s, by: agents.invite(s, v.dispute_id, by=by, at=v.now, origin=""),
    )  # fmt: skip
    yield Act(
        "take the mandate", frozenset({"lawyer"}),
        lambda m, w: m.offered and not m.agent and not m.acted and m.dispute not in SHUT,
        lambda m, w: {"agent": "claimed", "acted": True, "offered": False, "offers": m.offers - 1},
        "mandate.claimed",
        lambda v, s, by: agents.claim(
            s, _told_to(v, s, by), by=by, at=v.now, capacity=Capacity.LAWYER, of="某所",
            powers=["settle"], paper=kept(2, name="授权委托书.pdf"),
        ),
    )  # fmt: skip
    for accepted in (True, False):
        yield Act(
            f"check the mandate: {accepted}", frozenset({"triage", "clerk"}), lambda m, w: m.agent == "claimed",
            (lambda m, w: {"agent": "checked"}) if accepted else (lambda m, w: {"agent": ""}), "mandate.checked",
            lambda v, s, by, accepted=accepted: agents.check(
                s, _newest(s, Mandate, col(Mandate.since)).id, by=by, at=v.now, accepted=accepted, remark="已核"
            ),
        )  # fmt: skip
    yield Act(
        "end the mandate", ASKING, lambda m, w: bool(m.agent), lambda m, w: {"agent": ""}, "mandate.ended",
        lambda v, s, by: agents.end(s, _newest(s, Mandate, col(Mandate.since)).id, by=by, at=v.now),
    )  # fmt: skip


def _told_to(v: Life, s: Session, by: Actor) -> str:
    """The code of the mandate, which only the lawyer was told."""
    return _code(s, Side.APPLICANT) if by == v.actors["lawyer"] else "none"


def _settles(m: Early, who: str) -> bool:
    """Whose word ends something: a party's own, or a checked agent's (CPL-62)."""
    return bool(m.speaks(who)) and (who != "lawyer" or m.agent == "checked")


def _acts_of_relief() -> Iterator[Act]:
    yield Act(
        "ask to be freed of the fee", ASKING,
        lambda m, w: m.speaks(w) and m.numbered and m.dispute not in {"diverted", "settled"}
        and not m.relief and not m.denied,
        lambda m, w: {"relief": "asked"}, "fee_relief.asked",
        lambda v, s, by: fee_relief.ask(
            s, v.dispute_id, by=by, at=v.now, relief=Relief.EXEMPT, ground="welfare", reason="无收入",
            proofs=["低保证"], paper=kept(3, name="低保证.pdf"),
        ),
    )  # fmt: skip
    yield Act(
        "look at the wish", frozenset({"judge"}), lambda m, w: m.relief == "asked",
        lambda m, w: {"relief": "examined"}, "fee_relief.examined",
        lambda v, s, by: fee_relief.examine(
            s, _relief(s).id, by=by, at=v.now, fee_fen=_relief(s).fee_fen, supported=True, opinion="符合"
        ),
    )  # fmt: skip
    for granted in (True, False):
        yield Act(
            f"decide on relief: {granted}", frozenset({"leader"}), lambda m, w: m.relief == "examined",
            (lambda m, w: {"relief": "granted"}) if granted else (lambda m, w: {"relief": "", "denied": True}),
            "fee_relief.decided",
            lambda v, s, by, granted=granted: fee_relief.decide(
                s, _relief(s).id, by=by, at=v.now, granted=granted, relieved_fen=_relief(s).fee_fen, reason="已核"
            ),
        )  # fmt: skip


def _relief(s: Session) -> FeeRelief:
    found: FeeRelief = _newest(s, FeeRelief, col(FeeRelief.asked_at))
    return found


def _acts_of_leaving() -> Iterator[Act]:
    yield Act(
        "refuse mediation", ASKING | RESPONDENT, lambda m, w: _settles(m, w) and m.dispute in TALKING,
        lambda m, w: _end(m, "refused"), "mediation.refused",
        lambda v, s, by: consents.refuse(s, v.dispute_id, by=by, at=v.now, reason="sue"),
    )  # fmt: skip
    yield Act(
        "settle", ASKING, lambda m, w: _settles(m, w) and m.dispute in TALKING,
        lambda m, w: _end(m, "settled"), "case.settled",
        lambda v, s, by: mediation.settle(s, _case(s), by=by, at=v.now, performed=False),
    )  # fmt: skip
    yield Act(
        "end", frozenset({"machine"}), lambda m, w: m.dispute in TALKING,
        lambda m, w: _end(m, "failed"), "case.ended",
        lambda v, s, by: mediation.end(s, _case(s), by=by, at=v.now, reason=EndReason.UNREACHABLE),
    )  # fmt: skip
    yield Act(
        "hand over", ASKING | {"triage"},
        lambda m, w: (w == "triage" or m.speaks(w)) and m.dispute in ("refused", "failed"),
        lambda m, w: {"dispute": "handed-over", "case": "handed-over", "numbered": True}, "case.handed_over",
        lambda v, s, by: mediation.hand_over(s, _case(s), by=by, at=v.now),
    )  # fmt: skip


ACTS = tuple(acts())
