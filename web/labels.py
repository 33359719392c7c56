"""Words for the members of closed vocabularies, for templates: `{{ case.stage|label }}`."""

from __future__ import annotations

from enum import StrEnum

from odr.rules import pack
from odr.rules.falsity import Sign
from odr.rules.halts import Halt
from odr.rules.law import Words
from odr.rules.moves import (
    AgreementStage,
    CaseStage,
    ConfirmationStage,
    ObjectionStage,
    PerformanceStage,
    SittingStage,
)
from odr.rules.words import Mode, RulingKind, Side, Track
from web.words import language, say

LABELS: tuple[tuple[StrEnum, str], ...] = (
    (CaseStage.CREATED, "征求双方意见"),
    (CaseStage.CHOOSING, "选择调解员"),
    (CaseStage.OFFERED, "待调解员确认"),
    (CaseStage.ACCEPTED, "调解员已接受"),
    (CaseStage.SCHEDULED, "已安排调解"),
    (CaseStage.IN_MEDIATION, "调解中"),
    (CaseStage.SUSPENDED, "中止"),
    (CaseStage.SCHEME_SERVED, "书面方案异议期"),
    (CaseStage.AGREED, "待签名"),
    (CaseStage.SETTLED, "已解决"),
    (CaseStage.ENDED, "未达成协议"),
    (CaseStage.HANDED_OVER, "已移送立案"),
    (SittingStage.PLANNED, "待开始"),
    (SittingStage.GATHERING, "等候中"),
    (SittingStage.LIVE, "进行中"),
    (SittingStage.FROZEN, "暂停：调解员掉线"),
    (SittingStage.PAUSED, "休息"),
    (SittingStage.CLOSED, "已结束"),
    (SittingStage.NO_SHOW, "有人未到"),
    (SittingStage.RESCHEDULED, "已改期"),
    (AgreementStage.DRAFTING, "起草中"),
    (AgreementStage.SERVED, "书面方案异议期"),
    (AgreementStage.SIGNING, "待签名"),
    (AgreementStage.REFUSED, "未签成"),
    (AgreementStage.EFFECTIVE, "已生效"),
    (AgreementStage.PERFORMED, "已当场履行"),
    (AgreementStage.APPLIED, "已申请司法确认"),
    (AgreementStage.LAPSED, "已过申请期限"),
    (AgreementStage.COURT_PAPER, "已制作民事调解书"),
    (AgreementStage.SUPERSEDED, "已被新版本取代"),
    (ConfirmationStage.PREPARED, "待各方共同申请"),
    (ConfirmationStage.SUBMITTED, "待受理"),
    (ConfirmationStage.CORRECTING, "待补正申请"),
    (ConfirmationStage.NOT_ACCEPTED, "不予受理"),
    (ConfirmationStage.ACCEPTED, "已受理"),
    (ConfirmationStage.ASSIGNED, "已分案"),
    (ConfirmationStage.REVIEW, "审查中"),
    (ConfirmationStage.SUPPLEMENTING, "待补充材料"),
    (ConfirmationStage.WITHDRAWING, "撤回待准许"),
    (ConfirmationStage.REVOKED, "裁定已撤销"),
    (ConfirmationStage.CONFIRMED, "已裁定确认"),
    (ConfirmationStage.DISMISSED, "已裁定驳回"),
    (ConfirmationStage.WITHDRAWN, "已撤回申请"),
    (ConfirmationStage.TERMINATED, "已终结"),
    (PerformanceStage.PENDING, "待履行"),
    (PerformanceStage.CLAIMED, "称已履行，待对方确认"),
    (PerformanceStage.PARTIAL, "部分履行"),
    (PerformanceStage.PERFORMED, "已履行"),
    (PerformanceStage.OVERDUE, "逾期未履行"),
    (PerformanceStage.ENFORCING, "已申请执行"),
    (PerformanceStage.ENFORCED, "已执行完毕"),
    (ObjectionStage.FILED, "待分案"),
    (ObjectionStage.ASSIGNED, "审查中"),
    (ObjectionStage.UPHELD, "异议成立，撤销原裁定"),
    (ObjectionStage.CHANGED, "异议成立，变更原裁定"),
    (ObjectionStage.DISMISSED, "已驳回异议"),
    (ObjectionStage.WITHDRAWN, "已撤回异议"),
    (Mode.SYNC, "同时在线视频"),
    (Mode.SPLIT, "分别在线视频"),
    (Mode.ASSISTED, "到调解点使用设备"),
    (Mode.ONSITE, "现场调解"),
    (Halt.FALSITY, "疑似虚假调解，报请审查"),
    (Halt.APPRAISAL, "正在鉴定"),
    (Halt.FORCE_MAJEURE, "不可抗力"),
    (Sign.SAME_AGENT, "双方由同一人代理"),
    (Sign.SAME_CONTACT, "双方使用同一个电话或者邮箱"),
    (Sign.SAME_PERSON, "双方是同一个人或者同一个单位"),
    (Sign.SAME_DEVICE, "双方从同一台设备登录"),
    (Sign.SAME_ADDRESS, "双方的地址相同"),
    (Sign.RELATED, "双方之间可能有关联关系"),
    (Sign.INSTANT_ADMISSION, "大额债务很快得到全部承认"),
    (Sign.FREQUENT_PAIR, "同样的双方近一年内多次发生纠纷"),
    (Sign.SEIZED, "涉及被查封、冻结或者保全的财产"),
    (Sign.UNDER_THRESHOLD, "金额紧贴某个标准以下"),
    (Sign.THIRD_PARTY_ASSET, "协议处分了案外人的财产"),
    (Side.APPLICANT, "申请人"),
    (Side.RESPONDENT, "被申请人"),
    (Track.PARTY_APPLIED, "当事人申请调解"),
    (Track.PRE_FILING_DELEGATED, "诉前委派调解"),
    (Track.POST_FILING_COMMISSIONED, "立案后先行调解（委托调解）"),
    (Track.JUDGE_LED, "审判人员主持调解"),
    (Track.ADMIN_OR_OTHER, "行政争议及其他调解"),
    (RulingKind.CONFIRMED, "确认调解协议有效"),
    (RulingKind.DISMISSED, "驳回申请"),
    (RulingKind.NOT_ACCEPTED, "不予受理"),
    (RulingKind.WITHDRAWN, "按撤回申请处理"),
    (RulingKind.WITHDRAWAL, "准许撤回申请"),
    (RulingKind.TERMINATED, "终结特别程序"),
    (RulingKind.REVOKED, "撤销原裁定"),
    (RulingKind.CHANGED, "变更原裁定"),
    (RulingKind.OBJECTION_DISMISSED, "驳回异议"),
)
# members of different vocabularies may be the same text, and then are equal: the type tells them apart
_WORDS = {(type(member), member.value): text for member, text in LABELS}


def label(member: StrEnum) -> str:
    """The member in the reader's language."""
    return say(_WORDS[type(member), member.value])


def told(text: Words) -> str:
    """Words of the rule pack in the reader's language."""
    return text.say(language.get())


def grounds(kind: str) -> list[tuple[str, str]]:
    """A closed list of the rule pack as options of a question."""
    return [(key, told(ground.words)) for key, ground in pack.load().grounds[kind].items()]
