"""Clauses: from fields to the sentence that binds, and to what documents and performance read."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest

from odr.errors import BadInput
from odr.rules import clauses, pack
from odr.rules.words import ClauseKind, Side
from tests.make import day

NAMES = {Side.APPLICANT: "申请人张三", Side.RESPONDENT: "被申请人李四"}
BOTH = {"debtor": "respondent", "creditor": "applicant"}


@pytest.mark.parametrize(
    ("kind", "given", "text"),
    [
        (
            ClauseKind.PAYMENT,
            BOTH
            | {"amount_fen": 1_200_050, "due_on": "2026-04-01", "about": "借款本金", "method": "transfer"}
            | {"payee": "张三", "bank": "某银行天河支行", "account": "6222"},
            "被申请人李四于2026年4月1日前（含当日）向申请人张三支付借款本金人民币12,000.50元"
            "（大写：人民币壹万贰仟元伍角整）。付款方式：银行转账，户名：张三，开户银行：某银行天河支行，账号：6222。",
        ),
        (
            ClauseKind.INSTALMENTS,
            BOTH
            | {"total_fen": 300_000, "all_due": True}
            | {
                "parts": [
                    {"due_on": "2026-04-01", "amount_fen": 100_000},
                    {"due_on": "2026-05-01", "amount_fen": 200_000},
                ]
            },
            "被申请人李四向申请人张三分期支付共计人民币3,000元（大写：人民币叁仟元整）："
            "第一期于2026年4月1日前（含当日）支付1,000元；第二期于2026年5月1日前（含当日）支付2,000元。"
            "任何一期未按时足额支付的，剩余款项一并到期，申请人张三可以就全部未付款项申请强制执行。",
        ),
        (
            ClauseKind.ACT,
            {
                "debtor": "applicant",
                "what": "撤回投诉",
                "due_on": "2026-04-01",
                "standard": "以受理机关回执为准",
            },
            "申请人张三于2026年4月1日前（含当日）完成以下事项：撤回投诉。履行标准：以受理机关回执为准。",
        ),
        (
            ClauseKind.HANDOVER,
            BOTH | {"thing": "钥匙两把", "due_on": "2026-04-01", "place": "某小区物业前台"},
            "被申请人李四于2026年4月1日前（含当日）将钥匙两把交付申请人张三，交付地点：某小区物业前台。",
        ),
        (
            ClauseKind.APOLOGY,
            BOTH | {"manner": "written", "due_on": "2026-04-01"},
            "被申请人李四于2026年4月1日前（含当日）以书面方式向申请人张三赔礼道歉。",
        ),
        (
            ClauseKind.FORBEARANCE,
            {"debtor": "respondent", "what": "在22时后练琴", "until_on": "2026-12-31"},
            "被申请人李四自协议生效之日起至2026年12月31日止不得在22时后练琴。",
        ),
        (
            ClauseKind.DEFAULT,
            BOTH | {"rate": "未付金额每日万分之三", "amount_fen": 100_000},
            "逾期未履行上述义务的，被申请人李四向申请人张三按未付金额每日万分之三计付违约金，"
            "并支付违约金人民币1,000元（大写：人民币壹仟元整）。",
        ),
        (ClauseKind.COSTS, {"payer": "half", "what": "鉴定费"}, "鉴定费由双方各负担一半。"),
        (ClauseKind.COSTS, {"payer": "own", "what": "律师费"}, "律师费由双方各自负担。"),
        (ClauseKind.COSTS, {"payer": "respondent", "what": "鉴定费"}, "鉴定费由被申请人李四负担。"),
        (ClauseKind.OTHER, {"what": "双方再无其他争议。"}, "双方再无其他争议。"),
    ],
)
def test_fields_become_a_sentence(kind: ClauseKind, given: dict[str, Any], text: str):
    assert clauses.text_of(kind, given, NAMES) == text


@pytest.mark.parametrize("kind", list(ClauseKind))
def test_an_empty_draft_shows_blanks(kind: ClauseKind):
    assert clauses.BLANK in clauses.text_of(kind, {})


@pytest.mark.parametrize("kind", list(ClauseKind))
def test_the_pack_asks_for_exactly_the_fields_of_a_kind(kind: ClauseKind):
    asked = {element.key for element in pack.load().clauses[kind.value].fields}
    kept = {field.name for field in fields(clauses.FORMS[kind])}

    assert asked <= kept
    assert kept - asked <= {"debtor", "creditor"}


@pytest.mark.parametrize(
    "given",
    [
        {"debtor": "somebody"},
        {"amount_fen": "1200"},
        {"amount_fen": 12.5},
        {"due_on": "soon"},
        {"colour": "red"},
    ],
)
def test_fields_that_do_not_fit_are_refused(given: dict[str, Any]):
    with pytest.raises(BadInput):
        clauses.parse(ClauseKind.PAYMENT, given)


def test_documents_read_amount_day_and_people():
    given = BOTH | {"amount_fen": 1_200_000, "due_on": "2026-04-01"}

    facts = clauses.facts_of(ClauseKind.PAYMENT, given, "words", NAMES)

    assert (facts.obligor, facts.obligee) == ("被申请人李四", "申请人张三")
    assert (facts.amount_fen, facts.due_on, facts.text) == (1_200_000, day("2026-04-01"), "words")


def test_documents_read_every_instalment():
    parts = [{"due_on": "2026-04-01", "amount_fen": 100_000}, {"due_on": "2026-05-01", "amount_fen": 200_000}]

    facts = clauses.facts_of(ClauseKind.INSTALMENTS, BOTH | {"total_fen": 300_000, "parts": parts}, "words")

    assert [(i.due_on, i.amount_fen) for i in facts.instalments] == [
        (day("2026-04-01"), 100_000),
        (day("2026-05-01"), 200_000),
    ]
    assert facts.amount_fen == 300_000
