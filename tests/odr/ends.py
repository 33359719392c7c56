"""What is left once a registered case is settled: the court's own paper, its service, what is kept and destroyed.

Written from the law and the pages like `life.py`, and walked by the same walkers. It is a family matter, which is
signed by hand; what was said apart in it is looked at two years later.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, select

from odr import clock, deadlines, demo, papers
from odr.actions import (
    addresses,
    court_papers,
    disposal,
    drafting,
    minutes,
    paper_signing,
    risks,
    service,
    sittings,
    taking_away,
)
from odr.db import Database
from odr.errors import Conflict
from odr.rules.access import Actor
from odr.rules.words import ClauseKind, Role, Side, Track
from odr.tables.agreements import Agreement, CourtPaper, Service
from odr.tables.disputes import Dispute, Party
from odr.tables.mediations import MediationCase
from odr.tables.retention import Disposal
from tests.make import kept
from tests.odr.life import Act, Life, _payment, only_machine, people

SIDES, HOST, MACHINES = frozenset({"applicant", "respondent"}), frozenset({"host"}), frozenset({"machine"})
CLERKS = frozenset({"clerk", "both"})  # one person, once also with the hat of the leader
OFFICE = CLERKS | MACHINES
EVERYBODY = SIDES | HOST | OFFICE | {"judge", "leader", "triage", "auditor", "stranger"}
YEARS = timedelta(days=2 * 365 + 30)
HOLD = timedelta(days=30)


@dataclass
class Ends:
    """What is true of the settled case."""

    agreement: str = "signing"
    case: str = "agreed"
    paper: str = "none"  # asked, refused, issued
    published: bool = False
    served: bool = False
    read: frozenset[str] = frozenset()
    wanted: bool = False  # on paper, by the side that is served online
    posted: bool = False  # to the side that is not
    signed_for: bool = False
    warned: frozenset[str] = frozenset()  # sides that have read what a lawsuit may bring
    disposal: str = "none"  # found, asked, approved, destroyed
    host: bool = field(default=True, init=False)

    @property
    def arrived(self) -> frozenset[str]:
        """Nobody is served by leaving it somewhere: one has opened it, the other has signed for it (CPLI-133)."""
        return (self.read & {"applicant"}) | ({"respondent"} if self.signed_for else set())

    @property
    def enforceable(self) -> bool:
        """The two years run once both have it (CPL-100)."""
        return self.arrived == SIDES

    def over(self) -> bool:
        """Nothing is destroyed of what the court still looks at."""
        return self.case == "settled" and self.paper != "asked"


class Settled(Life):
    """The settled case in a database."""

    def stages(self, s: Session) -> dict[str, Any]:
        agreement, served = s.exec(select(Agreement)).one(), _services(s)
        return {
            "agreement": agreement.stage.value,
            "case": s.exec(select(MediationCase)).one().stage.value,
            "paper": _stage_of_paper(s),
            "served": bool(served),
            "arrived": frozenset(side for side, row in served.items() if row.arrived_at),
            "enforceable": deadlines.find(s, f"agreement:{agreement.id}", "T-ENF") is not None,
            "disposal": _stage_of_disposal(s),
        }


def begin(db: Database, at: datetime) -> Settled:
    """An agreement in a registered case is to be signed by hand; one side takes papers online, the other does not."""
    with db.transaction() as s:
        cast = demo.people(s, at)
        case, host, sitting = demo.sat(s, cast, at)
        then = sitting.starts_at + timedelta(minutes=30)
        _register(s, case)
        clause = drafting.propose(
            s, sitting.id, by=host, at=then, kind=ClauseKind.PAYMENT, fields=_payment() | {"about": "赡养费"}
        )
        for party in cast.parties[:2]:
            drafting.agree(s, sitting.id, clause.id, by=party, at=then, version=1)
        drafting.freeze(s, clause.agreement_id, by=host, at=then, brief="双方为赡养发生争议。")
        minutes.keep_note(s, sitting.id, by=host, at=then, text="对方可让步。")
        sittings.close(s, sitting.id, by=host, at=then, outcome="agreed")
        home = {"address": "广州市天河区中山大道200号", "phone": "", "e_service": False}
        addresses.confirm(s, case.dispute_id, home, by=cast.parties[1], at=then)
        both = replace(cast.staff[Role.CLERK], roles=frozenset({Role.CLERK, Role.LEADER}))
        known = people(cast, host=host, both=both)
        return Settled(db, then + timedelta(hours=1), case.id, case.dispute_id, known)


def _register(s: Session, case: MediationCase) -> None:
    """A family matter that the court had registered before it sent it to mediation."""
    dispute = s.get_one(Dispute, case.dispute_id)
    dispute.cause, dispute.filing_number = "support", "（2026）粤0106民初9号"
    case.track = Track.POST_FILING_COMMISSIONED
    s.add_all([dispute, case])
    s.flush()


def _wish(s: Session) -> CourtPaper:
    return s.exec(select(CourtPaper)).first() or CourtPaper(id="none", agreement_id="none", asked_by="none")


def _stage_of_paper(s: Session) -> str:
    row = _wish(s)
    if row.id == "none" or row.decided_at is None:
        return "none" if row.id == "none" else "asked"
    return "issued" if row.granted else "refused"


def _doc(s: Session) -> str:
    return _wish(s).document_id or "none"


def _services(s: Session) -> dict[str, Service]:
    """The service of the court's paper on each side."""
    query = select(Party.side, Service).join(Service).where(Service.document_id == _doc(s))
    return {side.value: row for side, row in s.exec(query)}


def _by_post(s: Session) -> str:
    found = _services(s).get("respondent")
    return found.id if found else "none"


def _row(s: Session) -> Disposal:
    return s.exec(select(Disposal)).first() or Disposal(id="none", court_id="none", dispute_id="none")


def _stage_of_disposal(s: Session) -> str:
    row = _row(s)
    if row.id == "none":
        return "none"
    known = {"destroyed": row.destroyed_at, "approved": row.approved_at, "asked": row.asked_at}
    return next((stage for stage, at in known.items() if at), "found")


def _later(v: Life, s: Session) -> datetime:
    """Two years on, and no earlier than the day until which it was held."""
    held = _row(s).kept_until
    return v.now + YEARS + (max(timedelta(), held - clock.court_date(v.now + YEARS)) if held else timedelta())


def acts() -> Iterator[Act]:
    """Every act that is left."""
    yield from _acts_of_asking()
    yield from _acts_of_serving()
    yield from _acts_of_reading()
    yield from _acts_of_destroying()


def _acts_of_asking() -> Iterator[Act]:
    yield Act(
        "sign by hand", HOST, lambda m, w: m.agreement == "signing",
        lambda m, w: {"agreement": "effective", "case": "settled"}, "agreement.signed_on_paper",
        lambda v, s, by: paper_signing.record(
            s, _agr(s), by=by, at=v.now, ticked=list(paper_signing.PROMISES), scan=kept(5)
        ),
    )  # fmt: skip
    yield Act(
        "ask for the court's paper", SIDES, lambda m, w: m.agreement == "effective" and m.paper == "none",
        lambda m, w: {"paper": "asked"}, "court_paper.asked",
        lambda v, s, by: court_papers.ask(s, _agr(s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "make the court's paper", frozenset({"judge"}), lambda m, w: m.paper == "asked",
        lambda m, w: {"paper": "issued", "agreement": "court-paper"}, "court_paper.issued",
        lambda v, s, by: court_papers.issue(
            s, _wish(s).id, by=by, at=v.now, brief="赡养纠纷。", procedure="简易程序", fee_rule=""
        ),
    )  # fmt: skip
    yield Act(
        "refuse the court's paper", frozenset({"judge"}), lambda m, w: m.paper == "asked",
        lambda m, w: {"paper": "refused"}, "court_paper.refused",
        lambda v, s, by: court_papers.refuse(
            s, _wish(s).id, by=by, at=v.now, ground="harms-others", reason="处分案外人财产。"
        ),
    )  # fmt: skip


def _agr(s: Session) -> str:
    return s.exec(select(Agreement.id)).one()


def _acts_of_serving() -> Iterator[Act]:
    yield Act(
        "seal the paper", MACHINES, lambda m, w: m.paper == "issued" and not m.published,
        lambda m, w: {"published": True}, "document.published", _publish,
    )  # fmt: skip
    yield Act(
        "serve the paper", OFFICE, lambda m, w: m.published and not m.served,
        lambda m, w: {"served": True}, "document.served",
        lambda v, s, by: service.serve(s, _doc(s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "open the paper", SIDES, lambda m, w: m.served and w not in m.read,
        lambda m, w: {"read": m.read | {w}}, "document.read",
        lambda v, s, by: service.read(s, _doc(s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "want it on paper", frozenset({"applicant"}), lambda m, w: m.served and not m.wanted,
        lambda m, w: {"wanted": True}, "paper.asked",
        lambda v, s, by: service.ask_for_paper(s, _doc(s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "post the paper", OFFICE, lambda m, w: m.served and not m.posted,
        lambda m, w: {"posted": True}, "paper.sent",
        lambda v, s, by: service.send_paper(s, _doc(s), _by_post(s), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "note who signed for it", OFFICE, lambda m, w: m.posted and not m.signed_for,
        lambda m, w: {"signed_for": True}, "paper.received",
        lambda v, s, by: service.receive_paper(
            s, _doc(s), _by_post(s), by=by, at=v.now, on=clock.court_date(v.now)
        ),
    )  # fmt: skip


def _publish(v: Life, s: Session, by: Actor) -> None:
    only_machine(by)  # the job that seals it, nobody else
    papers.publish(s, _doc(s), digest="sha256:" + "6" * 64, size=9, at=v.now)


def _acts_of_reading() -> Iterator[Act]:
    yield Act(
        "read what a lawsuit may bring", SIDES, lambda m, w: w not in m.warned,
        lambda m, w: {"warned": m.warned | {w}}, "risks.acknowledged",
        lambda v, s, by: risks.acknowledge(s, _notice(v, s, by), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "take the whole file away", SIDES | CLERKS, lambda m, w: True, lambda m, w: {}, "case.exported",
        lambda v, s, by: taking_away.export(
            s, v.dispute_id, by=by, at=v.now, manifest="sha256:" + "7" * 64, papers=9, recordings=0
        ),
    )  # fmt: skip


def _notice(v: Life, s: Session, by: Actor) -> str:
    """The notice of the side that acts; others try the applicant's."""
    side = Side.RESPONDENT if by == v.actors["respondent"] else Side.APPLICANT
    found = risks.of(s, s.exec(select(Party.id).where(Party.side == side)).one())
    return found.id if found else "none"


def _acts_of_destroying() -> Iterator[Act]:
    yield Act(
        "find what was kept long enough", MACHINES, lambda m, w: m.over() and m.disposal == "none",
        lambda m, w: {"disposal": "found"}, "disposal.found", _find,
    )  # fmt: skip
    yield Act(
        "ask that it goes", CLERKS, lambda m, w: m.over() and m.disposal == "found",
        lambda m, w: {"disposal": "asked"}, "disposal.asked",
        lambda v, s, by: disposal.ask(s, _row(s).id, by=by, at=_later(v, s)),
    )  # fmt: skip
    yield Act(
        "ask before its day", CLERKS, lambda m, w: False, lambda m, w: {}, "disposal.asked",
        lambda v, s, by: disposal.ask(
            s, _row(s).id, by=by, at=_later(v, s) - HOLD if _row(s).kept_until else v.now
        ),
    )  # fmt: skip
    yield Act(
        "keep it longer", CLERKS | {"leader"}, lambda m, w: m.disposal in ("found", "asked"),
        lambda m, w: {"disposal": "found"}, "disposal.held",
        lambda v, s, by: disposal.keep(
            s, _row(s).id, by=by, at=_later(v, s), until=clock.court_date(_later(v, s) + HOLD), reason="检察监督"
        ),
    )  # fmt: skip
    yield Act(
        "let it go", frozenset({"leader"}), lambda m, w: m.over() and m.disposal == "asked",
        lambda m, w: {"disposal": "approved"}, "disposal.approved",
        lambda v, s, by: disposal.approve(s, _row(s).id, by=by, at=_later(v, s)),
    )  # fmt: skip
    yield Act(
        "call it back", MACHINES, lambda m, w: not m.over() and m.disposal == "approved",
        lambda m, w: {"disposal": "found"}, "disposal.recalled", _recall,
    )  # fmt: skip
    yield Act(
        "destroy it", MACHINES, lambda m, w: m.over() and m.disposal == "approved",
        lambda m, w: {"disposal": "destroyed"}, "holdings.destroyed", _destroy,
    )  # fmt: skip


def _find(v: Life, s: Session, by: Actor) -> None:
    only_machine(by)
    disposal.find(s, s.get_one(Dispute, v.dispute_id).court_id, at=_later(v, s))


def _recall(v: Life, s: Session, by: Actor) -> None:
    only_machine(by)
    disposal.recall(s, _row(s).id, at=_later(v, s))


def _destroy(v: Life, s: Session, by: Actor) -> None:
    """As the job does it: never what was taken up again."""
    only_machine(by)
    if disposal.recall(s, _row(s).id, at=_later(v, s)):
        raise Conflict(disposal="recalled")
    disposal.finish(s, _row(s).id, at=_later(v, s))


ACTS = tuple(acts())
