"""Facts survive storage, name themselves for good, and say what is wrong with a stranger's."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from odr import facts
from odr.errors import BadInput
from odr.facts import words
from tests.documents import samples
from tests.documents.conftest import sample

LIFECYCLE = Path(__file__).parents[2] / "docs" / "lifecycle.md"
KINDS = [pytest.param(f, id=name) for _, name, f in samples.ALL]


@pytest.mark.parametrize("f", KINDS)
def test_facts_come_back_from_json_as_they_were(f):
    assert facts.from_json(facts.to_json(f)) == f


def test_every_kind_has_a_sample():
    assert {kind for kind, _, _ in samples.ALL} == set(facts.KINDS)


def test_a_changed_word_changes_the_digest():
    _, f = sample("agreement")

    assert facts.digest(replace(f, brief=f.brief + "。")) != facts.digest(f)


def test_a_field_left_at_its_default_is_not_stored_so_later_fields_change_no_digest():
    _, f = sample("ruling_confirm")

    assert '"deemed"' not in facts.to_json(f)


def test_the_same_name_in_another_normal_form_is_the_same_fact():
    _, f = sample("extension")

    assert facts.digest(replace(f, reason="e\u0301")) == facts.digest(replace(f, reason="\u00e9"))


def test_an_instant_without_a_zone_is_refused():
    _, f = sample("service_certificate")

    with pytest.raises(BadInput):
        facts.to_json(replace(f, sent_at=datetime(2026, 11, 21, 9)))  # noqa: DTZ001


def test_half_a_character_is_refused():
    _, f = sample("extension")

    with pytest.raises(BadInput):
        facts.to_json(replace(f, reason="\ud83d"))


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("{", "facts"),
        ("[]", "kind"),
        ('{"kind":"ruling2"}', "kind"),
        ('{"kind":"extension"}', "facts"),
        ('{"kind":"extension","surprise":1}', "facts.surprise"),
        ('{"kind":"extension","old_end_on":"tomorrow"}', "facts.old_end_on"),
        ('{"kind":"extension","parties":[{"role":1}]}', "facts.parties[0].role"),
        ("[" * 100_000, "facts"),
    ],
)
def test_facts_that_do_not_fit_are_named(text, field):
    with pytest.raises(BadInput) as refused:
        facts.from_json(text)

    assert list(refused.value.details) == [field]


def test_the_public_copy_covers_the_numbers_that_open_doors():
    _, f = sample("agreement")

    text = facts.to_json(facts.masked(f))

    assert f.parties[0].id_number not in text
    assert f.parties[0].phone not in text
    assert "33010619860305××××" in text


@pytest.mark.parametrize(
    ("fen", "capital"),
    [
        (0, "人民币零元整"),
        (5, "人民币伍分"),
        (105, "人民币壹元零伍分"),
        (12345600, "人民币壹拾贰万叁仟肆佰伍拾陆元整"),
        (10000100, "人民币壹拾万零壹元整"),
        (1203045, "人民币壹万贰仟零叁拾元肆角伍分"),
        (1000000000000, "人民币壹佰亿元整"),
    ],
)
def test_amounts_are_written_in_capitals(fen, capital):
    assert words.capital_amount(fen) == capital


def test_rulings_are_dated_in_chinese():
    assert words.chinese_date(date(2026, 11, 21)) == "二〇二六年十一月二十一日"
    assert words.chinese_date(date(2030, 10, 10)) == "二〇三〇年十月十日"


def test_every_kind_stands_in_the_list_of_papers():
    papers = LIFECYCLE.read_text("utf-8").partition(". Papers\n")[2]
    listed = re.findall(r"^\| `(\w+)` \|", papers, re.MULTILINE)

    assert sorted(listed) == sorted(facts.KINDS)
