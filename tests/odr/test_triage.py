"""Triage: routes, reasons, costs; and never how it would end."""

from __future__ import annotations

import json
from typing import Any

import pytest

from odr.rules import pack, triage
from odr.rules.triage import TriageFacts, propose
from odr.rules.words import Track
from tests.make import day

ON = day("2026-03-02")
WAGE = 12_000_000  # 120,000 yuan a year
FIGURES = {**pack.figures(), "P-WAGE": WAGE}


def _facts(cause: str = "private-lending", **known: Any) -> TriageFacts:
    return TriageFacts(**({"cause": cause, "on": ON, "amount_fen": 1_000_000} | known))


def _ids(facts: TriageFacts) -> list[str]:
    return [reason.id for reason in propose(facts).reasons]


def _routes(facts: TriageFacts) -> list[str]:
    return [option.route for option in propose(facts).options]


@pytest.mark.parametrize(
    ("facts", "route"),
    [
        (_facts(), "mediate"),
        (_facts("sale"), "mediate"),
        (_facts("no-such-cause"), "mediate"),
        (_facts("marriage-validity"), "suit"),
        (_facts(refuses=True), "suit"),
        (_facts(reachable=False), "suit"),
        (_facts(in_scope=False, refuses=True), "other-body"),
        (_facts(arbitration_clause=True), "arbitration"),
        (_facts("traffic", answers={"appraisal": "yes"}), "appraisal-mediate"),
        (_facts("traffic", answers={"appraisal": "no"}), "mediate"),
        (_facts("labour-pay", answers={"arbitrated": "no", "wage_note": "no"}), "labour-arbitration"),
        (_facts("labour-pay", answers={"arbitrated": "pending", "wage_note": "no"}), "labour-arbitration"),
        (_facts("labour-pay", answers={"arbitrated": "no", "wage_note": "yes"}), "mediate"),
        (_facts("labour-pay", answers={"arbitrated": "done", "wage_note": "no"}), "mediate"),
    ],
)
def test_the_route_proposed(facts: TriageFacts, route: str):
    assert propose(facts).route == route


@pytest.mark.parametrize("cause", list(pack.load().causes))
def test_every_cause_gets_a_proposal_among_its_options(cause: str):
    proposal = propose(_facts(cause))

    assert [option.route for option in proposal.options if option.proposed] == [proposal.route]
    assert proposal.reasons


def test_a_complaint_since_2025_is_registered_first():
    assert "register-first" in propose(_facts(complaint=True)).flags
    assert propose(_facts(complaint=True)).track is Track.POST_FILING_COMMISSIONED


def test_a_complaint_of_2024_may_be_delegated_before_filing():
    facts = _facts(complaint=True, on=day("2024-06-03"))

    assert "register-first" not in propose(facts).flags
    assert propose(facts).track is Track.PRE_FILING_DELEGATED


def test_who_only_wants_to_mediate_is_not_made_to_sue():
    assert propose(_facts()).track is Track.PARTY_APPLIED


@pytest.mark.parametrize(
    ("known", "flag"),
    [
        ({"story": "他说要同归于尽"}, "manual"),
        ({"cause": "divorce", "answers": {"violence": "yes"}}, "manual"),
        ({"cause": "divorce"}, "private"),
        ({"alike": 10}, "batch"),
        ({"foreign": True}, "foreign"),
        ({"related": 1}, "related"),
        ({"needs_care": True}, "green"),
    ],
)
def test_signs_raise_flags_for_a_person(known: dict[str, Any], flag: str):
    assert flag in propose(_facts(**known)).flags


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"amount_fen": WAGE // 2}, "TR-SMALL"),
        ({"amount_fen": WAGE // 2 + 1}, "TR-SMALL-AGREED"),
        ({"amount_fen": 2 * WAGE}, "TR-SMALL-AGREED"),
    ],
)
def test_small_claims_hang_on_the_province_s_wage(known: dict[str, Any], reason: str):
    assert reason in _ids(_facts(figures=FIGURES, **known))
    assert "small-claims" in _routes(_facts(figures=FIGURES, **known))


@pytest.mark.parametrize(
    "known",
    [
        {"amount_fen": 2 * WAGE + 1},
        {"amount_fen": 0},
        {"foreign": True},
        {"reachable": False},
        {"cause": "traffic", "answers": {"appraisal": "yes"}},
        {"cause": "divorce"},
    ],
)
def test_small_claims_are_closed_to_what_the_law_excludes(known: dict[str, Any]):
    assert "small-claims" not in _routes(_facts(figures=FIGURES, **known))


def test_a_clear_due_debt_may_take_a_payment_order():
    facts = _facts(answers={"note": "yes", "due_on": "2026-03-02"})

    assert "TR-PAYMENT-ORDER" in _ids(facts)
    assert "payment-order" in _routes(facts)


@pytest.mark.parametrize(
    "known",
    [
        {"answers": {"note": "no"}},
        {"answers": {"note": "yes", "due_on": "2026-03-03"}},
        {"answers": {"note": "yes"}, "amount_fen": 0},
        {"answers": {"note": "yes"}, "reachable": False},
        {"answers": {"note": "yes"}, "foreign": True},
    ],
)
def test_a_payment_order_needs_a_clear_due_debt_and_a_debtor_who_can_be_served(known: dict[str, Any]):
    assert "payment-order" not in _routes(_facts(**known))


def test_who_refuses_is_not_offered_mediation():
    assert "mediate" not in _routes(_facts(refuses=True))


def test_the_explorer_compares_cost_time_and_materials():
    found = triage.options("private-lending", 2_000_000, {}, on=ON)

    assert [o.route for o in found] == ["mediate", "payment-order", "small-claims", "suit"]
    assert [(o.fee_low_fen, o.fee_high_fen) for o in found] == [
        (0, 0),
        (10_000, 10_000),
        (15_000, 15_000),
        (15_000, 30_000),
    ]
    assert all(o.time.zh and o.cost.zh and o.materials for o in found)


@pytest.mark.parametrize("cause", list(pack.load().causes))
def test_nothing_predicts_an_outcome(cause: str):
    proposal = propose(_facts(cause, answers={"note": "yes"}))
    said = json.dumps(proposal.to_json(), ensure_ascii=False) + "".join(
        option.what.zh + option.cost.zh + option.time.zh for option in proposal.options
    )

    assert [
        word for word in ("胜诉", "败诉率", "胜算", "概率", "可能性", "把握", "建议您选择") if word in said
    ] == []


def test_a_proposal_is_kept_as_plain_json():
    kept = propose(_facts(complaint=True)).to_json()

    assert json.loads(json.dumps(kept)) == kept
    assert {"id", "words", "article"} == set(kept["reasons"][0])
