"""kill -9 of the job worker at random points: nothing asked for is lost, nothing happens twice."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import col, select

from odr import journal, notices, outbox
from odr.outbox_dbos import Dbos
from odr.tables.people import Message
from odr.tables.records import Document, JournalEntry
from tests.faults.running import Running, wait_until
from tests.make import Make
from tests.odr.test_verify import FACTS
from web import verifying

pytestmark = pytest.mark.slow

PAPERS, KILLS = 12, 8


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Running]:
    product = Running(tmp_path / "data")
    outbox.use(Dbos(product.db))
    yield product
    outbox.use(outbox.Held())
    product.end()


def ask_for_papers(product: Running) -> None:
    with product.db.transaction() as s:
        make = Make(s)
        dispute = make.dispute()
        for number in range(PAPERS):
            make.document(dispute, replace(FACTS, number=f"延{number}号"))
            notices.tell(s, "13900001111", "通知", "文书将送达", at=make.at)


def unfinished(product: Running) -> int:
    with product.db.reading() as s:
        papers = s.exec(select(Document.id).where(col(Document.published_at).is_(None))).all()
        messages = s.exec(select(Message.id).where(col(Message.sent_at).is_(None))).all()
    return len(papers) + len(messages)


def test_a_job_worker_killed_again_and_again_does_everything_once(product: Running) -> None:
    chance = random.Random(7)
    ask_for_papers(product)

    for _ in range(KILLS):
        worker = product.start("work")
        time.sleep(chance.uniform(1.0, 4.0))
        worker.kill()
        worker.wait()
    product.start("work")
    wait_until(lambda: unfinished(product) == 0, 90, lambda: product.log)

    with product.db.reading() as s:
        entries = s.exec(select(JournalEntry).where(JournalEntry.kind == "document.published")).all()
        documents = s.exec(select(Document)).all()
        told = Counter(journal.fields_of(entry)["document"] for entry in entries)
    assert told == {document.id: 1 for document in documents}
    assert len(documents) == PAPERS
    wait_until(lambda: work_left(product) == 0, 30, lambda: product.log)
    assert verifying.look(product.data).findings == []


def work_left(product: Running) -> int:
    with product.db.reading() as s:
        counts = Dbos(product.db).counts(s)
    return counts["waiting"] + counts["running"] + counts["dead"]
