"""The steps of filing a dispute: one question a page, in this order, and what each must have answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from odr.rules import pack
from odr.rules.law import Element, Words
from odr.rules.words import PersonKind


@dataclass(frozen=True, slots=True)
class FilingStep:
    """One page of the wizard; `verb` is its line in the task list."""

    key: str
    verb: str
    needs: tuple[str, ...] = ()


STEPS = (
    FilingStep("cause", "说明是什么纠纷", ("cause",)),
    FilingStep("way", "选择希望怎样处理", ("asks",)),
    FilingStep("me", "填写您是谁", ("capacity", "name", "phone", "address")),
    FilingStep("other", "填写对方是谁", ("people",)),
    FilingStep("elements", "说明事情经过", ("story",)),
    FilingStep("claims", "写明您的请求", ("claims",)),
    FilingStep("evidence", "上传证据材料", ("seen",)),
    FilingStep("taking-part", "选择怎样参加调解", ("mode",)),
    FilingStep("service", "确认送达地址", ("address", "phone")),
)
KEYS = tuple(step.key for step in STEPS)

ASKS = {
    "mediation": "申请调解：先由调解组织主持协商，不立案",
    "suit": "提起诉讼：法院依法登记立案，双方同意的可以先行调解",
}
MODES = {
    "video": "视频参加",
    "phone": "电话参加",
    "onsite": "到法院或者调解组织现场参加",
}
CAPACITIES = {
    "self": "我是当事人本人（或者单位的法定代表人）",
    "agent": "我是代理人（律师、近亲属、单位工作人员等）",
}
SUPPORT = {
    "elderly": "老年人",
    "disabled": "有残疾，需要协助",
    "minor": "涉及未成年人",
    "interpreter": "需要翻译或者手语",
    "safety": "不希望与对方同时出现（人身安全）",
    "no-device": "没有合适的设备或者网络",
}
MOST_PEOPLE = 8
MOST_CLAIMS = 12


def answered(step: FilingStep, draft: Mapping[str, Any], elements: Iterable[Element] = ()) -> bool:
    """Whether a step has everything it needs."""
    given = draft.get(step.key) or {}
    if any(not given.get(name) for name in step.needs):
        return False
    if step.key == "elements":
        values = given.get("values", {})
        return all(values.get(e.key) not in (None, "") for e in elements if e.required)
    return True


def open_steps(draft: Mapping[str, Any], elements: Iterable[Element] = ()) -> tuple[str, ...]:
    """The steps that still need an answer, in order."""
    asked = tuple(elements)
    return tuple(step.key for step in STEPS if not answered(step, draft, asked))


def after(key: str) -> str:
    """The step that follows; after the last one come the answers to check."""
    index = KEYS.index(key) + 1
    return KEYS[index] if index < len(KEYS) else "check"


def amount_fen(draft: Mapping[str, Any]) -> int:
    """What is in dispute: the sum of the claims for money."""
    claims = (draft.get("claims") or {}).get("claims", [])
    return sum(claim.get("amount_fen") or 0 for claim in claims)


def kind_of(person: Mapping[str, Any]) -> PersonKind:
    return PersonKind(person.get("kind") or PersonKind.NATURAL)


def cause_name(key: str) -> str:
    """The cause of action as papers print it."""
    return cause_words(key).zh


def cause_words(key: str) -> Words:
    """The cause of action in every language of the product."""
    cause = pack.load().causes.get(key)
    return cause.name if cause else Words(key, key, key)
