"""A form sent twice is done once."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from odr import repeats
from odr.db import Database
from odr.errors import Conflict
from odr.repeats import AlreadyDone
from odr.tables.records import Repeat
from tests.make import moment

AT = moment("2026-03-02 09:00")


def claim(s: Session, key: str = "k1", digest: str = "sha256:aa", owner: str = "wang") -> Repeat:
    return repeats.claim(s, owner=owner, key=key, route="accept", digest=digest, at=AT)


def claim_and_stumble(db: Database) -> None:
    with db.transaction() as s:
        claim(s)
        raise Conflict


def test_a_form_sent_again_finds_the_answer_it_got(db: Database) -> None:
    with db.transaction() as s:
        claim(s).location = "/cases/7"

    with pytest.raises(AlreadyDone) as again, db.transaction() as s:
        claim(s)

    assert again.value.repeat.location == "/cases/7"


def test_the_same_key_with_other_content_is_a_conflict(db: Database) -> None:
    with db.transaction() as s:
        claim(s)

    with pytest.raises(Conflict), db.transaction() as s:
        claim(s, digest="sha256:bb")


def test_another_person_may_use_the_same_key(db: Database) -> None:
    with db.transaction() as s:
        assert claim(s, owner="wang").id != claim(s, owner="li").id


def test_a_form_whose_work_failed_may_be_sent_again(db: Database) -> None:
    with pytest.raises(Conflict):
        claim_and_stumble(db)

    with db.transaction() as s:
        assert claim(s).key == "k1"
