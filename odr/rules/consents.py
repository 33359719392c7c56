"""What a party is asked to agree to, step by step (ODM-4, OLR-4, PIPL-23). Default is no.

A changed text gets a new version; consent stays tied to the version that was shown.
"""

from __future__ import annotations

from dataclasses import dataclass

from odr.rules.words import Step


@dataclass(frozen=True, slots=True)
class ConsentText:
    """One step: what it is, what it means, under which version of the words."""

    step: Step
    title: str
    meaning: str
    version: str = "1"


TEXTS = (
    ConsentText(
        Step.MEDIATION,
        "同意调解",
        "由中立的调解员主持双方协商。您随时可以退出，退出不影响起诉；调解中作出的让步不会在诉讼中对您不利。",
    ),
    ConsentText(
        Step.VIDEO,
        "同意以视频方式参加",
        "在家用手机或者电脑参加。不同意的，为您安排电话或者现场方式。",
    ),
    ConsentText(
        Step.E_SIGN,
        "同意电子签名",
        "达成协议时在手机或者电脑上签名，与手写签名具有同等效力。不同意的，可以签纸质文本。",
    ),
    ConsentText(
        Step.E_SERVICE,
        "同意电子送达",
        "文书送到您的平台账号，同时短信提醒；到达之日就是送达之日。您仍可以随时要求纸质文书。",
    ),
    ConsentText(
        Step.SHARE_WITH_ORG,
        "同意将材料提供给调解组织",
        "您的姓名、联系方式、纠纷情况和证据会提供给承办的调解组织和调解员，仅用于本次调解。",
    ),
)
BY_STEP = {text.step: text for text in TEXTS}
# Without these a mediation on the platform cannot begin; the others only change how it is done.
REQUIRED = frozenset({Step.MEDIATION})
