"""What goes into one reader's file of a case: as much as the pages show them, each entry proved by itself."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlmodel import Session

from odr import checkpoints, journal
from odr.queries import whole_case
from odr.rules.access import MACHINE
from odr.rules.moves import DisputeStage
from odr.rules.words import Role, Side
from tests.make import Make

EACH = 3  # entries under each checkpoint


@pytest.fixture
def dispute(s: Session, make: Make):
    row = make.dispute(DisputeStage.IN_MEDIATION)
    make.party(row, Side.APPLICANT)
    for at in (make.at, make.at.replace(year=make.at.year + 1)):
        for _ in range(EACH):
            journal.append(s, row.court_id, f"dispute:{row.id}", "case.accepted", by=MACHINE, at=at)
        checkpoints.make(s, row.court_id, sign=lambda *_: "", stamp=lambda _: b"", at=at)
    journal.append(s, row.court_id, f"dispute:{row.id}", "case.settled", by=MACHINE, at=make.at)
    return row


def test_a_look_makes_no_proofs_and_the_file_has_them_all(s: Session, make: Make, dispute):
    clerk = make.staff(Role.CLERK)
    looked = whole_case.gather(s, dispute, clerk)

    proved = whole_case.proved(s, looked)

    assert (looked.checkpoints, {entry.proof for entry in looked.entries}) == ((), {None})
    assert [entry.hash for entry in proved.entries] == [entry.hash for entry in looked.entries]
    assert [mark.seq for mark in proved.checkpoints] == [EACH, 2 * EACH]
    *covered, young = proved.entries
    assert all(entry.proof.holds and entry.proof.leaf == entry.hash for entry in covered)
    assert young.proof is None


def test_the_leaves_of_a_checkpoint_are_read_once(s: Session, make: Make, dispute):
    case = whole_case.gather(s, dispute, make.staff(Role.CLERK))
    read: list[str] = []

    def note(_connection, _cursor, statement: str, *_rest: object) -> None:
        read.append(statement)

    sa.event.listen(s.get_bind(), "before_cursor_execute", note)
    whole_case.proved(s, case)
    sa.event.remove(s.get_bind(), "before_cursor_execute", note)

    leaves = [text for text in read if text.startswith("SELECT journal_entry.hash")]
    assert len(leaves) == 2, read


def test_how_much_was_said_apart_is_not_taken_away_with_the_case(s: Session, make: Make, dispute):
    counts = {"lines": 12, "notes": 3}
    about, kind = f"dispute:{dispute.id}", "holdings.destroyed"
    journal.append(s, dispute.court_id, about, kind, by=MACHINE, at=make.at, counts=counts)
    s.flush()

    for reader in (make.side(dispute, Side.RESPONDENT), make.staff(Role.CLERK)):
        case = whole_case.gather(s, dispute, reader)
        assert not [entry for entry in case.entries if "counts" in entry.body]
        assert case.kept_back == 1
