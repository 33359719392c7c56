"""The court's own books as a small model: the roster and who decides on it, the figures and promises of its law.

Written from the pages like `life.py`, and walked by the same walkers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from odr import calendars, clock, demo, overrides, rulebook
from odr.actions import law, roster, roster_approval
from odr.db import Database
from odr.queries.roster import Wanted, search
from odr.tables.law import RuleOverride
from odr.tables.people import RoleGrant
from odr.tables.roster import Mediator, Organisation, RosterChange
from tests.make import kept, roster_sheet
from tests.odr.life import Act, Life, people

OFFICE, DECIDES = frozenset({"org-admin"}), frozenset({"triage", "leader"})
LEADS, ADMIN = frozenset({"leader", "sysadmin"}), frozenset({"sysadmin", "machine"})
EVERYBODY = OFFICE | DECIDES | LEADS | ADMIN | {"clerk", "auditor", "mediator", "applicant"}
NAMES = {"jin": "金明哲", "kim": "金美兰", "shi": "石磊"}
NUMBERS = {"kim": "11010519491231002X", "shi": "360426199101010071"}
SHEET = roster_sheet((NAMES["shi"], NUMBERS["shi"], "13800001235"))
KIM = {"name": NAMES["kim"], "identity_number": NUMBERS["kim"], "phone": "13800001234", "kind": "人民调解员"}
# As the notice of a year is written down: here with an eighth day of Spring Festival that no statute gives
NOTICE = """
[[year]]
year = 2027
version = "2027-1"
notice = "国办发明电〔2026〕9号"
provisional = false
workdays = [2027-01-31, 2027-02-20]
holidays = [
    { name = "元旦", days = [2027-01-01] },
    { name = "春节", days = [2027-02-05, 2027-02-08, 2027-02-09, 2027-02-10, 2027-02-11, 2027-02-12] },
]
"""
ABOUT, MORE = "人民调解，不收取任何费用。", "人民调解，周末也开门。"


@dataclass(frozen=True)
class Wish:
    """What one place of the roster said, and what it shall say."""

    place: str
    before: str
    after: str


@dataclass
class Bureau:
    """What is true of the roster and of the court's law."""

    roster: Mapping[str, str] = field(
        default_factory=lambda: {"jin": "listed", "kim": "", "shi": "", "region": "", "about": ABOUT}
    )
    works: bool = True  # Jin has a mediator's role
    waiting: tuple[Wish, ...] = ()
    done: Wish | None = None  # what the court wrote last
    certified: bool = False
    wages: tuple[tuple[int, bool], ...] = ()  # entered, and whether it counts today
    promises: int = 0
    notices: tuple[int, ...] = ()
    host: bool = field(default=False, init=False)

    @property
    def public(self) -> list[str]:
        """The mediators of whom everybody can read."""
        return sorted(["李文", "黄丽", *(NAMES[one] for one in NAMES if self.roster[one] == "listed")])

    @property
    def wage(self) -> int | None:
        return next((value for value, counts in reversed(self.wages) if counts), None)

    @property
    def promise(self) -> int | None:
        return 10 if self.promises else None

    @property
    def calendar(self) -> str:
        return f"2027-{self.notices[-1] if self.notices else 0}"

    def wishes(self, place: str, after: str) -> dict[str, Any]:
        """The newest word about a place is the one that waits."""
        others = tuple(one for one in self.waiting if one.place != place)
        return {"waiting": (*others, Wish(place, self.roster[place], after))}

    def stands(self) -> bool:
        """Whether the oldest wish is about the roster as it is."""
        return bool(self.waiting) and self.roster[self.waiting[0].place] == self.waiting[0].before

    def writes(self, wish: Wish) -> dict[str, Any]:
        """A mediator's role follows the roster; who is only suspended stays as they were."""
        works = {"listed": True, "removed": False}.get(wish.after, self.works)
        return {
            "roster": {**self.roster, wish.place: wish.after},
            "works": works if wish.place == "jin" else self.works,
            "done": wish,
        }

    def undoes(self) -> dict[str, Any]:
        """Who was new is removed: no row of the roster is ever deleted."""
        done = self.done or Wish("", "", "")
        return self.writes(
            Wish(done.place, done.after, done.before or ("removed" if done.place in NUMBERS else ""))
        )


class Desk(Life):
    """The court's own affairs in a database."""

    def stages(self, s: Session) -> dict[str, Any]:
        today, court = clock.court_date(self.now), self.actors["leader"].court_id or ""
        jin = _mediator(s, "jin")
        return {
            "roster": {one: _status(s, one) for one in NAMES}
            | {"region": jin.region, "about": s.exec(select(Organisation)).one().about},
            "works": s.exec(select(RoleGrant).where(RoleGrant.mediator_id == jin.id)).first() is not None,
            "public": sorted(row.name for row in search(s, Wanted()).rows),
            "wage": overrides.figures(s, court, today)["P-WAGE"],
            "promise": overrides.settings(s, court, today)["clocks"].get("T-JC-DEC"),
            "calendar": calendars.known(s).version(2027),
        }


def begin(db: Database, at: datetime) -> Desk:
    """A court with its roster, in whose journal the law stands."""
    with db.transaction() as s:
        cast = demo.people(s, at)
        rulebook.take_over(s, at=at)
        known = people(cast, mediator=cast.mediators[2])
        return Desk(db, at + timedelta(hours=1), actors=known)


def _mediator(s: Session, who: str) -> Mediator:
    return s.exec(select(Mediator).where(Mediator.name == NAMES[who])).one()


def _status(s: Session, who: str) -> str:
    """Who came back has a second entry; the first stays removed."""
    rows = s.exec(select(Mediator.status).where(Mediator.name == NAMES[who])).all()
    return next((status for status in rows if status != "removed"), "removed" if rows else "")


def _change(s: Session, status: str) -> RosterChange:
    """The oldest that waits, the newest that was approved."""
    order = col(RosterChange.proposed_at) if status == "proposed" else col(RosterChange.decided_at).desc()
    query = select(RosterChange).where(RosterChange.status == status)
    return s.exec(query.order_by(order)).first() or RosterChange(id="none", batch="none")


def _override(s: Session, rule: str) -> str:
    """The newest that was not lifted."""
    query = select(RuleOverride.id).where(RuleOverride.rule == rule, col(RuleOverride.ended_at).is_(None))
    return s.exec(query.order_by(col(RuleOverride.made_at).desc())).first() or "none"


def acts() -> Iterator[Act]:
    """Every act beside the matters."""
    yield from _acts_of_proposing()
    yield from _acts_of_sheets()
    yield from _acts_of_deciding()
    yield from _acts_of_law()


def _acts_of_proposing() -> Iterator[Act]:
    yield Act(
        "recommend a mediator", OFFICE, lambda m, w: m.roster["kim"] in ("", "removed"),
        lambda m, w: m.wishes("kim", "listed"), "roster.proposed",
        lambda v, s, by: roster.add_mediator(s, _org(s), by=by, at=v.now, texts=KIM),
    )  # fmt: skip
    for region in ("石牌", "天园"):
        yield Act(
            f"propose a region: {region}", OFFICE, lambda m, w, region=region: m.roster["region"] != region,
            lambda m, w, region=region: m.wishes("region", region), "roster.proposed",
            lambda v, s, by, region=region: roster.change_mediator(
                s, _mediator(s, "jin").id, by=by, at=v.now, texts={"region": region}
            ),
        )  # fmt: skip
    yield Act(
        "propose other words", OFFICE, lambda m, w: m.roster["about"] != MORE,
        lambda m, w: m.wishes("about", MORE), "roster.proposed",
        lambda v, s, by: roster.change_organisation(s, _org(s), by=by, at=v.now, texts={"about": MORE}),
    )  # fmt: skip
    for status in roster.STATUS_WISHES:
        yield Act(
            f"wish to see: {status}", OFFICE, lambda m, w, status=status: m.roster["jin"] != status,
            lambda m, w, status=status: m.wishes("jin", status), "roster.proposed",
            lambda v, s, by, status=status: roster.wish_status(
                s, _mediator(s, "jin").id, by=by, at=v.now, status=status, reason="本人申请"
            ),
        )  # fmt: skip
    yield Act(
        "take a wish back", OFFICE, lambda m, w: m.waiting, lambda m, w: {"waiting": m.waiting[1:]},
        "roster.withdrawn",
        lambda v, s, by: roster.withdraw(s, _change(s, "proposed").id, by=by, at=v.now),
    )  # fmt: skip


def _org(s: Session) -> str:
    return s.exec(select(Organisation.id)).one()


def _acts_of_sheets() -> Iterator[Act]:
    yield Act(
        "send a sheet", OFFICE, lambda m, w: True, lambda m, w: {}, "roster.sheet_sent",
        lambda v, s, by: roster.keep_sheet(
            s, _org(s), by=by, at=v.now, sheet=kept(2), whole=False
        ),
    )  # fmt: skip
    yield Act(
        "propose what the sheet says", OFFICE, lambda m, w: m.roster["shi"] in ("", "removed"),
        lambda m, w: m.wishes("shi", "listed"), "roster.proposed",
        lambda v, s, by: roster.import_sheet(
            s, _org(s), by=by, at=v.now, table=SHEET, whole=False, good_rows=False
        ),
    )  # fmt: skip
    yield Act(
        "give a certificate", OFFICE, lambda m, w: m.roster["jin"] == "listed" and not m.certified,
        lambda m, w: {"certified": True}, "document.frozen",
        lambda v, s, by: roster.certify(s, _mediator(s, "jin").id, by=by, at=v.now),
    )  # fmt: skip


def _acts_of_deciding() -> Iterator[Act]:
    yield Act(
        "approve", DECIDES, lambda m, w: m.stands(),
        lambda m, w: m.writes(m.waiting[0]) | {"waiting": m.waiting[1:]}, "roster.changed",
        lambda v, s, by: roster_approval.approve(s, _change(s, "proposed").batch, by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "refuse", DECIDES, lambda m, w: m.waiting, lambda m, w: {"waiting": m.waiting[1:]}, "roster.refused",
        lambda v, s, by: roster_approval.refuse(
            s, _change(s, "proposed").batch, by=by, at=v.now, reason="缺少培训证明"
        ),
    )  # fmt: skip
    yield Act(
        "undo", DECIDES, lambda m, w: m.done, lambda m, w: m.undoes(), "roster.changed",
        lambda v, s, by: roster_approval.undo(
            s, _change(s, "approved").batch, by=by, at=v.now, reason="材料有误"
        ),
    )  # fmt: skip


def _acts_of_law() -> Iterator[Act]:
    for value, wait in ((9_000_000, 0), (10_000_000, 365)):
        yield Act(
            f"enter a wage: in {wait} days", LEADS, lambda m, w: True,
            lambda m, w, value=value, wait=wait: {"wages": (*m.wages, (value, not wait))}, "parameter.entered",
            lambda v, s, by, value=value, wait=wait: law.enter(
                s, "P-WAGE", value, by=by, at=v.now, reason="公报",
                from_on=clock.court_date(v.now + timedelta(days=wait)),
            ),
        )  # fmt: skip
    for length in (10, 16):
        yield Act(
            f"promise {length} days", LEADS, lambda m, w, length=length: length < 15,  # the law's own
            lambda m, w: {"promises": m.promises + 1}, "rule.narrowed",
            lambda v, s, by, length=length: law.narrow(
                s, "T-JC-DEC", by=by, at=v.now, reason="绿色通道", from_on=clock.court_date(v.now), length=length
            ),
        )  # fmt: skip
    yield Act(
        "take a wage back", LEADS, lambda m, w: m.wages, lambda m, w: {"wages": m.wages[:-1]}, "rule.lifted",
        lambda v, s, by: law.lift(s, _override(s, "P-WAGE"), by=by, at=v.now),
    )  # fmt: skip
    yield Act(
        "lift a promise", LEADS, lambda m, w: m.promises, lambda m, w: {"promises": m.promises - 1}, "rule.lifted",
        lambda v, s, by: law.lift(s, _override(s, "T-JC-DEC"), by=by, at=v.now),
    )  # fmt: skip
    for n in (1, 2):
        yield Act(
            f"import notice {n}", ADMIN, lambda m, w, n=n: n not in m.notices,
            lambda m, w, n=n: {"notices": (*m.notices, n)}, "calendar.imported",
            lambda v, s, by, n=n: law.import_years(s, NOTICE.replace("2027-1", f"2027-{n}"), by=by, at=v.now),
        )  # fmt: skip


ACTS = tuple(acts())
