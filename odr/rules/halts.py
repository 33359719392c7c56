"""Why a mediation stands still, and whether its clock does as well."""

from __future__ import annotations

from enum import StrEnum


class Halt(StrEnum):
    """Suspected falsity (SIM-18), an appraisal under way (ODM-26), or what nobody can help."""

    FALSITY = "falsity"
    APPRAISAL = "appraisal"
    FORCE_MAJEURE = "force-majeure"


NAMES = {
    Halt.FALSITY: "疑似虚假调解，报请审查",
    Halt.APPRAISAL: "正在鉴定",
    Halt.FORCE_MAJEURE: "不可抗力",
}
# ODM-26 leaves only the days of an appraisal uncounted; nobody can act during force majeure. While falsity
# is looked into the period runs on: a suspicion must not keep a party from suing (OPN).
PAUSES = frozenset({Halt.APPRAISAL, Halt.FORCE_MAJEURE})
