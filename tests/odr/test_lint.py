"""The lint of clauses: what a court could not confirm or enforce is said before anybody signs."""

from __future__ import annotations

from typing import Any

import pytest

from odr.rules import clauses, pack
from odr.rules.lint import ERROR, WARNING, LintFinding, Term, is_enforceable, lint
from odr.rules.words import ClauseKind
from tests.make import day

ON = day("2026-03-02")
BOTH = {"debtor": "respondent", "creditor": "applicant"}
ACCOUNT = {"method": "transfer", "payee": "张三", "account": "6222000011112222"}
PAYMENT = BOTH | ACCOUNT | {"amount_fen": 1_200_000, "due_on": "2026-04-01", "about": "借款本金"}
PARTS = [{"due_on": "2026-04-01", "amount_fen": 500_000}, {"due_on": "2026-05-01", "amount_fen": 700_000}]
INSTALMENTS = BOTH | {"total_fen": 1_200_000, "parts": PARTS, "all_due": True}
DEFAULT = {"debtor": "respondent", "rate": "全国银行间同业拆借中心公布的一年期贷款市场报价利率"}


def _term(kind: ClauseKind, fields: dict[str, Any], text: str | None = None, position: int = 1) -> Term:
    return Term(position, kind, fields, clauses.text_of(kind, fields) if text is None else text)


def _codes(term: Term, **known: Any) -> list[tuple[str, str]]:
    return [(f.code, f.severity) for f in lint([term], on=ON, **known) if f.position]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        (ClauseKind.PAYMENT, PAYMENT),
        (ClauseKind.INSTALMENTS, INSTALMENTS),
        (
            ClauseKind.ACT,
            {"debtor": "respondent", "what": "修复三楼卫生间的漏水管道", "due_on": "2026-03-31"},
        ),
        (ClauseKind.HANDOVER, BOTH | {"thing": "房屋钥匙两把", "due_on": "2026-03-31"}),
        (ClauseKind.APOLOGY, BOTH | {"manner": "written", "due_on": "2026-03-31"}),
        (ClauseKind.FORBEARANCE, {"debtor": "respondent", "what": "在22时后练琴"}),
        (ClauseKind.DEFAULT, DEFAULT),
        (ClauseKind.COSTS, {"payer": "half", "what": "鉴定费", "amount_fen": 300_000}),
        (ClauseKind.OTHER, {"what": "双方就本纠纷再无其他争议"}),
    ],
)
def test_a_complete_clause_of_every_kind_is_clean(kind: ClauseKind, fields: dict[str, Any]):
    assert _codes(_term(kind, fields)) == []


@pytest.mark.parametrize(
    ("kind", "fields", "code"),
    [
        (ClauseKind.PAYMENT, PAYMENT | {"amount_fen": None}, ("no-amount", ERROR)),
        (ClauseKind.PAYMENT, PAYMENT | {"due_on": ""}, ("no-date", ERROR)),
        (ClauseKind.PAYMENT, PAYMENT | {"debtor": ""}, ("no-debtor", ERROR)),
        (ClauseKind.PAYMENT, PAYMENT | {"creditor": "respondent"}, ("same-side", ERROR)),
        (ClauseKind.PAYMENT, PAYMENT | {"account": ""}, ("no-account", WARNING)),
        (ClauseKind.PAYMENT, PAYMENT | {"due_on": "2026-03-01"}, ("past-date", WARNING)),
        (ClauseKind.INSTALMENTS, INSTALMENTS | {"parts": []}, ("no-parts", ERROR)),
        (ClauseKind.INSTALMENTS, INSTALMENTS | {"total_fen": 1_200_001}, ("sum-differs", ERROR)),
        (ClauseKind.INSTALMENTS, INSTALMENTS | {"parts": PARTS[::-1]}, ("dates-unordered", WARNING)),
        (
            ClauseKind.INSTALMENTS,
            INSTALMENTS | {"parts": [PARTS[0], PARTS[0] | {"amount_fen": 700_000}]},
            ("dates-unordered", WARNING),
        ),
        (
            ClauseKind.INSTALMENTS,
            INSTALMENTS | {"parts": [PARTS[0], {"due_on": "2026-05-01"}]},
            ("no-amount", ERROR),
        ),
        (
            ClauseKind.INSTALMENTS,
            INSTALMENTS | {"parts": [PARTS[0], {"amount_fen": 700_000}]},
            ("no-date", ERROR),
        ),
        (ClauseKind.ACT, {"debtor": "respondent", "due_on": "2026-04-01"}, ("no-what", ERROR)),
        (ClauseKind.ACT, {"debtor": "respondent", "what": "修门"}, ("no-date", ERROR)),
        (ClauseKind.HANDOVER, BOTH | {"due_on": "2026-04-01"}, ("no-what", ERROR)),
        (ClauseKind.APOLOGY, BOTH | {"manner": "oral"}, ("no-date", ERROR)),
        (ClauseKind.FORBEARANCE, {"debtor": "respondent"}, ("no-what", ERROR)),
        (ClauseKind.DEFAULT, {"rate": "LPR"}, ("no-debtor", ERROR)),
        (ClauseKind.COSTS, {"what": "鉴定费"}, ("no-debtor", ERROR)),
        (ClauseKind.OTHER, {}, ("no-what", ERROR)),
    ],
)
def test_what_a_clause_lacks_is_named(kind: ClauseKind, fields: dict[str, Any], code: tuple[str, str]):
    assert _codes(_term(kind, fields)) == [code]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("被申请人尽快清偿全部欠款", "vague-date"),
        ("被申请人在有钱时归还", "vague-date"),
        ("被申请人于今年年底还清", "vague-date"),
        ("如被申请人不履行，申请人可以向人民法院起诉", "sue-clause"),
        ("逾期未付的，请求人民法院判决", "sue-clause"),
        ("双方自愿离婚", "status"),
        ("双方同意解除收养关系", "status"),
        ("天河区某路1号房屋归申请人所有", "title"),
        ("该商标权归申请人享有", "title"),
        ("以被申请人父母名下的车辆抵债", "third-party"),
        ("由案外人王某代为清偿", "third-party"),
        ("被申请人提供连带责任保证", "no-guarantor"),
    ],
)
def test_words_that_a_court_would_not_accept_are_found(text: str, code: str):
    assert [found for found, _ in _codes(_term(ClauseKind.OTHER, {"what": text}))] == [code]


@pytest.mark.parametrize(
    "text",
    [
        "被申请人逾期未付的，申请人可以申请强制执行",
        "被申请人逾期的，按未付金额每日万分之三支付违约金",
        "双方就本纠纷再无其他争议，不得再以同一事实提起诉讼",
        "保证人赵某提供连带责任保证，保证期间三年",
        "被申请人腾退房屋并结清水电费",
    ],
)
def test_lawful_words_are_left_alone(text: str):
    assert _codes(_term(ClauseKind.OTHER, {"what": text})) == []


def test_status_matters_less_when_no_confirmation_is_wanted():
    term = _term(ClauseKind.OTHER, {"what": "双方自愿离婚"})

    assert _codes(term) == [("status", ERROR)]
    assert _codes(term, wants_confirmation=False) == [("status", WARNING)]


@pytest.mark.parametrize(
    "text",
    [
        "被申请人于2026年4月1日前（含当日）向申请人支付人民币1,200元。",
        "被申请人于2026年5月1日前（含当日）向申请人支付人民币12,000元。",
    ],
)
def test_words_that_differ_from_the_fields_are_found(text: str):
    assert _codes(_term(ClauseKind.PAYMENT, PAYMENT, text)) == [("text-differs", ERROR)]


def test_payments_should_say_what_follows_if_they_are_late():
    findings = lint([_term(ClauseKind.PAYMENT, PAYMENT)], on=ON)

    assert findings == [LintFinding(0, "no-default", WARNING)]
    assert is_enforceable(findings)


def test_a_default_clause_is_enough():
    terms = [_term(ClauseKind.PAYMENT, PAYMENT), _term(ClauseKind.DEFAULT, DEFAULT, position=2)]

    assert lint(terms, on=ON) == []


def test_an_agreement_without_clauses_is_not_enforceable():
    assert not is_enforceable(lint([], on=ON))


def test_a_finding_says_which_clause_it_means():
    terms = [_term(ClauseKind.INSTALMENTS, INSTALMENTS), _term(ClauseKind.OTHER, {}, position=2)]

    assert [f.position for f in lint(terms, on=ON)] == [2]


def test_every_finding_has_its_words():
    from odr.rules import lint as rules

    written = {key for key in pack.load().messages if key.startswith("lint.")}
    codes = {code for needed in rules._NEEDED.values() for code in needed}
    codes |= {code for code, *_ in rules._TEXT_RULES}
    codes |= {"same-side", "sum-differs", "dates-unordered", "past-date", "no-account", "no-guarantor"}
    codes |= {"text-differs", "no-default", "empty"}

    assert written == {f"lint.{code}" for code in codes}
