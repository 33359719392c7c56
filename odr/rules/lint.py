"""What makes a clause unenforceable, said before anybody signs: no amount, no day, no payee, CMR-8, CPLI-355 …

An `error` would make a court refuse or dismiss; a `warning` makes enforcement hard. Nothing is forbidden
here: the mediator explains or corrects, and the judge sees what was left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from odr.facts.words import day
from odr.rules import clauses
from odr.rules.clauses import Fields, InstalmentFields, PaymentFields
from odr.rules.money import yuan
from odr.rules.words import ClauseKind

ERROR, WARNING = "error", "warning"


@dataclass(frozen=True, slots=True)
class Term:
    """A clause as it stands in the draft."""

    position: int
    kind: ClauseKind
    fields: Mapping[str, Any]
    text: str


@dataclass(frozen=True, slots=True)
class LintFinding:
    """One weakness; `words` is its key in the rule pack. Position 0 is the agreement as a whole."""

    position: int
    code: str
    severity: str

    @property
    def words(self) -> str:
        return f"lint.{self.code}"


def lint(terms: Sequence[Term], *, on: date, wants_confirmation: bool = True) -> list[LintFinding]:
    """Every weakness of a draft, clause by clause, as seen on this day."""
    found = [finding for term in terms for finding in _of_term(term, on, wants_confirmation)]
    return found + [LintFinding(0, code, severity) for code, severity in _of_whole(terms)]


def is_enforceable(findings: Iterable[LintFinding]) -> bool:
    """Whether no finding is an error."""
    return all(finding.severity != ERROR for finding in findings)


_VAGUE = re.compile(
    r"尽快|尽早|近期|近日|及时|适时|择日|日后|以后再|有钱|有能力|条件(允许|许可)|手头宽裕|"
    r"[年月]底|[年月]末|春节前后|左右(支付|付清|归还|完成)"
)
_SUE = re.compile(
    r"(不履行|未履行|违约|逾期|不按|反悔)[^。]{0,30}"
    r"(起诉|诉至|提起诉讼|请求(人民)?法院(作出)?(判决|裁判)|由法院判决)"
)
_STATUS = re.compile(
    r"(解除|确认|恢复|撤销)[^。，；]{0,8}(婚姻|夫妻|收养|亲子|父子|父女|母子|母女)[^。，；]{0,4}关系|"
    r"(同意|准予|自愿|双方)离婚|婚姻(有效|无效)"
)
_TITLE = re.compile(
    r"(所有权|产权|使用权|著作权|版权|专利权|商标权|股权)[^。，；]{0,6}(归|属于|确认为)|"
    r"(房屋|房产|土地|宅基地|车位|专利|商标)[^。；]{0,20}(归|属于)[^。，；]{1,12}所有"
)
_THIRD = re.compile(r"案外人|第三人|(父母|父亲|母亲|配偶|妻子|丈夫|子女|儿子|女儿|兄弟|公司)名下")
_GUARANTEE = re.compile(r"提供(连带责任)?(保证|担保|抵押|质押)")
_GUARANTOR = re.compile(r"(保证人|担保人|抵押人|出质人|由)\s*[：:]?\s*[^，。；：由]{2,}")
_TEXT_RULES = (
    ("vague-date", _VAGUE, WARNING, False),
    ("sue-clause", _SUE, ERROR, False),
    ("status", _STATUS, ERROR, True),
    ("title", _TITLE, ERROR, True),
    ("third-party", _THIRD, WARNING, False),
)


def _of_term(term: Term, on: date, wants_confirmation: bool) -> Iterator[LintFinding]:
    fields = clauses.parse(term.kind, term.fields)
    for code, severity in (
        *_gaps(term.kind, fields),
        *_sums(fields),
        *_days(fields, on),
        *_money_route(fields),
        *_wording(term, fields, wants_confirmation),
    ):
        yield LintFinding(term.position, code, severity)


def _gaps(kind: ClauseKind, fields: Fields) -> Iterator[tuple[str, str]]:
    """What the kind of clause cannot do without."""
    for code, names in _NEEDED[kind].items():
        if any(not getattr(fields, name) for name in names):
            yield code, ERROR
    if fields.debtor and fields.debtor == fields.creditor:
        yield "same-side", ERROR


def _sums(fields: Fields) -> Iterator[tuple[str, str]]:
    if not isinstance(fields, InstalmentFields) or not fields.parts:
        return
    amounts = [part.amount_fen for part in fields.parts]
    days = [part.due_on for part in fields.parts]
    if any(not amount for amount in amounts):
        yield "no-amount", ERROR
    elif sum(amount or 0 for amount in amounts) != fields.total_fen:
        yield "sum-differs", ERROR
    if None in days:
        yield "no-date", ERROR
    elif any(a >= b for a, b in pairwise(d for d in days if d)):
        yield "dates-unordered", WARNING


def _days(fields: Fields, on: date) -> Iterator[tuple[str, str]]:
    if any(due < on for due in clauses.dates(fields)):
        yield "past-date", WARNING


def _money_route(fields: Fields) -> Iterator[tuple[str, str]]:
    if not isinstance(fields, PaymentFields | InstalmentFields):
        return
    if fields.method == "transfer" and not (fields.payee and fields.account):
        yield "no-account", WARNING


def _wording(term: Term, fields: Fields, wants_confirmation: bool) -> Iterator[tuple[str, str]]:
    for code, pattern, severity, only_for_confirmation in _TEXT_RULES:
        if pattern.search(term.text):
            yield code, WARNING if only_for_confirmation and not wants_confirmation else severity
    if _GUARANTEE.search(term.text) and not _GUARANTOR.search(term.text):
        yield "no-guarantor", WARNING
    if any(said not in term.text for said in _to_be_said(fields)):
        yield "text-differs", ERROR


def _to_be_said(fields: Fields) -> Iterator[str]:
    """Amounts and days of the fields that the words must have."""
    parts = fields.parts if isinstance(fields, InstalmentFields) else ()
    amounts = [getattr(fields, "amount_fen", None), getattr(fields, "total_fen", None)]
    yield from (yuan(fen) for fen in (*amounts, *(p.amount_fen for p in parts)) if fen is not None)
    yield from (day(on) for on in clauses.dates(fields))


def _of_whole(terms: Sequence[Term]) -> Iterator[tuple[str, str]]:
    kinds = {term.kind for term in terms}
    if not terms:
        yield "empty", ERROR
    owes = kinds & {ClauseKind.PAYMENT, ClauseKind.INSTALMENTS}
    accelerated = any(term.fields.get("all_due") for term in terms)
    if owes and ClauseKind.DEFAULT not in kinds and not accelerated:
        yield "no-default", WARNING


_Needed = dict[str, tuple[str, ...]]
_SIDES: _Needed = {"no-debtor": ("debtor", "creditor")}
_NEEDED: dict[ClauseKind, _Needed] = {
    ClauseKind.PAYMENT: _SIDES | {"no-amount": ("amount_fen",), "no-date": ("due_on",)},
    ClauseKind.INSTALMENTS: _SIDES | {"no-amount": ("total_fen",), "no-parts": ("parts",)},
    ClauseKind.ACT: {"no-debtor": ("debtor",), "no-what": ("what",), "no-date": ("due_on",)},
    ClauseKind.HANDOVER: _SIDES | {"no-what": ("thing",), "no-date": ("due_on",)},
    ClauseKind.APOLOGY: _SIDES | {"no-what": ("manner",), "no-date": ("due_on",)},
    ClauseKind.FORBEARANCE: {"no-debtor": ("debtor",), "no-what": ("what",)},
    ClauseKind.DEFAULT: {"no-debtor": ("debtor",)},
    ClauseKind.COSTS: {"no-debtor": ("payer",), "no-what": ("what",)},
    ClauseKind.OTHER: {"no-what": ("what",)},
}
