"""What a clause of an agreement consists of, and the sentence it makes.

Fields are stored as plain JSON (dates as `2026-03-01`, money in fen, sides as `applicant`, `respondent`);
a draft may lack any of them. The labels for people stand in the rule pack, `clauses.toml`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from odr.errors import BadInput
from odr.facts import ClauseFacts, InstalmentFacts, canon
from odr.facts.words import chinese_number, day
from odr.rules import calendar
from odr.rules.money import in_full, yuan
from odr.rules.words import ClauseKind, Side

Names = Mapping[Side, str]
ROLES: Names = {Side.APPLICANT: "申请人", Side.RESPONDENT: "被申请人"}
BLANK = "____"

_CHOICES: dict[str, tuple[str, ...]] = {
    "debtor": tuple(Side),
    "creditor": tuple(Side),
    "payer": (*Side, "half", "own"),
}
_METHODS = {"transfer": "银行转账", "app": "微信或者支付宝", "cash": "现金"}
_MANNERS = {"oral": "当面口头", "written": "书面", "public": "公开"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What all kinds of clause share."""

    debtor: str = ""
    creditor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentFields(Fields):
    about: str = ""
    amount_fen: int | None = None
    due_on: date | None = None
    method: str = ""
    payee: str = ""
    bank: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One instalment."""

    due_on: date | None = None
    amount_fen: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InstalmentFields(Fields):
    about: str = ""
    total_fen: int | None = None
    parts: tuple[Part, ...] = ()
    all_due: bool = False
    method: str = ""
    payee: str = ""
    bank: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActFields(Fields):
    what: str = ""
    due_on: date | None = None
    standard: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverFields(Fields):
    thing: str = ""
    due_on: date | None = None
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApologyFields(Fields):
    manner: str = ""
    due_on: date | None = None
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForbearanceFields(Fields):
    what: str = ""
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultFields(Fields):
    trigger: str = ""
    rate: str = ""
    amount_fen: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CostsFields(Fields):
    payer: str = ""
    what: str = ""
    amount_fen: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherFields(Fields):
    what: str = ""


FORMS: dict[ClauseKind, type[Fields]] = {
    ClauseKind.PAYMENT: PaymentFields,
    ClauseKind.INSTALMENTS: InstalmentFields,
    ClauseKind.ACT: ActFields,
    ClauseKind.HANDOVER: HandoverFields,
    ClauseKind.APOLOGY: ApologyFields,
    ClauseKind.FORBEARANCE: ForbearanceFields,
    ClauseKind.DEFAULT: DefaultFields,
    ClauseKind.COSTS: CostsFields,
    ClauseKind.OTHER: OtherFields,
}


def parse(kind: ClauseKind, fields: Mapping[str, Any]) -> Fields:
    """The fields of a clause; what is empty counts as missing, what does not fit is BadInput."""
    found = canon.build(FORMS[kind], _given(fields), "clause")
    for name, allowed in _CHOICES.items():
        if getattr(found, name, "") not in ("", *allowed):
            raise BadInput(**{f"clause.{name}": "choose-one"})
    named = [*dates(found), *filter(None, [getattr(found, "from_on", None)])]
    if not all(calendar.in_reach(one) for one in named):
        raise BadInput(**{"clause.due_on": "not-a-date"})
    return found


def dates(fields: Fields) -> list[date]:
    """The days by which something is to be done."""
    parts = fields.parts if isinstance(fields, InstalmentFields) else ()
    days = [getattr(fields, "due_on", None), getattr(fields, "until_on", None), *(p.due_on for p in parts)]
    return [found for found in days if found is not None]


def text_of(kind: ClauseKind, fields: Mapping[str, Any], names: Names = ROLES) -> str:
    """The sentence that binds; what is missing yet shows as a blank."""
    return _SENTENCES[kind](parse(kind, fields), names)


def facts_of(kind: ClauseKind, fields: Mapping[str, Any], text: str, names: Names = ROLES) -> ClauseFacts:
    """The clause as documents and enforcement read it."""
    found = parse(kind, fields)
    parts = found.parts if isinstance(found, InstalmentFields) else ()
    return ClauseFacts(
        text=text,
        act=kind.value,
        obligor=_name(found.debtor, names) if found.debtor else "",
        obligee=_name(found.creditor, names) if found.creditor else "",
        amount_fen=getattr(found, "amount_fen", None) or getattr(found, "total_fen", None),
        due_on=getattr(found, "due_on", None),
        instalments=tuple(
            InstalmentFacts(due_on=part.due_on, amount_fen=part.amount_fen)
            for part in parts
            if part.due_on is not None and part.amount_fen is not None
        ),
    )


def _given(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _given(item) for key, item in value.items() if item not in ("", None)}
    return [_given(item) for item in value] if isinstance(value, list | tuple) else value


def _name(side: str, names: Names) -> str:
    return names[Side(side)] if side else BLANK


def _money(fen: int | None) -> str:
    return BLANK if fen is None else in_full(fen)


def _by(on: date | None) -> str:
    """于某日前（含当日）: whether the day itself still counts must not be open."""
    return f"于{day(on) if on else BLANK}前（含当日）"


def _how(found: PaymentFields | InstalmentFields) -> str:
    labels = (("户名", found.payee), ("开户银行", found.bank), ("账号", found.account))
    known = [_METHODS.get(found.method, found.method)] if found.method else []
    known += [f"{label}：{value}" for label, value in labels if value]
    return f"付款方式：{'，'.join(known)}。" if known else ""


def _payment(f: Any, names: Names) -> str:
    return (
        f"{_name(f.debtor, names)}{_by(f.due_on)}向{_name(f.creditor, names)}"
        f"支付{f.about}{_money(f.amount_fen)}。{_how(f)}"
    )


def _instalments(f: Any, names: Names) -> str:
    parts = "；".join(
        f"第{chinese_number(n)}期{_by(p.due_on)}支付{BLANK if p.amount_fen is None else yuan(p.amount_fen)}"
        for n, p in enumerate(f.parts, start=1)
    )
    creditor = _name(f.creditor, names)
    rest = f"任何一期未按时足额支付的，剩余款项一并到期，{creditor}可以就全部未付款项申请强制执行。"
    return (
        f"{_name(f.debtor, names)}向{creditor}分期支付{f.about}共计{_money(f.total_fen)}："
        f"{parts or BLANK}。{_how(f)}{rest if f.all_due else ''}"
    )


def _act(f: Any, names: Names) -> str:
    standard = f"履行标准：{f.standard}。" if f.standard else ""
    return f"{_name(f.debtor, names)}{_by(f.due_on)}完成以下事项：{f.what or BLANK}。{standard}"


def _handover(f: Any, names: Names) -> str:
    place = f"，交付地点：{f.place}" if f.place else ""
    return (
        f"{_name(f.debtor, names)}{_by(f.due_on)}将{f.thing or BLANK}交付{_name(f.creditor, names)}{place}。"
    )


def _apology(f: Any, names: Names) -> str:
    where = f"（{f.where}）" if f.where else ""
    manner = _MANNERS.get(f.manner, f.manner) or BLANK
    return (
        f"{_name(f.debtor, names)}{_by(f.due_on)}以{manner}方式{where}向{_name(f.creditor, names)}赔礼道歉。"
    )


def _forbearance(f: Any, names: Names) -> str:
    since = f"自{day(f.from_on)}起" if f.from_on else "自协议生效之日起"
    until = f"至{day(f.until_on)}止" if f.until_on else ""
    return f"{_name(f.debtor, names)}{since}{until}不得{f.what or BLANK}。"


def _default(f: Any, names: Names) -> str:
    to = f"向{_name(f.creditor, names)}" if f.creditor else ""
    how = [f"按{f.rate}计付违约金"] if f.rate else []
    how += [f"支付违约金{_money(f.amount_fen)}"] if f.amount_fen is not None or not f.rate else []
    return f"{f.trigger or '逾期未履行上述义务的'}，{_name(f.debtor, names)}{to}{'，并'.join(how)}。"


def _costs(f: Any, names: Names) -> str:
    bearer = {"half": "由双方各负担一半", "own": "由双方各自负担", "": f"由{BLANK}负担"}.get(f.payer)
    amount = _money(f.amount_fen) if f.amount_fen is not None else ""
    return f"{f.what or BLANK}{amount}{bearer or f'由{_name(f.payer, names)}负担'}。"


def _other(f: Any, names: Names) -> str:
    return f"{f.what.rstrip('。') or BLANK}。"


_SENTENCES: dict[ClauseKind, Callable[[Any, Names], str]] = {
    ClauseKind.PAYMENT: _payment,
    ClauseKind.INSTALMENTS: _instalments,
    ClauseKind.ACT: _act,
    ClauseKind.HANDOVER: _handover,
    ClauseKind.APOLOGY: _apology,
    ClauseKind.FORBEARANCE: _forbearance,
    ClauseKind.DEFAULT: _default,
    ClauseKind.COSTS: _costs,
    ClauseKind.OTHER: _other,
}
