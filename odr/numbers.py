"""Gap-free case and document numbers."""

from __future__ import annotations

from sqlmodel import Session, select

from odr.tables.columns import new_id
from odr.tables.records import NumberSeries


def short_code() -> str:
    """Eight characters (39 bits) for a paper notice; always checked with a rate limit."""
    return new_id(8)


def allocate(s: Session, court_id: str, code: str, year: int) -> int:
    """The next number of a series; inside the transaction, so a rollback leaves no gap."""
    row = s.exec(
        select(NumberSeries)
        .where(NumberSeries.court_id == court_id, NumberSeries.code == code, NumberSeries.year == year)
        .with_for_update()
    ).one_or_none()
    if row is None:
        row = NumberSeries(court_id=court_id, code=code, year=year, last=0)
    row.last += 1
    s.add(row)
    s.flush()
    return row.last


def case_number(year: int, court_code: str, type_code: str, serial: int) -> str:
    """（2026）粤0106民特123号 — 法〔2018〕335号: year, court code, type code, serial."""
    return f"（{year}）{court_code}{type_code}{serial}号"
