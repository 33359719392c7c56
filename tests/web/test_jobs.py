"""What the job worker does with an item, and what it does by itself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

import documents
from odr import clock, deadlines, notices, outbox, papers, settings
from odr.actions import service
from odr.db import Database
from odr.errors import WrongStage
from odr.outbox import Item
from odr.rules.access import MACHINE
from odr.rules.moves import DisputeStage
from odr.tables.agreements import Service
from odr.tables.people import Message
from odr.tables.records import Checkpoint, Deadline, Document, JournalEntry
from odr.vault import Vault
from tests.make import Make
from tests.odr.test_verify import FACTS
from web import duties, filming, issuing, jobs, ringing, sending, work  # noqa: F401  # registers every handler
from web.jobs import Office


@pytest.fixture
def office(db: Database, tmp_path: Path) -> Office:
    chosen = settings.read({"ODR_DATA": str(tmp_path / "data")})
    return Office(chosen, db, Vault(chosen.vault))


def ask(office: Office) -> tuple[Document, Message, list[Item]]:
    """A frozen paper, a message, and the items that were asked for with them."""
    with office.db.transaction() as s:
        make = Make(s)
        document = make.document(make.dispute(), FACTS)
        (message,) = notices.tell(s, "13900001111", "通知", "文书将送达", at=make.at)
        return document, message, list(outbox.held(s))


def test_a_frozen_paper_is_issued_sealed_and_announced(office: Office) -> None:
    document, _message, (issue, _send) = ask(office)

    jobs.run(office, issue)

    with office.db.reading() as s:
        issued = s.get_one(Document, document.id)
        last = s.exec(select(JournalEntry).order_by(col(JournalEntry.seq).desc())).first()
    report = documents.verify(office.vault.read(issued.digest), office.authority)
    assert report.valid
    assert report.signers[0].name == "广州市天河区人民法院"
    assert last is not None
    assert last.kind == "document.published"


def test_a_paper_asked_for_twice_is_issued_once(office: Office) -> None:
    document, _message, (issue, _send) = ask(office)

    jobs.run(office, issue)
    with office.db.reading() as s:
        first = s.get_one(Document, document.id).digest
    jobs.run(office, issue)

    with office.db.reading() as s:
        assert s.get_one(Document, document.id).digest == first
        assert len(s.exec(select(JournalEntry).where(JournalEntry.kind == "document.published")).all()) == 1


def test_a_paper_declared_void_before_it_is_served_is_served_on_nobody(office: Office) -> None:
    document, _message, (issue, _send) = ask(office)
    jobs.run(office, issue)
    with office.db.transaction() as s:
        papers.void(s, document.id, by=MACHINE, at=clock.now(), reason="误发")

    jobs.run(office, Item("document.serve", document.id, {"document": document.id}))

    with office.db.reading() as s:
        assert s.exec(select(Service)).all() == []
    with pytest.raises(WrongStage), office.db.transaction() as s:
        service.serve(s, document.id, by=MACHINE, at=clock.now())


def test_without_a_mail_server_a_message_is_delivered_to_the_letterbox(office: Office) -> None:
    _document, message, (_issue, send) = ask(office)

    jobs.run(office, send)

    with office.db.reading() as s:
        assert s.get_one(Message, message.id).sent_at is not None


def test_a_clock_that_ran_out_is_marked_once(office: Office) -> None:
    with office.db.transaction() as s:
        make = Make(s)
        dispute = make.dispute(DisputeStage.SUBMITTED)
        since = clock.now() - timedelta(days=60)
        row = deadlines.start(
            s, "T-JC-ACC", court_id=dispute.court_id, subject=f"dispute:{dispute.id}", since=since
        )
        items = [item for item in outbox.held(s) if item.fields["percent"] == 100]

    for item in items * 2:
        jobs.run(office, item)

    with office.db.reading() as s:
        assert s.get_one(Deadline, row.id).passed_at is not None
        assert kinds(s) == ["deadline.passed"]


def kinds(s: Session) -> list[str]:
    return list(s.exec(select(JournalEntry.kind).order_by(col(JournalEntry.seq))).all())


def test_duties_are_done_once_until_their_time_comes_again(office: Office) -> None:
    with office.db.transaction() as s:
        Make(s).dispute()

    first, second = jobs.do_duties(office), jobs.do_duties(office)

    assert "duty:checkpoint_each_minute" in first
    assert second == []


def test_a_duty_that_fails_does_not_keep_the_others_from_theirs(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(_office: Office) -> None:
        raise OSError("disk full")

    monkeypatch.setitem(jobs._duties, "duty:a_stumble", (timedelta(seconds=1), stumble))

    assert "duty:sweep" in jobs.do_duties(office)


def test_a_court_whose_journal_grew_gets_one_checkpoint(office: Office) -> None:
    ask(office)

    duties.checkpoint_each_minute(office)
    duties.checkpoint_each_minute(office)

    with office.db.reading() as s:
        (checkpoint,) = s.exec(select(Checkpoint)).all()
        assert checkpoint.seq == len(s.exec(select(JournalEntry)).all())


def test_every_kind_of_item_the_court_asks_for_has_a_handler() -> None:
    asked = set()
    for path in Path("odr").rglob("*.py"):
        words = path.read_text().split("outbox.add(")[1:]
        asked |= {word.split('"')[1] for word in words if '"' in word.split(")")[0]}

    assert asked - jobs.kinds() == set()


class Kept(outbox.Held):
    """An outbox whose items can be read after the transaction."""

    def __init__(self) -> None:
        self.items: list[Item] = []

    def add(self, s: Session, item: Item) -> None:
        self.items.append(item)


def test_a_film_waits_for_the_one_before_it_and_holds_no_other_work(office: Office) -> None:
    kept = Kept()
    outbox.use(kept)

    with filming._projector:
        jobs.run(office, Item("recording.film", "recording.film:r", {"recording": "r"}, None))

    (later,) = kept.items
    assert (later.kind, later.fields) == ("recording.film", {"recording": "r"})
    assert later.run_at is not None
    assert later.run_at > clock.now()
