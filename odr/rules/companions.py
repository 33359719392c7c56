"""Who may act for a party with which power, and who else may sit in a mediation (CPL-60..62, PML-20, SIM-14)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum

MOST_AGENTS = 2  # CPL-61
MOST_ASKS, ASKS_WITHIN = 5, timedelta(days=1)  # unanswered: each may go to a stranger's telephone


class Capacity(StrEnum):
    """What somebody who acts for a party is to them: guardian by law, or one of the three kinds of CPL-61."""

    GUARDIAN = "guardian"
    LAWYER = "lawyer"
    LEGAL_WORKER = "legal-worker"
    KIN = "kin"
    EMPLOYEE = "employee"
    RECOMMENDED = "recommended"


class Power(StrEnum):
    """Powers that a power of attorney has to name one by one (CPL-62)."""

    ADMIT = "admit"
    WAIVE = "waive"
    SETTLE = "settle"
    COUNTERCLAIM = "counterclaim"


class Part(StrEnum):
    """What somebody who is neither party nor agent does in a sitting."""

    THIRD_PERSON = "third-person"
    INTERPRETER = "interpreter"
    SUPPORT = "support"
    EXPERT = "expert"
    OBSERVER = "observer"


CAPACITIES = {
    Capacity.GUARDIAN: "法定代理人（监护人）",
    Capacity.LAWYER: "律师",
    Capacity.LEGAL_WORKER: "基层法律服务工作者",
    Capacity.KIN: "近亲属",
    Capacity.EMPLOYEE: "工作人员",
    Capacity.RECOMMENDED: "社区、单位或者社会团体推荐的公民",
}
POWERS = {
    Power.ADMIT: "承认对方的请求",
    Power.WAIVE: "放弃、变更请求",
    Power.SETTLE: "进行和解、签署调解协议",
    Power.COUNTERCLAIM: "提起反诉",
}
PARTS = {
    Part.THIRD_PERSON: "利害关系人（第三人）",
    Part.INTERPRETER: "翻译",
    Part.SUPPORT: "陪同人员",
    Part.EXPERT: "协助调解的人（亲属、邻里、专家等）",
    Part.OBSERVER: "旁听人员",
}
# What proves an agent's standing (CPLI-88)
PROOFS = {
    Capacity.GUARDIAN: "户口簿、出生证明等监护关系证明",
    Capacity.LAWYER: "授权委托书、律师执业证、律师事务所证明",
    Capacity.LEGAL_WORKER: "授权委托书、法律服务工作者执业证、基层法律服务所介绍信、当事人在本辖区的证明",
    Capacity.KIN: "授权委托书、身份证件、与委托人的近亲属关系证明",
    Capacity.EMPLOYEE: "授权委托书、身份证件、劳动或者人事关系证明",
    Capacity.RECOMMENDED: "授权委托书、身份证件、推荐材料",
}
# Mediation is not public: who only listens, and who is brought to help it along, needs both sides' yes
# (CPLI-146, PML-20). A third person is told by the mediator (SIM-14); support and language are a side's own.
NEEDS_BOTH = frozenset({Part.EXPERT, Part.OBSERVER})
OF_A_SIDE = frozenset({Part.SUPPORT})


def is_special(capacity: Capacity, powers: Iterable[str]) -> bool:
    """Whether an agent may settle: a guardian by law, others if the power is named.

    Bare “full authority” names no power and gives none (CPLI-89).
    """
    return capacity is Capacity.GUARDIAN or Power.SETTLE in set(powers)
