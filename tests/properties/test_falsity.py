"""The signs of a mediation that two sides only play: each for its own reason, none without one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from odr.rules.falsity import LARGE_FEN, STRONG, MatterFacts, SideFacts, Sign, is_strong, signs
from web.labels import label

PLAIN = MatterFacts(SideFacts(), SideFacts())


def both(**fields):
    return replace(PLAIN, applicant=SideFacts(**fields), respondent=SideFacts(**fields))


CASES = {
    Sign.SAME_AGENT: both(agents=frozenset({"a"})),
    Sign.SAME_CONTACT: both(contacts=frozenset({"13900001111"})),
    Sign.SAME_PERSON: both(identities=frozenset({"440106"})),
    Sign.SAME_DEVICE: both(devices=frozenset({"x|y"})),
    Sign.SAME_ADDRESS: both(addresses=frozenset({"天河路1号"})),
    Sign.RELATED: replace(
        PLAIN,
        applicant=SideFacts(represented_by=frozenset({"王五"})),
        respondent=SideFacts(names=frozenset({"王五"})),
    ),
    Sign.INSTANT_ADMISSION: replace(
        PLAIN, amount_fen=LARGE_FEN, agreed_fen=LARGE_FEN, agreed_after=timedelta(hours=3)
    ),
    Sign.FREQUENT_PAIR: replace(PLAIN, pair_matters=3),
    Sign.SEIZED: replace(PLAIN, story="该房屋已被查封。"),
    Sign.UNDER_THRESHOLD: replace(PLAIN, amount_fen=4_990_000, thresholds={"x": 5_000_000}),
    Sign.THIRD_PARTY_ASSET: replace(PLAIN, clauses=("将登记在赵六名下的房屋过户给申请人。",)),
}


@pytest.mark.parametrize("sign", Sign)
def test_each_sign_has_a_word_and_something_that_shows_it(sign):
    assert signs(CASES[sign]) == (sign,)
    assert label(sign)


def test_a_plain_matter_shows_nothing():
    assert signs(PLAIN) == ()


def test_only_what_nobody_bona_fide_does_stops_a_mediation():
    assert {sign for sign in Sign if is_strong((sign,))} == STRONG


def test_a_debt_admitted_at_leisure_or_in_part_is_no_sign():
    slow = replace(CASES[Sign.INSTANT_ADMISSION], agreed_after=timedelta(days=4))
    part = replace(CASES[Sign.INSTANT_ADMISSION], agreed_fen=LARGE_FEN // 2)

    assert signs(slow) == signs(part) == ()
