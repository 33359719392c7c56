"""Effects that happen after commit: asked for inside the transaction, done later, repeat-safe.

`add` is the only way to make anything happen outside the database (a PDF, a message, a served paper).
The engine that carries the items is chosen once at start; without one, items stay with the session,
where a test finds and runs them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlmodel import Session


@dataclass(frozen=True, slots=True)
class Item:
    """One effect: an imperative (`document.issue`), a key that makes it once, and plain JSON fields."""

    kind: str
    key: str
    fields: dict[str, Any] = field(default_factory=dict)
    run_at: datetime | None = None


class Engine(Protocol):
    """What carries items from the transaction to the job worker."""

    def add(self, s: Session, item: Item) -> None: ...

    def cancel(self, s: Session, key: str) -> None: ...


class Held:
    """Keeps the items with the session."""

    def add(self, s: Session, item: Item) -> None:
        held(s).append(item)

    def cancel(self, s: Session, key: str) -> None:
        held(s)[:] = [item for item in held(s) if item.key != key]


_engine: Engine = Held()


def use(engine: Engine) -> None:
    """Choose the engine, once, at start."""
    global _engine
    _engine = engine


def held(s: Session) -> list[Item]:
    """Items that a session without an engine keeps."""
    items: list[Item] = s.info.setdefault("outbox", [])
    return items


def add(s: Session, kind: str, *, key: str, run_at: datetime | None = None, **fields: object) -> None:
    """Ask for an effect in this transaction. The same key asks only once; `run_at` delays it."""
    _engine.add(s, Item(kind, f"{kind}:{key}", dict(fields), run_at))


def cancel(s: Session, kind: str, *, key: str) -> None:
    """Take back an effect that has not begun."""
    _engine.cancel(s, f"{kind}:{key}")
