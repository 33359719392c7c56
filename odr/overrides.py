"""What a court narrows of the law, by day: the rows in force, in the shape that `rules.clocks` reads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from odr import db
from odr.rules import pack
from odr.tables.law import RuleOverride
from odr.tables.people import Court


def of(s: Session, court_id: str, on: date) -> list[RuleOverride]:
    """The overrides in force on this day; of two for one rule the later one counts."""
    return list(
        s.exec(
            select(RuleOverride)
            .where(RuleOverride.court_id == court_id, RuleOverride.from_on <= on)
            .where(col(RuleOverride.until_on).is_(None) | (col(RuleOverride.until_on) >= on))
            .where(col(RuleOverride.ended_at).is_(None))
            .order_by(col(RuleOverride.made_at))
        )
    )


def settings(s: Session, court_id: str, on: date) -> Mapping[str, Any]:
    """The court's settings with its own clock lengths of this day."""
    rows = of(s, court_id, on)
    own = {row.rule: row.value["length"] for row in rows if "length" in row.value}
    court = db.get(s, Court, court_id)
    return {**court.settings, "clocks": own}


def figures(s: Session, court_id: str | None, on: date) -> Mapping[str, int | None]:
    """Every published figure: as the court entered it for this day, else as the pack has it."""
    rows = of(s, court_id, on) if court_id else []
    return {**pack.figures(), **{row.rule: row.value["value"] for row in rows if "value" in row.value}}


def most_extra_days(s: Session, court_id: str, rule: str, on: date) -> int | None:
    """The longest extension this court grants, if it grants less than the law lets it."""
    rows = [row for row in of(s, court_id, on) if row.rule == rule and "extra_days" in row.value]
    return rows[-1].value["extra_days"] if rows else None
