"""The books that figures are counted from: plain facts of mediations, filings, confirmations, promises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from odr import clock
from odr.rules.words import EndReason, Side

SUCCESS = (EndReason.AGREEMENT, EndReason.SETTLED)


@dataclass(frozen=True, slots=True)
class Ref:
    """Something counted, to look at: a case, a dispute, a mediator."""

    kind: str
    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One mediation."""

    ref: Ref
    dispute_id: str
    mediator_id: str | None
    created_at: datetime
    consented_at: datetime | None
    accepted_at: datetime | None
    ended_at: datetime | None
    end_reason: EndReason | None
    on_spot: bool
    by_video: bool = False
    due_at: datetime | None = None  # of the mediation clock
    waiting: bool = False  # the clock stands still now
    paused: timedelta = timedelta()
    ratings: tuple[tuple[Side, int, datetime], ...] = ()

    @property
    def entered_afterwards(self) -> bool:
        """Taken in and performed on the spot on one day."""
        if not self.on_spot or self.ended_at is None:
            return False
        return clock.court_date(self.ended_at) == clock.court_date(self.created_at)

    @property
    def succeeded(self) -> bool:
        return self.end_reason in SUCCESS


@dataclass(frozen=True, slots=True)
class Filing:
    """A first-instance case newly registered."""

    ref: Ref
    dispute_id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Application:
    """A joint application for judicial confirmation."""

    ref: Ref
    online: bool
    submitted_at: datetime
    accepted_at: datetime | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Promise:
    """An effective agreement: the day and fate of each thing owed."""

    ref: Ref
    on_spot: bool
    dues: tuple[tuple[date, bool], ...]


@dataclass(frozen=True, slots=True)
class Worker:
    """A listed mediator."""

    ref: Ref


@dataclass(frozen=True, slots=True)
class Books:
    """Everything the figures of a court are counted from, as it stood at `now`."""

    now: datetime
    matters: tuple[Matter, ...] = ()
    filings: tuple[Filing, ...] = ()
    applications: tuple[Application, ...] = ()
    promises: tuple[Promise, ...] = ()
    workers: tuple[Worker, ...] = ()
