"""A paper whose making is cut off after any step is made once, wholly and under one number."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

import documents
from documents.authority import Authority
from odr import clock
from odr.tables.records import Document, JournalEntry
from odr.vault import Vault
from tests.faults.crashing import STEPS
from tests.faults.running import Running
from tests.make import Make
from tests.odr.test_verify import FACTS
from web import verifying

pytestmark = pytest.mark.slow


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Running]:
    product = Running(tmp_path / "data")
    yield product
    product.end()


def work_until(product: Running, document: str, step: str) -> int:
    words = [sys.executable, "-m", "tests.faults.crashing", str(product.data), document, step]
    return subprocess.run(
        words, cwd=Path(__file__).parents[2], check=False, stderr=subprocess.DEVNULL
    ).returncode


def test_whatever_the_step_after_which_it_dies_a_paper_comes_out_once(product: Running) -> None:
    with product.db.transaction() as s:
        make = Make(s)
        document = make.document(make.dispute(), FACTS).id

    ends = {step: work_until(product, document, step) for step in STEPS}
    ended_well = work_until(product, document, "none")

    assert set(ends.values()) == {137}
    assert ended_well == 0
    with product.db.reading() as s:
        row = s.get_one(Document, document)
        told = s.exec(select(JournalEntry).where(JournalEntry.kind == "document.published")).all()
    vault = Vault(product.data / "vault")
    assert len(told) == 1
    assert documents.verify(vault.read(row.digest), Authority.open(product.data / "keys", clock.now())).valid
    found = verifying.look(product.data).findings
    assert found == []


def test_two_workers_that_make_the_same_paper_at_once_publish_it_once(product: Running) -> None:
    with product.db.transaction() as s:
        make = Make(s)
        document = make.document(make.dispute(), FACTS).id
    words = [sys.executable, "-m", "tests.faults.crashing", str(product.data), document, "none"]

    both = [subprocess.Popen(words, cwd=Path(__file__).parents[2]) for _ in range(2)]
    ends = [one.wait(120) for one in both]

    assert ends == [0, 0]
    with product.db.reading() as s:
        told = s.exec(select(JournalEntry).where(JournalEntry.kind == "document.published")).all()
    assert len(told) == 1
    assert verifying.look(product.data).findings == []
