"""Who may mediate a case, and who is suggested, with reasons."""

from __future__ import annotations

from typing import Any

import pytest

from odr.rules import pack, roster
from odr.rules.roster import CaseFacts, MediatorFacts
from tests.make import day


def _case(**known: Any) -> CaseFacts:
    given = {"id": "c1", "court_id": "k", "cause": "private-lending", "on": day("2026-03-02")}
    return CaseFacts(**(given | {"people": frozenset({"张三", "李四"})} | known))


def _mediator(key: str = "m1", **known: Any) -> MediatorFacts:
    given = {"id": key, "name": f"调解员{key}", "court_id": "k", "status": "listed", "account_id": f"a-{key}"}
    return MediatorFacts(
        **(given | {"org_id": "o", "org_status": "listed", "org_name": "天河调委会"} | known)
    )


def test_a_listed_mediator_without_ties_may_take_it():
    assert roster.is_eligible(_case(), _mediator())


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({"status": "suspended"}, "not-listed"),
        ({"account_id": None}, "not-listed"),
        ({"court_id": "other"}, "other-court"),
        ({"term_until": day("2026-03-01")}, "term-over"),
        ({"org_status": "removed"}, "org-not-listed"),
        ({"has_video": False}, "no-video"),
        ({"open_cases": 20}, "full"),
        ({"conflicts": ("李四",)}, "conflict"),
        ({"employer": "张三"}, "conflict"),
        ({"name": "张三"}, "conflict"),
        ({"org_name": "李四"}, "conflict"),
        ({"from_elsewhere": "HK"}, "foreign-limit"),
    ],
)
def test_what_keeps_a_mediator_from_a_case(known: dict[str, Any], why: str):
    assert roster.against(_case(), _mediator(**known)) == (why,)


@pytest.mark.parametrize(
    ("known", "why"),
    [
        ({"org_id": "another"}, "other-organisation"),
        ({"accounts": frozenset({"a-m1"})}, "conflict"),
        ({"tried": frozenset({"m1"})}, "declined"),
    ],
)
def test_what_a_case_says_against_a_mediator(known: dict[str, Any], why: str):
    assert roster.against(_case(**known), _mediator()) == (why,)


def test_a_mediator_from_hong_kong_takes_hong_kong_matters():
    assert roster.is_eligible(_case(elsewhere=frozenset({"HK"})), _mediator(from_elsewhere="HK"))


def test_the_last_day_of_a_term_still_counts():
    assert roster.is_eligible(_case(), _mediator(term_until=day("2026-03-02")))


def test_a_draw_leaves_out_with_a_reason():
    mediators = [
        _mediator("m1"),
        _mediator("m2", open_cases=20),
        _mediator("m3", conflicts=("张三",), has_video=False),
    ]

    assert roster.exclusions(_case(), mediators) == {"m2": "full", "m3": "conflict"}


def test_who_knows_the_cause_and_has_time_comes_first():
    mediators = [
        _mediator("busy", scope=("private-lending",), open_cases=19),
        _mediator("free", scope=("private-lending",)),
        _mediator("other"),
        _mediator("full", scope=("private-lending",), open_cases=20),
    ]

    assert [s.mediator_id for s in roster.suggest(_case(), mediators)] == ["free", "busy", "other"]


def test_a_suggestion_names_its_reasons():
    found = roster.suggest(
        _case(languages=frozenset({"ko"}), region="天河"), [_mediator(languages=("zh", "ko"), region="天河")]
    )

    assert found[0].reasons == ("roster.speaks", "roster.in-organisation", "roster.near", "roster.has-time")
    assert found[0].score == sum(points for _, points in found[0].parts)
    assert pack.words(found[0].reasons[0]).zh == "会说当事人使用的语言"


def test_three_at_most_are_suggested():
    assert len(roster.suggest(_case(), [_mediator(f"m{n}") for n in range(9)])) == 3


def test_equals_take_turns_over_the_cases():
    mediators = [_mediator(f"m{n}") for n in range(4)]

    first = {roster.suggest(_case(id=f"c{n}"), mediators)[0].mediator_id for n in range(60)}

    assert first == {"m0", "m1", "m2", "m3"}


def test_every_reason_has_its_words():
    against = {"not-listed", "other-court", "other-organisation", "term-over", "org-not-listed", "conflict"}
    against |= {"declined", "foreign-limit", "no-video", "full"}
    speaking = {"knows-cause", "speaks", "in-organisation", "near", "has-time"}

    assert {k for k in pack.load().messages if k.startswith("roster.")} == {
        f"roster.{c}" for c in against | speaking
    }
