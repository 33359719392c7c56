"""`odr bench journal`: how fast entries are added and a long journal is verified.

Adding is measured beside the same rows put into the same table without any journal: no lock, no chain,
no digest. Verifying reads a court's whole journal from the disk, with a checkpoint after each thousand.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, TextIO

from sqlmodel import insert, select

from odr import chains, checkpoints, journal, schema, verify
from odr.chains import Witness
from odr.db import Database
from odr.rules.access import MACHINE
from odr.tables.columns import new_id
from odr.tables.people import Court
from odr.tables.records import JournalEntry

AT = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
MARK = 1000  # entries between two checkpoints, as the court's duty does it
OF_CASE = 60  # entries about one matter
WITNESS = Witness(
    lambda _court, content, signature: signature == _sign(content),
    lambda content, token: token == hashlib.sha256(content).digest(),
)


def main(words: Sequence[str], out: TextIO) -> int:
    """Measures and prints; with --json as one object."""
    parser = argparse.ArgumentParser(prog="odr bench journal", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument(
        "--entries", type=int, default=1_000_000, help="length of the journal that is verified"
    )
    parser.add_argument("--count", type=int, default=1000, help="entries added one by one")
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), asked.entries, asked.count)
    told = json.dumps(found, indent=1) if asked.json else "\n".join(f"{k:18} {v}" for k, v in found.items())
    print(told, file=out)
    return os.EX_OK


def measure(folder: Path, entries: int, count: int) -> dict[str, float | int]:
    """Every figure; `verify_1m_s` is scaled when the journal is not a million long."""
    db = Database(f"sqlite:///{folder / 'odr.db'}")
    schema.upgrade(db)
    ours, bare, long = _courts(db)
    rows = [_row(bare, seq, "", "") for seq in range(1, count + 1)]
    bare_s = _seconds(lambda: _insert(db, rows))
    added_s = _seconds(lambda: _append(db, ours, count))
    for first in range(1, entries + 1, MARK):
        _fill(db, long, first, min(first + MARK, entries + 1))
    verify_s = _seconds(lambda: _verify(db, long))
    case_s = median(_seconds(partial(_case, db, long, number)) for number in range(1, 10))
    db.close()
    return {
        "append_per_s": round(count / added_s),
        "bare_insert_per_s": round(count / bare_s),
        "entries": entries,
        "verify_s": round(verify_s, 2),
        "verify_1m_s": round(verify_s * 1_000_000 / entries, 2),
        "case_entries": OF_CASE,
        "case_ms": round(case_s * 1000, 1),
    }


def _courts(db: Database) -> list[str]:
    with db.transaction() as s:
        courts = [Court(code=f"粤010{n}", name=f"第{n}法院") for n in range(3)]
        s.add_all(courts)
        s.flush()
        return [court.id for court in courts]


def _insert(db: Database, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        with db.transaction() as s:
            s.connection().execute(insert(JournalEntry), [row])


def _append(db: Database, court_id: str, count: int) -> None:
    for number in range(count):
        case = number // OF_CASE
        with db.transaction() as s:
            fields = {"case": f"c{case}", "to": "accepted"}
            journal.append(s, court_id, f"dispute:{case}", "case.accepted", by=MACHINE, at=AT, **fields)


def _row(court_id: str, seq: int, prev: str, before: str) -> dict[str, Any]:
    case = seq // OF_CASE
    entry = JournalEntry(
        id=new_id(), court_id=court_id, seq=seq, subject=f"dispute:{case}", kind="case.accepted", actor=MACHINE.ref,
        at=AT + timedelta(seconds=seq), prev=prev, subject_prev=before, body="", hash="",
    )  # fmt: skip
    entry.body = journal.body_of(entry, {"case": f"c{case}", "to": "accepted"}).decode()
    entry.hash = journal.hash_of(entry.body)
    return {name: getattr(entry, name) for name in JournalEntry.model_fields}


def _fill(db: Database, court_id: str, first: int, end: int) -> None:
    """Another thousand entries of a long journal, straight into the table, and a checkpoint over them."""
    with db.transaction() as s:
        last = checkpoints.latest(s, court_id)
        prev = last.head if last else journal.GENESIS
        before = s.exec(
            select(JournalEntry.hash).where(
                JournalEntry.court_id == court_id,
                JournalEntry.seq == first - 1,
                JournalEntry.subject == f"dispute:{first // OF_CASE}",
            )
        ).one_or_none()
        rows = []
        for seq in range(first, end):
            before = (before if seq % OF_CASE else None) or journal.GENESIS
            rows.append(_row(court_id, seq, prev, before))
            prev = before = rows[-1]["hash"]
        s.connection().execute(insert(JournalEntry), rows)
        checkpoints.make(s, court_id, sign=lambda _court, content: _sign(content), stamp=_sign_raw, at=AT)


def _verify(db: Database, court_id: str) -> None:
    with db.reading() as s:
        _require(verify.verify_court(s, court_id, WITNESS))


def _case(db: Database, court_id: str, number: int) -> None:
    with db.reading() as s:
        _require(chains.matter(s, court_id, f"dispute:{number}", WITNESS))


def _require(findings: list[chains.Finding]) -> None:
    if findings:
        raise RuntimeError(f"{findings[0].place}: {findings[0].what}")


def _sign(content: bytes) -> str:
    """Stands for the court's key, which is measured with the papers: one signature in a thousand entries."""
    return hashlib.sha256(content).hexdigest()


def _sign_raw(digest: bytes) -> bytes:
    return digest


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
