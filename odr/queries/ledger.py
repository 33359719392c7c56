"""The books and their counts, kept as long as the court's journal has no new entry and the day is the same.

Whatever changes a figure leaves a line in the journal, and clocks of mediation end with a day: so the
newest entry and the date say whether what was counted still holds. The formulas stay where they are.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from odr import clock
from odr.queries import figures
from odr.rules.books import Books
from odr.rules.figures import Count, Figure
from odr.rules.periods import Period
from odr.tables.records import JournalEntry

MOST = 6  # ledgers in memory, of some ten megabytes each for twenty thousand cases


@dataclass(frozen=True, slots=True)
class Ledger:
    """One reading of the books, with every count made from it."""

    books: Books
    counts: dict[tuple[str, str], Count] = field(default_factory=dict)

    def count(self, figure: Figure, period: Period) -> Count:
        """The figure in a period, counted once."""
        key = (figure.key, period.key)
        if key not in self.counts:
            self.counts[key] = figure.count(self.books, period)
        return self.counts[key]


_kept: OrderedDict[tuple[object, ...], Ledger] = OrderedDict()
_lock = threading.Lock()


def of(s: Session, court_id: str, first: Period, last: Period, *, now: datetime) -> Ledger:
    """The ledger of a span of periods, read anew if anything was written since."""
    newest = select(JournalEntry.hash).where(JournalEntry.court_id == court_id)
    head = s.exec(newest.order_by(col(JournalEntry.seq).desc()).limit(1)).first()
    key = (str(s.get_bind().engine.url), court_id, first.key, last.key, head, clock.court_date(now))
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    made = Ledger(figures.books(s, court_id, first, last, now=now))
    with _lock:
        _kept[key] = made
        while len(_kept) > MOST:
            _kept.popitem(last=False)
    return made
