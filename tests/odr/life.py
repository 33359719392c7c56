"""The life of a matter as a small model: what may happen when, by whom, and what is then true.

Written from the law and the pages, not from the code's tables: each act has its people, when it is possible
and what it changes. The walkers of `test_model.py` and `test_crashes.py` try the real actions against it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from odr import clock, demo
from odr.actions import (
    appraisals,
    calendar,
    confirmation,
    consents,
    drafting,
    halts,
    invitations,
    mediation,
    mediators,
    minutes,
    oral,
    paper_objections,
    performance,
    recusals,
    rulings,
    schemes,
    signing,
    sittings,
)
from odr.db import Database
from odr.demo.cast import actor_of
from odr.demo.steps import hand
from odr.errors import NotAllowed
from odr.rules.access import MACHINE, Actor
from odr.rules.halts import Halt
from odr.rules.uploads import Kept
from odr.rules.words import ClauseKind, EndReason, Mode, Role, Side, Step
from odr.tables.agreements import Agreement, Clause, ConfirmationCase, Obligation
from odr.tables.disputes import Dispute, Invitation, Party
from odr.tables.mediations import Extension, MediationCase, Sitting
from odr.tables.people import Account
from tests.make import moment

AT = moment("2026-03-02 09:00")
SIDES = frozenset({"applicant", "respondent"})
PEOPLE = SIDES | {
    "host",
    "idle",
    "triage",
    "org-admin",
    "clerk",
    "judge",
    "leader",
    "auditor",
    "stranger",
    "machine",
}
WORKING = frozenset({"accepted", "scheduled", "in-mediation"})
OVER = frozenset({"settled", "ended", "handed-over"})
DRAFTS = frozenset({"drafting", "served", "signing"})
OPEN = frozenset({"planned", "gathering", "live", "frozen", "paused"})


@dataclass
class Model:
    """What is true of the matter."""

    dispute: str = "inviting"
    case: str = "created"
    sitting: str = "none"
    opened: bool = False
    agreement: str = "none"
    confirmation: str = "none"
    host: bool = False  # somebody was asked to mediate, or does
    tried: int = 0  # mediators who declined or were replaced, of three
    replaced: frozenset[str] = frozenset()
    recusal: frozenset[str] | None = None  # sides that waived
    suspicion: str = ""  # who reported
    appraisal: str = ""  # asked by a side, or begun
    extension: str = ""  # the side that asks
    inside: frozenset[str] = frozenset()
    checked: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()
    clause: frozenset[str] | None = None  # sides that agree to it
    proposer: str = ""  # of the clause as it reads now
    scheme: str = ""  # asked, served
    takers: frozenset[str] = frozenset()  # sides that let their silence bind
    oral: frozenset[str] | None = None  # sides that say yes to what was written down
    signed: frozenset[str] = frozenset()
    applied: str = ""
    performed: bool = False
    rated: frozenset[str] = frozenset()

    def ready(self) -> bool:
        return "host" in self.inside and self.checked & self.read & self.inside >= SIDES


Guard = Callable[[Model, str], Any]
Effect = Callable[[Model, str], dict[str, Any]]
Call = Callable[["Life", Session, Actor], Any]


@dataclass(frozen=True)
class Act:
    """One act: by whom, when, with what effect; `kind` is its line in the journal."""

    name: str
    who: frozenset[str]
    when: Guard
    then: Effect
    kind: str
    call: Call = field(repr=False)

    def may(self, m: Model, who: str) -> bool:
        return who in self.who and (who != "host" or m.host) and bool(self.when(m, who))

    def is_told(self, lines: list[str]) -> bool:
        """Whether the journal has the act's one line; what happens before anybody is known has none."""
        return lines.count(self.kind) == 1 if self.kind else not lines


def later(model: Any) -> Any:
    """The model a minute later, if it looks at the clock."""
    return replace(model, minute=model.minute + 1) if hasattr(model, "minute") else model


@dataclass
class Life:
    """The matter in a database, its people, and the court's time, which goes on by a minute an act."""

    db: Database
    now: datetime
    case_id: str = ""
    dispute_id: str = ""
    actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, s: Session, who: str) -> Actor:
        """The person of this name now."""
        return self.actors[who]

    def sitting(self, s: Session) -> Sitting | None:
        query = select(Sitting).where(Sitting.case_id == self.case_id)
        return s.exec(query.order_by(col(Sitting.ordinal).desc())).first()

    def agreement(self, s: Session) -> Agreement | None:
        query = select(Agreement).where(Agreement.case_id == self.case_id)
        return s.exec(query.order_by(col(Agreement.version).desc())).first()

    def stages(self, s: Session) -> dict[str, str]:
        """Where everything really stands."""
        dispute, case = s.get_one(Dispute, self.dispute_id), s.get_one(MediationCase, self.case_id)
        sitting, agreement = self.sitting(s), self.agreement(s)
        row = s.exec(select(ConfirmationCase)).first()
        return {
            "dispute": dispute.stage.value,
            "case": case.stage.value,
            "sitting": sitting.stage.value if sitting else "none",
            "agreement": agreement.stage.value if agreement else "none",
            "confirmation": row.stage.value if row else "none",
        }


class Mediation(Life):
    """The matter while it is mediated."""

    def actor(self, s: Session, who: str) -> Actor:
        """The mediator and the judge are whoever was found."""
        case = s.get_one(MediationCase, self.case_id)
        mediators_ = [self.actors[f"mediator{n}"] for n in range(3)]
        if who == "host":
            return next((a for a in mediators_ if a.mediator_id == case.mediator_id), Actor("nobody"))
        if who == "idle":
            return next(a for a in mediators_ if a.mediator_id != case.mediator_id)
        if who == "judge":
            row = s.exec(select(ConfirmationCase)).first()
            if row is None or row.judge_id is None:
                return Actor("nobody")
            return actor_of(s, row.judge_id, Role.JUDGE, self.actors["court"])
        return self.actors[who]


@dataclass(frozen=True)
class Begun:
    """A database file with a matter that has begun, to be copied for each walk."""

    path: Path
    life: Life


Begin = Callable[[Database, datetime], Life]


def begin(db: Database, at: datetime) -> Life:
    """A matter filed, delegated, its respondent come in."""
    with db.transaction() as s:
        cast = demo.people(s, at)
        dispute, case = demo.invited(s, cast, at)
        code = s.exec(select(Invitation.code)).first() or ""
        invitations.claim(s, code, by=cast.parties[1], at=at + timedelta(hours=4))
        asked = {f"mediator{n}": one for n, one in enumerate(cast.mediators)}
        known = people(cast, court=cast.court, **asked)
        return Mediation(db, at + timedelta(hours=5), case.id, dispute.id, known)


def people(cast: demo.Cast, **more: Any) -> dict[str, Any]:
    """The cast by the names that the models know them by."""
    sides = dict(zip(("applicant", "respondent", "stranger"), cast.parties, strict=False))
    return {**sides, "machine": MACHINE, **{role.value: one for role, one in cast.staff.items()}, **more}


def only_machine(by: Actor) -> None:
    """What the court's clocks and jobs do has no door that anybody else could knock at."""
    if not by.machine:
        raise NotAllowed(do="job")


def _one(life: Life, s: Session, kind: Any) -> Any:
    rows = s.exec(select(kind)).all()
    return rows[-1] if rows else kind(id="none")


def _sit(life: Life, s: Session) -> str:
    found = life.sitting(s)
    return found.id if found else "none"


def _agr(life: Life, s: Session) -> str:
    found = life.agreement(s)
    return found.id if found else "none"


def _hand(life: Life, s: Session, by: Actor) -> signing.Hand:
    agreement = life.agreement(s)
    if agreement is None or s.get(Account, by.account_id) is None:
        return signing.Hand("typed", "", "x", "x", True, "x", "x")
    return hand(s, agreement, by, life.now)


def _clause(life: Life, s: Session) -> Clause:
    agreement = life.agreement(s)
    rows = drafting.clauses_of(s, agreement.id) if agreement else ()
    return rows[0] if rows else Clause(id="none", agreement_id="", position=1, kind=ClauseKind.PAYMENT)


def _payment() -> dict[str, Any]:
    return {
        "debtor": "respondent",
        "creditor": "applicant",
        "about": "借款本金",
        "amount_fen": 1_200_000,
        "due_on": "2027-03-01",
        "method": "cash",
    }


def _fall(m: Model) -> dict[str, Any]:
    """Mediation is over: drafts are refused, planned sittings fall away, running ones close."""
    return {
        "agreement": "refused" if m.agreement in DRAFTS else m.agreement,
        "scheme": "" if m.agreement in DRAFTS else m.scheme,
        "sitting": "closed" if m.sitting in ("live", "frozen", "paused") else _called_off(m),
    }


def _called_off(m: Model) -> str:
    """Nothing is left to talk about: what was planned falls away, a talk that is on goes to its own end."""
    return "rescheduled" if m.sitting in ("planned", "gathering") else m.sitting


def _away(m: Model) -> dict[str, Any]:
    """The mediator is gone: a running talk freezes, somebody else is looked for."""
    return {
        "case": "choosing",
        "host": False,
        "tried": m.tried + 1,
        "recusal": None,
        "sitting": "frozen" if m.sitting == "live" else m.sitting,
        "inside": m.inside - {"host"},
    }


def _still(m: Model) -> dict[str, Any]:
    """Mediation stands still: signatures under a frozen text fall away with it."""
    changed: dict[str, Any] = {"case": "suspended", "sitting": "paused" if m.sitting == "live" else m.sitting}
    if m.agreement in ("signing", "served"):
        changed |= {"agreement": "drafting", "clause": frozenset(), "signed": frozenset(), "scheme": ""}
    return changed


def _can_stand_still(m: Model, _w: str) -> bool:
    return m.case in WORKING | {"agreed", "scheme-served"}


def _left(m: Model) -> bool:
    return m.tried < 3  # somebody of the roster has not been asked


def acts() -> Iterator[Act]:
    """Every act of a matter in mediation and after it."""
    both, host, staff = SIDES, frozenset({"host"}), frozenset({"host", "triage"})
    a = _acts_of_finding(both, host)
    yield from a
    yield from _acts_of_incidents(both, host, staff)
    yield from _acts_of_sittings(both, host)
    yield from _acts_of_agreement(both, host)
    yield from _acts_of_schemes(both, host)
    yield from _acts_of_ending(both, host)


def _acts_of_finding(both: frozenset[str], host: frozenset[str]) -> Iterator[Act]:
    yield Act(
        "consent", frozenset({"respondent"}), lambda m, w: m.dispute == "inviting",
        lambda m, w: {"dispute": "in-mediation", "case": "choosing"}, "consent.answered",
        lambda v, s, by: consents.answer(s, v.dispute_id, {Step.MEDIATION: True}, by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "refuse mediation", both, lambda m, w: m.dispute in ("inviting", "in-mediation"),
        lambda m, w: {"dispute": "refused", "case": "ended", **_fall(m)}, "mediation.refused",
        lambda v, s, by: consents.refuse(s, v.dispute_id, by=by, at=v.now, reason="sue"),
    )  # fmt: skip
    yield Act(
        "leave the choice to the court", both, lambda m, w: m.case == "choosing" and _left(m),
        lambda m, w: {"case": "offered", "host": True}, "mediator.chosen",
        lambda v, s, by: mediators.choose(s, v.case_id, by=by, at=v.now, mediator_ids=[], trust_court=True),
    )  # fmt: skip
    yield Act(
        "appoint", frozenset({"triage", "machine"}), lambda m, w: m.case == "choosing" and _left(m),
        lambda m, w: {"case": "offered", "host": True}, "case.offered",
        lambda v, s, by: mediators.appoint(s, v.case_id, by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "accept", host, lambda m, w: m.case == "offered", lambda m, w: {"case": "accepted"}, "case.accepted",
        lambda v, s, by: mediators.accept(s, v.case_id, by=by, at=v.now, disclosure="", promised=True),
    )  # fmt: skip
    yield Act(
        "decline", host | {"machine"}, lambda m, w: m.case == "offered",
        lambda m, w: {"case": "choosing", "host": False, "tried": m.tried + 1}, "case.declined",
        lambda v, s, by: mediators.decline(s, v.case_id, by=by, at=v.now, reason="other"),
    )  # fmt: skip
    yield Act(
        "replace the mediator", both | {"triage"},
        lambda m, w: m.case in WORKING | {"offered"} and w not in m.replaced,
        lambda m, w: {**_away(m), "replaced": m.replaced | {w} & SIDES}, "mediator.replaced",
        lambda v, s, by: mediators.replace(s, v.case_id, by=by, at=v.now, reason="沟通不便"),
    )  # fmt: skip
    yield Act(
        "contact", host, lambda m, w: m.case in WORKING, lambda m, w: {}, "party.contacted",
        lambda v, s, by: mediation.contact(s, v.case_id, by=by, at=v.now, channel="phone", reached=True),
    )  # fmt: skip


def _acts_of_incidents(both: frozenset[str], host: frozenset[str], staff: frozenset[str]) -> Iterator[Act]:
    yield Act(
        "ask for recusal", both | host, lambda m, w: m.case in WORKING and m.recusal is None,
        lambda m, w: {"recusal": frozenset()}, "mediator.recusal_asked",
        lambda v, s, by: recusals.ask(s, v.case_id, by=by, at=v.now, ground="kin", facts="表亲"),
    )  # fmt: skip
    for granted in (True, False):
        yield Act(
            f"decide on recusal: {granted}", frozenset({"org-admin", "triage"}),
            lambda m, w: m.case in WORKING and m.recusal is not None,
            (lambda m, w: _away(m)) if granted else (lambda m, w: {"recusal": None}), "mediator.recusal_decided",
            lambda v, s, by, granted=granted: recusals.decide(
                s, v.case_id, by=by, at=v.now, granted=granted, reason="查明"
            ),
        )  # fmt: skip
    yield Act(
        "waive recusal", both, lambda m, w: m.recusal is not None,
        lambda m, w: {"recusal": None if m.recusal | {w} == SIDES else m.recusal | {w}}, "mediator.recusal_waived",
        lambda v, s, by: recusals.waive(s, v.case_id, by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "suspend", staff | {"machine"}, _can_stand_still, lambda m, w: _still(m), "case.suspended",
        lambda v, s, by: halts.suspend(s, v.case_id, by=by, at=v.now, why=Halt.FORCE_MAJEURE, reason="停电"),
    )  # fmt: skip
    yield Act(
        "report falsity", staff | {"machine"}, _can_stand_still, lambda m, w: {**_still(m), "suspicion": w}, "case.suspended",
        lambda v, s, by: halts.report(s, v.case_id, by=by, at=v.now, noticed=(), facts="可疑"),
    )  # fmt: skip
    yield Act(
        "resume", staff,
        lambda m, w: m.case == "suspended" and not m.suspicion and m.appraisal != "begun",
        lambda m, w: {"case": "in-mediation"}, "case.resumed",
        lambda v, s, by: halts.resume(s, v.case_id, by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "find it unfounded", frozenset({"triage", "leader"}), lambda m, w: m.suspicion not in ("", w),
        lambda m, w: {"suspicion": "", **({"case": "in-mediation"} if m.case == "suspended" else {})},
        "suspicion.judged",
        lambda v, s, by: halts.judge(s, v.case_id, by=by, at=v.now, upheld=False, reason="有流水"),
    )  # fmt: skip
    yield Act(
        "find it false", frozenset({"triage", "leader"}), lambda m, w: m.suspicion not in ("", w),
        lambda m, w: {
            "suspicion": "",
            **({"case": "ended", "dispute": "failed", **_fall(m)} if m.case == "suspended" else {}),
        },
        "suspicion.judged",
        lambda v, s, by: halts.judge(s, v.case_id, by=by, at=v.now, upheld=True, reason="倒签借条"),
    )  # fmt: skip
    yield Act(
        "ask for an appraisal", both, lambda m, w: _can_stand_still(m, w) and not m.appraisal,
        lambda m, w: {"appraisal": w}, "appraisal.asked",
        lambda v, s, by: appraisals.ask(s, v.case_id, by=by, at=v.now, matter="笔迹", reason="有争议"),
    )  # fmt: skip
    yield Act(
        "agree to the appraisal", both,
        lambda m, w: m.appraisal in SIDES - {w} and _can_stand_still(m, w),
        lambda m, w: {**_still(m), "appraisal": "begun"}, "appraisal.answered",
        lambda v, s, by: appraisals.answer(s, v.case_id, by=by, at=v.now, agrees=True),
    )  # fmt: skip
    yield Act(
        "end the appraisal", staff, lambda m, w: m.appraisal == "begun" and m.case == "suspended",
        lambda m, w: {"case": "in-mediation", "appraisal": ""}, "appraisal.ended",
        lambda v, s, by: appraisals.finish(s, v.case_id, by=by, at=v.now, outcome="一致"),
    )  # fmt: skip
    yield Act(
        "ask for more time", both, lambda m, w: m.case in WORKING and not m.extension,
        lambda m, w: {"extension": w}, "extension.asked",
        lambda v, s, by: mediation.ask_extension(s, v.case_id, by=by, at=v.now, days=5, reason=""),
    )  # fmt: skip
    yield Act(
        "agree to more time", both, lambda m, w: m.case in WORKING and m.extension in SIDES - {w},
        lambda m, w: {"extension": ""}, "extension.agreed",
        lambda v, s, by: mediation.agree_extension(s, v.case_id, _one(v, s, Extension).id, by=by, at=v.now),
    )  # fmt: skip


def _acts_of_sittings(both: frozenset[str], host: frozenset[str]) -> Iterator[Act]:
    new = {
        "sitting": "planned",
        "opened": False,
        "inside": frozenset(),
        "checked": frozenset(),
        "read": frozenset(),
    }
    yield Act(
        "schedule", host, lambda m, w: m.case in WORKING and m.sitting not in OPEN,
        lambda m, w: {**new, "case": "scheduled" if m.case == "accepted" else m.case}, "sitting.scheduled",
        lambda v, s, by: calendar.schedule(
            s, v.case_id, by=by, at=v.now, starts_at=v.now + timedelta(minutes=1), minutes=60, mode=Mode.SYNC,
            short_notice=True,
        ),
    )  # fmt: skip
    yield Act(
        "put off", both | host, lambda m, w: m.sitting in ("planned", "gathering"),
        lambda m, w: {"sitting": "rescheduled"}, "sitting.rescheduled",
        lambda v, s, by: calendar.reschedule(s, _sit(v, s), by=by, at=v.now, reason="有事"),
    )  # fmt: skip
    yield Act(
        "enter", both | host, lambda m, w: m.sitting in OPEN,
        lambda m, w: {
            "inside": m.inside | {w},
            "sitting": "gathering" if m.sitting == "planned" else m.sitting,
        },
        "sitting.entered",
        lambda v, s, by: sittings.enter(s, _sit(v, s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "read the notices", both, lambda m, w: m.sitting in OPEN - {"planned"} and w in m.inside,
        lambda m, w: {"read": m.read | {w}}, "sitting.notices_read",
        lambda v, s, by: sittings.read_notices(s, _sit(v, s), by=by, at=v.now, ticked=sittings.NOTICES),
    )  # fmt: skip
    for side in sorted(both):
        yield Act(
            f"check the {side}", host, lambda m, w, side=side: m.sitting in OPEN - {"planned"} and side in m.inside,
            lambda m, w, side=side: {"checked": m.checked | {side}}, "sitting.identity_checked",
            lambda v, s, by, side=side: sittings.check_identity(
                s, _sit(v, s), v.actors[side].account_id or "", by=by, at=v.now, how="on-site"
            ),
        )  # fmt: skip
    yield Act(
        "open the sitting", host,
        lambda m, w: m.sitting in OPEN - {"live"}
        and m.ready()
        and m.recusal is None
        and (m.case in ("scheduled", "in-mediation") or (m.opened and m.case != "suspended")),
        lambda m, w: {"sitting": "live", "opened": True, "case": m.case if m.opened else "in-mediation"},
        "sitting.opened",
        lambda v, s, by: sittings.begin(s, _sit(v, s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "pause", host, lambda m, w: m.sitting == "live", lambda m, w: {"sitting": "paused"}, "sitting.paused",
        lambda v, s, by: sittings.pause(s, _sit(v, s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "lose the mediator", frozenset({"machine"}), lambda m, w: m.sitting == "live",
        lambda m, w: {"sitting": "frozen"}, "sitting.frozen",
        lambda v, s, by: sittings.freeze(s, _sit(v, s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "write a line", host, lambda m, w: m.sitting in OPEN - {"planned"}, lambda m, w: {}, "minutes.written",
        lambda v, s, by: minutes.write(s, _sit(v, s), by=by, at=v.now, speaker="mediator", text="开场"),
    )  # fmt: skip
    yield Act(
        "close the sitting", host, lambda m, w: m.sitting in OPEN - {"planned"},
        lambda m, w: {"sitting": "closed"}, "sitting.closed",
        lambda v, s, by: sittings.close(s, _sit(v, s), by=by, at=v.now, outcome="again"),
    )  # fmt: skip


def _acts_of_agreement(both: frozenset[str], host: frozenset[str]) -> Iterator[Act]:
    yield Act(
        "propose a clause", both | host,
        lambda m, w: m.case in WORKING and m.sitting != "none" and m.agreement in ("none", "drafting", "refused")
        and m.clause is None,
        lambda m, w: {"agreement": "drafting", "clause": frozenset({w}) & SIDES, "proposer": w}, "clause.proposed",
        lambda v, s, by: drafting.propose(s, _sit(v, s), by=by, at=v.now, kind=ClauseKind.PAYMENT, fields=_payment()),
    )  # fmt: skip
    yield Act(
        "agree to the clause", both, _is_worded,
        lambda m, w: {"clause": m.clause | {w}}, "clause.agreed",
        lambda v, s, by: drafting.agree(
            s, _sit(v, s), _clause(v, s).id, by=by, at=v.now, version=_clause(v, s).version
        ),
    )  # fmt: skip
    yield Act(
        "word the clause anew", both | host, _is_worded,
        lambda m, w: {"clause": frozenset({w}) & SIDES, "proposer": w}, "clause.changed",
        lambda v, s, by: drafting.change(
            s, _sit(v, s), _clause(v, s).id, by=by, at=v.now, fields=_payment() | {"amount_fen": 900_000}
        ),
    )  # fmt: skip
    yield Act(
        "take the clause out", both | host,
        lambda m, w: _is_worded(m, w) and (w == "host" or (m.proposer == w and m.clause != SIDES)),
        lambda m, w: {"clause": None}, "clause.removed",
        lambda v, s, by: drafting.remove(s, _sit(v, s), _clause(v, s).id, by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "fix the words", host,
        lambda m, w: m.case in WORKING and m.agreement == "drafting" and m.clause == SIDES,
        lambda m, w: {"agreement": "signing", "case": "agreed"}, "agreement.frozen",
        lambda v, s, by: drafting.freeze(s, _agr(v, s), by=by, at=v.now, brief="借款纠纷。"),
    )  # fmt: skip
    yield Act(
        "open the words anew", host, lambda m, w: m.agreement == "signing",
        lambda m, w: {
            "agreement": "drafting", "case": "in-mediation", "clause": frozenset(), "signed": frozenset(),
            "scheme": "",
        },
        "agreement.reopened",
        lambda v, s, by: drafting.reopen(s, _agr(v, s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "sign", both, lambda m, w: m.agreement == "signing" and w not in m.signed,
        lambda m, w: {
            "signed": m.signed | {w},
            **(
                {"agreement": "effective", "case": "settled", "dispute": "settled", "sitting": _called_off(m)}
                if m.signed | {w} >= SIDES
                else {}
            ),
        },
        "agreement.signed",
        lambda v, s, by: signing.sign(s, _agr(v, s), by=by, at=v.now, hand=_hand(v, s, by)),
    )  # fmt: skip
    yield Act(
        "sign as mediator", host,
        lambda m, w: m.agreement in ("signing", "effective") and "host" not in m.signed and m.scheme != "served",
        lambda m, w: {"signed": m.signed | {w}}, "agreement.countersigned",
        lambda v, s, by: signing.countersign(s, _agr(v, s), by=by, at=v.now, hand=_hand(v, s, by)),
    )  # fmt: skip
    yield Act(
        "not sign", both, lambda m, w: m.agreement == "signing",
        lambda m, w: {"dispute": "failed", "case": "ended", **_fall(m)}, "agreement.refused",
        lambda v, s, by: signing.refuse(s, _agr(v, s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "apply for confirmation", both, lambda m, w: m.agreement == "effective" and m.confirmation == "none",
        lambda m, w: {"confirmation": "prepared", "applied": w}, "confirmation.prepared",
        lambda v, s, by: confirmation.apply(s, _agr(v, s), by=by, at=v.now, reasons="自愿", declared=True),
    )  # fmt: skip
    yield Act(
        "join the application", both, lambda m, w: m.confirmation == "prepared" and m.applied != w,
        lambda m, w: {"confirmation": "submitted", "agreement": "applied"}, "confirmation.submitted",
        lambda v, s, by: confirmation.join(s, _one(v, s, ConfirmationCase).id, by=by, at=v.now, declared=True),
    )  # fmt: skip
    yield Act(
        "accept the application", frozenset({"clerk"}), lambda m, w: m.confirmation == "submitted",
        lambda m, w: {"confirmation": "assigned"}, "confirmation.accepted",
        lambda v, s, by: confirmation.accept(s, _one(v, s, ConfirmationCase).id, by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "review", frozenset({"judge"}), lambda m, w: m.confirmation == "assigned",
        lambda m, w: {"confirmation": "review"}, "confirmation.reviewed",
        lambda v, s, by: rulings.review(s, _one(v, s, ConfirmationCase).id, by=by, at=v.now),
    )  # fmt: skip


def _is_worded(m: Model, _w: str) -> bool:
    return m.case in WORKING and m.agreement == "drafting" and m.clause is not None


def _acts_of_schemes(both: frozenset[str], host: frozenset[str]) -> Iterator[Act]:
    """Beside the signed agreement: written terms whom nobody objects to, and what is agreed by word of mouth."""
    settled = {"case": "settled", "dispute": "settled"}

    def asked(m: Model, who: str) -> bool:
        return m.case in WORKING and m.scheme == "asked" and who not in m.takers

    def open_words(m: Model, who: str) -> bool:
        return m.case in WORKING and m.oral is not None and who not in m.oral

    yield Act(
        "offer a scheme", host, lambda m, w: m.case in WORKING and m.agreement == "drafting" and not m.scheme,
        lambda m, w: {"scheme": "asked", "takers": frozenset()}, "scheme.offered",
        lambda v, s, by: schemes.offer(s, v.case_id, by=by, at=v.now, gap="期限", known=["欠款属实。"]),
    )  # fmt: skip
    for agrees in (True, False):
        yield Act(
            f"take a scheme: {agrees}", both, asked,
            (lambda m, w: {"takers": m.takers | {w}}) if agrees else (lambda m, w: {"scheme": ""}),
            "scheme.answered",
            lambda v, s, by, agrees=agrees: schemes.agree(
                s, v.case_id, by=by, at=v.now, agrees=agrees, understood=True
            ),
        )  # fmt: skip
    yield Act(
        "serve the scheme", host,
        lambda m, w: _is_worded(m, w) and m.scheme == "asked" and m.takers == SIDES,
        lambda m, w: {"scheme": "served", "agreement": "served", "case": "scheme-served"}, "scheme.served",
        lambda v, s, by: schemes.serve(s, v.case_id, by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "object to the scheme", both, lambda m, w: m.case == "scheme-served",
        lambda m, w: {"dispute": "failed", "case": "ended", **_fall(m)}, "scheme.objected",
        lambda v, s, by: schemes.object_to(s, v.case_id, by=by, at=v.now, text=""),
    )  # fmt: skip
    yield Act(
        "enter an objection on paper", host | {"clerk"},
        lambda m, w: m.case == "scheme-served" or (
            m.case == "settled" and m.scheme == "served" and m.agreement == "effective"
            and m.confirmation == "none" and not m.performed
        ),
        lambda m, w: {"dispute": "failed", "case": "ended", **_fall(m), "agreement": "refused", "scheme": ""},
        "scheme.objection_recorded", _object_on_paper,
    )  # fmt: skip
    yield Act(
        "let the days pass", frozenset({"machine"}), lambda m, w: m.case == "scheme-served",
        lambda m, w: {**settled, "agreement": "effective", "sitting": _called_off(m)}, "agreement.effective", _stand,
    )  # fmt: skip
    yield Act(
        "write down what was said", host, lambda m, w: m.case in WORKING and m.oral is None,
        lambda m, w: {"oral": frozenset()}, "oral.recorded",
        lambda v, s, by: oral.record(s, v.case_id, by=by, at=v.now, contents=["付500元。"], performed=True),
    )  # fmt: skip
    yield Act(
        "say yes to it", both, open_words,
        lambda m, w: {"oral": m.oral | {w}, **({**settled, **_fall(m)} if m.oral | {w} >= SIDES else {})},
        "oral.answered",
        lambda v, s, by: oral.answer(s, v.case_id, by=by, at=v.now, agrees=True),
    )  # fmt: skip
    yield Act(
        "want it in writing", both, open_words, lambda m, w: {"oral": None}, "oral.answered",
        lambda v, s, by: oral.answer(s, v.case_id, by=by, at=v.now, agrees=False),
    )  # fmt: skip


def _object_on_paper(v: Life, s: Session, by: Actor) -> None:
    party = s.exec(select(Party).where(Party.side == Side.RESPONDENT)).one()
    scan = Kept(file_name="异议.pdf", media_type="application/pdf", size=9, digest="sha256:" + "4" * 64)
    given = clock.court_date(v.now)
    paper_objections.record(s, v.case_id, by=by, at=v.now, party_id=party.id, given_on=given, scan=scan)


def _stand(v: Life, s: Session, by: Actor) -> None:
    only_machine(by)
    schemes.stand(s, s.get_one(MediationCase, v.case_id), at=v.now, since=v.now)


def _acts_of_ending(both: frozenset[str], host: frozenset[str]) -> Iterator[Act]:
    yield Act(
        "settle", frozenset({"applicant", "host"}),
        lambda m, w: m.case not in OVER and m.dispute in ("inviting", "in-mediation"),
        lambda m, w: {"dispute": "settled", "case": "settled", **_fall(m)}, "case.settled",
        lambda v, s, by: mediation.settle(s, v.case_id, by=by, at=v.now, performed=False),
    )  # fmt: skip
    yield Act(
        "end", host | {"machine"},
        lambda m, w: m.case not in OVER and m.dispute in ("inviting", "in-mediation"),
        lambda m, w: {"dispute": "failed", "case": "ended", **_fall(m)}, "case.ended",
        lambda v, s, by: mediation.end(s, v.case_id, by=by, at=v.now, reason=EndReason.WIDE_GAP),
    )  # fmt: skip
    yield Act(
        "hand over", frozenset({"applicant", "host", "triage"}), lambda m, w: m.case == "ended",
        lambda m, w: {"dispute": "handed-over", "case": "handed-over"}, "case.handed_over",
        lambda v, s, by: mediation.hand_over(s, v.case_id, by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "receive what was owed", frozenset({"applicant"}),
        lambda m, w: m.agreement in ("effective", "applied") and not m.performed,
        lambda m, w: {"performed": True}, "performance.acknowledged",
        lambda v, s, by: performance.acknowledge(s, _one(v, s, Obligation).id, by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "rate", both, lambda m, w: m.case in OVER and w not in m.rated,
        lambda m, w: {"rated": m.rated | {w}}, "case.rated",
        lambda v, s, by: performance.rate(s, v.case_id, by=by, at=v.now, score=5, text=""),
    )  # fmt: skip


ACTS = tuple(acts())
