"""Takes a release's rule pack over into the tables: which law this court system runs on, and since when."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select

from odr import journal
from odr.rules import register
from odr.rules.access import MACHINE
from odr.rules.register import Entry
from odr.tables.law import Rule, RulePack
from odr.tables.people import Court


def take_over(s: Session, *, at: datetime) -> bool:
    """Import the pack of this release, unless it is there; every court's journal says so."""
    version = register.version()
    if s.get(RulePack, version) is not None:
        return False
    s.add(RulePack(version=version, digest=register.digest(), imported_at=at))
    s.flush()
    s.add_all(_row(version, entry) for entry in register.entries())
    for court in s.exec(select(Court).order_by(Court.code)):
        journal.append(
            s,
            court.id,
            f"rules:{version}",
            "rules.imported",
            by=MACHINE,
            at=at,
            version=version,
            digest=register.digest(),
            rules=len(register.entries()),
        )
    return True


def _row(version: str, entry: Entry) -> Rule:
    return Rule(
        pack=version,
        rule=entry.rule,
        kind=entry.kind,
        words=entry.words.zh,
        articles=list(entry.articles),
        effective_from=entry.effective_from,
        effective_until=entry.effective_until,
        verified=entry.verified,
        enforced=entry.missing is None,
        body=entry.body,
    )
