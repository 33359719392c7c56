"""The life of an agreement in force: judicial confirmation, objection, performance, enforcement, complaint.

Written from the law and the pages like `life.py`, and walked by the same walkers. The court has two judges.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from odr import clock, consequences, deadlines, demo
from odr.actions import (
    complaints,
    confirmation,
    enforcement,
    inquiries,
    judges,
    minutes,
    objections,
    performance,
    review_time,
    rulings,
    signing,
    sittings,
)
from odr.db import Database
from odr.errors import NotAllowed
from odr.rules.access import Actor
from odr.rules.moves import ObjectionStage
from odr.rules.words import Dismissal, Do, NotAccepted, Side
from odr.tables.agreements import Agreement, Complaint, ConfirmationCase, Obligation
from odr.tables.confirmation import Objection
from odr.tables.mediations import MediationCase, Sitting
from tests.odr.life import Act, Life, only_machine, people

SIDES = frozenset({"applicant", "respondent"})
JUDGE = frozenset({"judge"})
OBJECTORS = SIDES | {"stranger"}
EVERYBODY = (
    OBJECTORS
    | JUDGE
    | {"bench", "reviewer", "host", "triage", "clerk", "leader", "org-admin", "auditor", "machine"}
)
DRAWN = frozenset({"assigned", "review", "supplementing", "withdrawing"})
BEFORE = frozenset({"prepared", "submitted", "correcting"})
OPEN = DRAWN | BEFORE - {"prepared"}
INQUIRING = frozenset({"gathering", "live", "frozen", "paused"})
OWED = frozenset({"pending", "claimed", "partial", "overdue", "enforcing"})
WEEKS = timedelta(days=30)


@dataclass
class Judging:
    """What is true of the agreement and of what the court does with it."""

    agreement: str = "effective"
    confirmation: str = "none"
    applied: frozenset[str] = frozenset()
    replaced: bool = False  # the other judge is the last one
    recusal: bool = False  # asked and not decided
    more_time: str = ""  # which period the president was asked about
    extended: frozenset[str] = frozenset()
    questions: int = 0  # to the organisation
    ticked: bool = False
    inquiry: str = "none"
    opened: bool = False
    written: bool = False
    inside: frozenset[str] = frozenset()
    checked: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()
    objections: tuple[tuple[str, str], ...] = ()  # who, where it stands; the newest last
    owed: str = "pending"
    enforcing: bool = False
    complaints: int = 0  # without an answer
    host: bool = field(default=True, init=False)  # somebody has mediated

    def objects(self, who: str) -> bool:
        return any(one == who and stage in ("filed", "assigned") for one, stage in self.objections)

    def called_off(self) -> dict[str, Any]:
        """With the ruling an inquiry that was still planned falls away."""
        return {"inquiry": "rescheduled"} if self.inquiry in ("planned", "gathering") else {}

    def last(self, stage: str) -> int:
        """The newest objection in this stage, -1 if there is none."""
        return max((n for n, one in enumerate(self.objections) if one[1] == stage), default=-1)

    def put(self, n: int, stage: str) -> dict[str, Any]:
        changed = list(self.objections)
        changed[n] = (changed[n][0], stage)
        return {"objections": tuple(changed)}

    def reviews(self, who: str) -> bool:
        """Who ruled does not review it, unless nobody else is left."""
        return who == "reviewer" or who == ("judge" if self.replaced else "bench")


class Court(Life):
    """The agreement before the court."""

    def actor(self, s: Session, who: str) -> Actor:
        if who not in ("judge", "bench", "reviewer"):
            return self.actors[who]
        both = [self.actors["judge0"], self.actors["judge1"]]
        row = s.exec(select(ConfirmationCase)).first()
        mine = row.judge_id if row and row.judge_id else both[0].account_id
        if who == "reviewer":
            mine = next((one.judge_id for one in _objections(s, "assigned")), None)
            return next((one for one in both if one.account_id == mine), Actor("nobody"))
        return next(one for one in both if (one.account_id == mine) == (who == "judge"))

    def stages(self, s: Session) -> dict[str, Any]:
        row, sitting = s.exec(select(ConfirmationCase)).first(), _inquiry(s)
        return {
            "agreement": s.exec(select(Agreement)).one().stage.value,
            "confirmation": row.stage.value if row else "none",
            "inquiry": sitting.stage.value if sitting else "none",
            "owed": s.exec(select(Obligation)).one().stage.value,
        }


def begin(db: Database, at: datetime) -> Court:
    """An agreement in force, signed by everybody."""
    with db.transaction() as s:
        cast = demo.people(s, at)
        agreement, then = demo.effective(s, cast, at)
        case = s.get_one(MediationCase, agreement.case_id)
        host = next(one for one in cast.mediators if one.mediator_id == case.mediator_id)
        known = people(cast, host=host, **{f"judge{n}": one for n, one in enumerate(demo.judges(s, cast))})
        return Court(db, then + timedelta(hours=1), case.id, case.dispute_id, known)


def _agr(s: Session) -> str:
    return s.exec(select(Agreement.id)).one()


def _conf(s: Session) -> str:
    return s.exec(select(ConfirmationCase.id)).first() or "none"


def _owed(s: Session) -> str:
    return s.exec(select(Obligation.id)).one()


def _inquiry(s: Session) -> Sitting | None:
    query = select(Sitting).where(col(Sitting.confirmation_id).is_not(None))
    return s.exec(query.order_by(col(Sitting.ordinal).desc())).first()


def _inq(s: Session) -> str:
    found = _inquiry(s)
    return found.id if found else "none"


def _objections(s: Session, *stages: str, by: Actor | None = None) -> list[Objection]:
    """The newest first."""
    query = select(Objection).where(col(Objection.stage).in_([ObjectionStage(one) for one in stages]))
    if by is not None:
        query = query.where(Objection.account_id == by.account_id)
    return list(s.exec(query.order_by(col(Objection.raised_at).desc())))


def _obj(s: Session, *stages: str, by: Actor | None = None) -> str:
    return next((one.id for one in _objections(s, *stages, by=by)), "none")


def acts() -> Iterator[Act]:
    """Every act that the court, the parties and the organisation have left."""
    yield from _acts_of_applying()
    yield from _acts_of_reviewing()
    yield from _acts_of_ruling()
    yield from _acts_of_the_bench()
    yield from _acts_of_inquiring()
    yield from _acts_of_objecting()
    yield from _acts_of_performing()


def _acts_of_applying() -> Iterator[Act]:
    yield Act(
        "apply", SIDES, lambda m, w: m.agreement == "effective" and m.confirmation in ("none", "withdrawn"),
        lambda m, w: {"confirmation": "prepared", "applied": frozenset({w})}, "confirmation.prepared",
        lambda v, s, by: confirmation.apply(s, _agr(s), by=by, at=v.now, reasons="自愿", declared=True),
    )  # fmt: skip
    yield Act(
        "join", SIDES, lambda m, w: m.confirmation == "prepared" and w not in m.applied,
        lambda m, w: {"confirmation": "submitted", "agreement": "applied", "applied": SIDES},
        "confirmation.submitted",
        lambda v, s, by: confirmation.join(s, _conf(s), by=by, at=v.now, declared=True),
    )  # fmt: skip
    yield Act(
        "apply by word of mouth", frozenset({"clerk"}),
        lambda m, w: m.agreement == "effective" and m.confirmation in ("none", "withdrawn", "prepared"),
        lambda m, w: {"confirmation": "submitted", "agreement": "applied", "applied": SIDES},
        "confirmation.submitted",
        lambda v, s, by: confirmation.apply_orally(s, _agr(s), by=by, at=v.now, reasons="到场", signed=True),
    )  # fmt: skip
    yield Act(
        "let thirty days pass", frozenset({"machine"}), lambda m, w: m.agreement == "effective",
        lambda m, w: {
            "agreement": "lapsed",
            "confirmation": "withdrawn" if m.confirmation == "prepared" else m.confirmation,
        },
        "agreement.lapsed", _lapse,
    )  # fmt: skip
    yield Act(
        "withdraw", SIDES, lambda m, w: w in m.applied and m.confirmation in BEFORE | DRAWN - {"withdrawing"},
        lambda m, w: {"confirmation": "withdrawn", "agreement": "effective"}
        if m.confirmation in BEFORE else {"confirmation": "withdrawing"},
        "confirmation.withdrawn",
        lambda v, s, by: rulings.withdraw(s, _conf(s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "accept", frozenset({"clerk"}), lambda m, w: m.confirmation == "submitted",
        lambda m, w: {"confirmation": "assigned"}, "confirmation.accepted",
        lambda v, s, by: confirmation.accept(s, _conf(s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "ask for a correction", frozenset({"clerk"}), lambda m, w: m.confirmation == "submitted",
        lambda m, w: {"confirmation": "correcting"}, "supplement.asked",
        lambda v, s, by: rulings.ask_correction(s, _conf(s), by=by, at=v.now, items=["身份证明"], days=7),
    )  # fmt: skip
    yield Act(
        "not accept", frozenset({"judge", "bench"}), lambda m, w: m.confirmation == "submitted",
        lambda m, w: {"confirmation": "not-accepted"}, "ruling.issued",
        lambda v, s, by: rulings.not_accept(
            s, _conf(s), by=by, at=v.now, ground=next(iter(NotAccepted)), reasons="不属于受理范围"
        ),
    )  # fmt: skip


def _lapse(v: Life, s: Session, by: Actor) -> None:
    only_machine(by)
    row = deadlines.find(s, f"agreement:{_agr(s)}", "T-JC-APPLY")
    if row is None:
        raise NotAllowed(do="wait")  # nothing runs that could lapse
    consequences.lapse(s, row, v.now)


def _acts_of_reviewing() -> Iterator[Act]:
    yield Act(
        "review", JUDGE, lambda m, w: m.confirmation == "assigned",
        lambda m, w: {"confirmation": "review"}, "confirmation.reviewed",
        lambda v, s, by: rulings.review(s, _conf(s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "tick every ground", JUDGE, lambda m, w: m.confirmation == "review",
        lambda m, w: {"ticked": True}, "confirmation.checked",
        lambda v, s, by: rulings.check(
            s, _conf(s), by=by, at=v.now, checklist={key: {"ok": True} for key in rulings.CHECKS}
        ),
    )  # fmt: skip
    yield Act(
        "ask for a supplement", JUDGE, lambda m, w: m.confirmation == "review",
        lambda m, w: {"confirmation": "supplementing"}, "supplement.asked",
        lambda v, s, by: rulings.ask_supplement(s, _conf(s), by=by, at=v.now, items=["流水"], days=7),
    )  # fmt: skip
    yield Act(
        "answer what was asked", SIDES, lambda m, w: m.confirmation in ("supplementing", "correcting"),
        lambda m, w: {"confirmation": "review" if m.confirmation == "supplementing" else "submitted"},
        "supplement.answered",
        lambda v, s, by: rulings.answer_supplement(s, _conf(s), by=by, at=v.now, text="已补充"),
    )  # fmt: skip
    yield Act(
        "ask the organisation", JUDGE, lambda m, w: m.confirmation == "review",
        lambda m, w: {"questions": m.questions + 1}, "verification.asked",
        lambda v, s, by: inquiries.verify(s, _conf(s), by=by, at=v.now, question="是否自愿？"),
    )  # fmt: skip
    yield Act(
        "answer the court", frozenset({"org-admin"}), lambda m, w: m.confirmation in DRAWN and m.questions,
        lambda m, w: {"questions": m.questions - 1}, "verification.answered",
        lambda v, s, by: inquiries.answer(s, _conf(s), by=by, at=v.now, text="自愿。"),
    )  # fmt: skip
    for rule in ("T-JC-DEC", "T-JC-MAX"):
        yield Act(
            f"ask the president for time: {rule}", JUDGE,
            lambda m, w, rule=rule: m.confirmation in ("review", "supplementing")
            and not m.more_time and rule not in m.extended,
            lambda m, w, rule=rule: {"more_time": rule}, "review.extension_asked",
            lambda v, s, by, rule=rule: review_time.ask(
                s, _conf(s), by=by, at=v.now, rule=rule, days=5, reason="等待核实"
            ),
        )  # fmt: skip
    for granted in (True, False):
        yield Act(
            f"decide on more time: {granted}", frozenset({"leader"}),
            lambda m, w: m.confirmation in DRAWN and m.more_time,
            lambda m, w, granted=granted: {
                "more_time": "", "extended": m.extended | ({m.more_time} if granted else set())
            },
            "review.extended" if granted else "review.extension_refused",
            lambda v, s, by, granted=granted: review_time.decide(
                s, _conf(s), by=by, at=v.now, granted=granted, opinion="无必要"
            ),
        )  # fmt: skip


def _acts_of_ruling() -> Iterator[Act]:
    yield Act(
        "confirm", JUDGE, lambda m, w: m.confirmation == "review" and m.ticked and not m.recusal,
        lambda m, w: {"confirmation": "confirmed", **m.called_off()}, "ruling.issued",
        lambda v, s, by: rulings.confirm(s, _conf(s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "dismiss", JUDGE, lambda m, w: m.confirmation == "review" and not m.recusal,
        lambda m, w: {"confirmation": "dismissed", **m.called_off()}, "ruling.issued",
        lambda v, s, by: rulings.dismiss(
            s, _conf(s), by=by, at=v.now, ground=Dismissal.CONTENT_UNCLEAR, reasons="不明"
        ),
    )  # fmt: skip
    yield Act(
        "rule that it counts as withdrawn", JUDGE | {"bench"},
        lambda m, w: m.confirmation == "correcting"
        or (w == "judge" and not m.recusal
            and (m.confirmation == "supplementing" or (m.confirmation == "review" and m.inquiry == "no-show"))),
        lambda m, w: {"confirmation": "withdrawn", **m.called_off()}, "ruling.issued",
        lambda v, s, by: rulings.rule_withdrawn(  # when the days to answer are over
            s, _conf(s), by=by, at=v.now + WEEKS, reasons="逾期"
        ),
    )  # fmt: skip
    yield Act(
        "permit the withdrawal", JUDGE, lambda m, w: m.confirmation == "withdrawing" and not m.recusal,
        lambda m, w: {"confirmation": "withdrawn", **m.called_off()}, "ruling.issued",
        lambda v, s, by: rulings.permit_withdrawal(s, _conf(s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "terminate", JUDGE, lambda m, w: m.confirmation in ("review", "supplementing") and not m.recusal,
        lambda m, w: {"confirmation": "terminated", **m.called_off()}, "ruling.issued",
        lambda v, s, by: rulings.terminate(s, _conf(s), by=by, at=v.now, reasons="权属有争议"),
    )  # fmt: skip


def _acts_of_the_bench() -> Iterator[Act]:
    yield Act(
        "ask that the judge step back", SIDES, lambda m, w: m.confirmation in DRAWN and not m.recusal,
        lambda m, w: {"recusal": True}, "recusal.asked",
        lambda v, s, by: judges.ask_recusal(s, _conf(s), by=by, at=v.now, reasons="亲属"),
    )  # fmt: skip
    yield Act(
        "keep the judge", frozenset({"leader"}), lambda m, w: m.confirmation in DRAWN and m.recusal,
        lambda m, w: {"recusal": False}, "recusal.refused",
        lambda v, s, by: judges.refuse_recusal(s, _conf(s), by=by, at=v.now, opinion="无此关系"),
    )  # fmt: skip
    yield Act(
        "replace the judge", JUDGE | {"leader"}, lambda m, w: m.confirmation in DRAWN and not m.replaced,
        lambda m, w: {
            "confirmation": "assigned" if m.confirmation == "review" else m.confirmation,
            "replaced": True, "recusal": False, "ticked": False, "inside": m.inside - {"judge"},
            "inquiry": "frozen" if m.inquiry == "live" else m.inquiry,
        },
        "judge.replaced",
        lambda v, s, by: judges.replace(s, _conf(s), by=by, at=v.now, reason="自行回避"),
    )  # fmt: skip


def _acts_of_inquiring() -> Iterator[Act]:
    new = {"inquiry": "planned", "opened": False, "written": False}
    yield Act(
        "call both", JUDGE,
        lambda m, w: m.confirmation == "review" and m.inquiry in ("none", "closed", "no-show", "rescheduled"),
        lambda m, w: new | dict.fromkeys(("inside", "checked", "read"), frozenset()), "inquiry.called",
        lambda v, s, by: inquiries.call(
            s, _conf(s), by=by, at=v.now, starts_at=v.now + timedelta(minutes=1)
        ),
    )  # fmt: skip
    yield Act(
        "come before the judge", SIDES | JUDGE, lambda m, w: m.inquiry in INQUIRING | {"planned"},
        lambda m, w: {
            "inside": m.inside | {w},
            "inquiry": "gathering" if m.inquiry == "planned" else m.inquiry,
        },
        "sitting.entered",
        lambda v, s, by: sittings.enter(s, _inq(s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "read the notices", SIDES, lambda m, w: m.inquiry in INQUIRING and w in m.inside,
        lambda m, w: {"read": m.read | {w}}, "sitting.notices_read",
        lambda v, s, by: sittings.read_notices(s, _inq(s), by=by, at=v.now, ticked=sittings.NOTICES),
    )  # fmt: skip
    for side in sorted(SIDES):
        yield Act(
            f"check the {side}", JUDGE, lambda m, w, side=side: m.inquiry in INQUIRING and side in m.inside,
            lambda m, w, side=side: {"checked": m.checked | {side}}, "sitting.identity_checked",
            lambda v, s, by, side=side: sittings.check_identity(
                s, _inq(s), v.actors[side].account_id or "", by=by, at=v.now, how="on-site"
            ),
        )  # fmt: skip
    yield Act(
        "open the inquiry", JUDGE,
        lambda m, w: m.inquiry in INQUIRING - {"live"} and "judge" in m.inside
        and m.checked & m.read & m.inside >= SIDES,
        lambda m, w: {"inquiry": "live", "opened": True}, "sitting.opened",
        lambda v, s, by: sittings.begin(s, _inq(s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "write what was asked", JUDGE, lambda m, w: m.inquiry in INQUIRING, lambda m, w: {"written": True},
        "minutes.written",
        lambda v, s, by: minutes.write(s, _inq(s), by=by, at=v.now, speaker="mediator", text="是否自愿？"),
    )  # fmt: skip
    yield Act(
        "close the inquiry", JUDGE, lambda m, w: m.inquiry in INQUIRING and (m.written or not m.opened),
        lambda m, w: {"inquiry": "closed"}, "sitting.closed",
        lambda v, s, by: sittings.close(s, _inq(s), by=by, at=v.now, outcome="again"),
    )  # fmt: skip
    yield Act(
        "note that a side did not come", JUDGE, lambda m, w: m.inquiry in ("planned", "gathering"),
        lambda m, w: {"inquiry": "no-show"}, "sitting.no_show",
        lambda v, s, by: sittings.no_show(s, _inq(s), by=by, at=v.now, absent=[Side.RESPONDENT]),
    )  # fmt: skip


def _acts_of_objecting() -> Iterator[Act]:
    yield Act(
        "object", OBJECTORS, lambda m, w: m.confirmation == "confirmed" and not m.objects(w),
        lambda m, w: {"objections": (*m.objections, (w, "filed"))}, "objection.raised", _object,
    )  # fmt: skip
    yield Act(
        "take the objection back", OBJECTORS, lambda m, w: m.objects(w),
        lambda m, w: {"objections": tuple(one for one in m.objections if one[0] != w)}, "objection.withdrawn",
        lambda v, s, by: objections.withdraw(s, _obj(s, "filed", "assigned", by=by), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "assign the objection", frozenset({"clerk", "machine"}), lambda m, w: m.last("filed") >= 0,
        lambda m, w: m.put(m.last("filed"), "assigned"), "objection.assigned",
        lambda v, s, by: objections.assign(s, _obj(s, "filed"), by=by, at=v.now),
    )  # fmt: skip
    for do, then in (
        (Do.UPHOLD_OBJECTION, "revoked"),
        (Do.CHANGE_RULING, "confirmed"),
        (Do.DISMISS_OBJECTION, ""),
    ):
        yield Act(
            f"decide the objection: {do}", frozenset({"reviewer", "judge", "bench"}),
            lambda m, w, then=then: m.last("assigned") >= 0 and m.reviews(w)
            and (not then or m.confirmation == "confirmed"),
            lambda m, w, then=then: m.put(m.last("assigned"), "decided") | ({"confirmation": then} if then else {}),
            "objection.decided",
            lambda v, s, by, do=do: objections.decide(
                s, _obj(s, "assigned"), do, by=by, at=v.now, findings="查明", opinion="认为", orders=["给付。"]
            ),
        )  # fmt: skip


def _object(v: Life, s: Session, by: Actor) -> None:
    if by not in [v.actors[who] for who in OBJECTORS]:
        raise NotAllowed(do="object")  # the court's own people object to nothing here
    row = s.exec(select(ConfirmationCase)).first()
    objections.raise_(
        s, by=by, at=v.now, number=row.number if row else "", name="张伟", claim="车辆属于本人",
        known_on=clock.court_date(v.now),
    )  # fmt: skip


def _acts_of_performing() -> Iterator[Act]:
    debtor, creditor = frozenset({"respondent"}), frozenset({"applicant"})
    yield Act(
        "perform", debtor, lambda m, w: m.owed in OWED - {"claimed"}, lambda m, w: {"owed": "claimed"},
        "performance.claimed",
        lambda v, s, by: performance.claim(s, _owed(s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "receive a part", creditor, lambda m, w: m.owed in OWED, lambda m, w: {"owed": "partial"},
        "performance.partly",
        lambda v, s, by: performance.acknowledge_part(s, _owed(s), by=by, at=v.now, amount_fen=100),
    )  # fmt: skip
    yield Act(
        "receive all", creditor, lambda m, w: m.owed in OWED, lambda m, w: {"owed": "performed"},
        "performance.acknowledged",
        lambda v, s, by: performance.acknowledge(s, _owed(s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "perform on the spot", frozenset({"applicant", "host"}), lambda m, w: m.agreement == "effective",
        lambda m, w: {
            "agreement": "performed", "owed": "performed",
            "confirmation": "withdrawn" if m.confirmation == "prepared" else m.confirmation,
        },
        "agreement.performed",
        lambda v, s, by: signing.perform_on_spot(s, _agr(s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "remind", frozenset({"machine"}), lambda m, w: m.owed in ("pending", "partial"), lambda m, w: {},
        "performance.reminded",
        lambda v, s, by: performance.remind(s, _owed(s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "urge", frozenset({"host", "org-admin", "machine"}),
        lambda m, w: m.owed in ("pending", "partial", "overdue"), lambda m, w: {"owed": "overdue"},
        "performance.urged",
        lambda v, s, by: performance.urge(s, _owed(s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "apply for enforcement", creditor,
        lambda m, w: m.confirmation == "confirmed" and not m.enforcing and m.owed in OWED - {"enforcing"},
        lambda m, w: {"enforcing": True, "owed": "enforcing"}, "enforcement.applied",
        lambda v, s, by: enforcement.apply(s, _agr(s), by=by, at=v.now + WEEKS, breach="到期未付"),
    )  # fmt: skip
    yield Act(
        "note that it was enforced", frozenset({"clerk"}), lambda m, w: m.enforcing,
        lambda m, w: {"enforcing": False, "owed": "enforced" if m.owed in OWED - {"pending"} else m.owed},
        "enforcement.ended",
        lambda v, s, by: enforcement.end(s, _agr(s), Side.APPLICANT, by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "complain", SIDES, lambda m, w: True, lambda m, w: {"complaints": m.complaints + 1},
        "complaint.made",
        lambda v, s, by: performance.complain(s, v.case_id, by=by, at=v.now, ground="forced", text="态度"),
    )  # fmt: skip
    yield Act(
        "answer the complaint", frozenset({"leader", "triage"}), lambda m, w: m.complaints,
        lambda m, w: {"complaints": m.complaints - 1}, "complaint.answered",
        lambda v, s, by: complaints.answer(
            s, _complaint(s), by=by, at=v.now, findings="查明", decisions=["予以提醒"]
        ),
    )  # fmt: skip


def _complaint(s: Session) -> str:
    return s.exec(select(Complaint.id).where(col(Complaint.answered_at).is_(None))).first() or "none"


ACTS = tuple(acts())
