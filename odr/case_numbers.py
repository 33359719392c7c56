"""The next case number of a court: its own type code if it has set one, else the rule pack's."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from odr import clock, db, numbers
from odr.rules import pack
from odr.rules.words import Track
from odr.tables.people import Court


def take(s: Session, court_id: str, use: str, *, track: Track | None, at: datetime) -> str:
    """（2026）粤0106民初123号; `use` is dispute, mediation, filing or confirmation."""
    court = db.get(s, Court, court_id)
    on = clock.court_date(at)
    code = pack.case_code(use, on=on, track=track, settings=court.settings)
    return numbers.case_number(on.year, court.code, code, numbers.allocate(s, court.id, code, on.year))
