"""The invented people could be real ones as far as the product's own checks go."""

from __future__ import annotations

from odr import clock, demo, verify
from odr.demo import MEDIATORS, PARTIES, STAFF
from odr.rules import identity
from odr.rules.words import PersonKind


def test_every_identity_number_of_the_demonstration_fits() -> None:
    numbers = [number for _name, number, _phone in PARTIES]
    assert [identity.number_of(PersonKind.NATURAL, number) for number in numbers] == numbers


def test_nobody_in_the_demonstration_shares_a_telephone() -> None:
    phones = [row[2] for row in (*STAFF, *PARTIES)] + [row[1] for row in MEDIATORS]
    assert len(set(phones)) == len(phones)
    assert [identity.telephone(phone) for phone in phones] == phones


def test_the_journal_of_the_demonstration_says_where_every_case_stands(embedded, vault) -> None:
    db = embedded()
    demo.build(db, clock.now())
    with db.reading() as s:
        assert verify.verify(s, vault, verify.Witness(lambda *_: True, lambda *_: True)) == []
    db.close()
