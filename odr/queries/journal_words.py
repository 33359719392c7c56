"""What each kind of journal entry says to the people of the matter. One line a kind; Chinese is the source.

Only `%(who)s` may stand in a sentence. A kind not listed is not shown to parties except as NEUTRAL, and
what happens inside a talk (zone JOINT) is not shown to those who may not read that zone.
"""

from __future__ import annotations

from odr.rules.words import Zone

NEUTRAL = "%(who)s办理了一项程序"

SENTENCES = {
    "dispute.begun": "%(who)s开始填写纠纷登记",
    "dispute.submitted": "%(who)s提交了纠纷登记，法院开始审查",
    "dispute.returned": "%(who)s退回材料，请按说明修改",
    "dispute.registered": "%(who)s登记立案",
    "dispute.diverted": "%(who)s告知通过其他途径办理",
    "triage.objected": "%(who)s对分流决定提出异议",
    "case.delegated": "%(who)s移交调解组织调解，并通知对方",
    "invitation.sent": "法院向对方发出调解邀请",
    "invitation.opened": "对方打开了邀请",
    "invitation.claimed": "%(who)s核对身份后进入本案",
    "mandate.offered": "%(who)s请人代理",
    "mandate.claimed": "%(who)s作为代理人进入本案",
    "mandate.checked": "%(who)s核对了代理手续",
    "mandate.ended": "代理已经解除",
    "participant.asked": "%(who)s提出请人参加调解",
    "participant.agreed": "%(who)s同意他人参加调解",
    "participant.joined": "受邀的人承诺保密后加入",
    "participant.ended": "有人不再参加调解",
    "address.confirmed": "%(who)s确认了送达地址",
    "consent.answered": "%(who)s确认了同意事项",
    "mediation.refused": "%(who)s表示不同意调解，调解结束",
    "case.consented": "双方都同意调解，开始选择调解员",
    "evidence.added": "%(who)s提交了一份证据",
    "evidence.withdrawn": "%(who)s撤回了一份证据",
    "document.published": "一份文书已经签发",
    "document.served": "%(who)s送达了一份文书",
    "document.read": "%(who)s阅读了送达的文书",
    "document.voided": "%(who)s宣布一份文书作废",
    "mediator.chosen": "%(who)s提出了希望的调解员",
    "mediator.replaced": "%(who)s申请更换调解员",
    "case.offered": "已请调解员确认是否承办",
    "case.accepted": "%(who)s接受承办，调解期限开始计算",
    "case.declined": "%(who)s谢绝承办，重新选择调解员",
    "disclosure.waived": "%(who)s知悉披露的情况，仍然同意由该调解员调解",
    "lot.drawn": "%(who)s随机抽选，过程可以复核",
    "party.contacted": "%(who)s联系了对方当事人",
    "times.offered": "%(who)s填写了方便的时间",
    "sitting.scheduled": "%(who)s安排了一次调解",
    "sitting.rescheduled": "%(who)s改了调解时间",
    "sitting.opened": "调解开始",
    "sitting.paused": "调解暂停",
    "sitting.closed": "本次调解结束",
    "sitting.no_show": "有人没有到场，本次调解没有进行",
    "recording.started": "经在场各方同意，开始录音录像",
    "recording.failed": "录制设备故障，录音录像停止",
    "recording.stopped": "停止录音录像",
    "minutes.frozen": "调解笔录已经整理好，请核对",
    "minutes.confirmed": "%(who)s确认了调解笔录",
    "extension.asked": "%(who)s提出延长调解期限",
    "extension.agreed": "%(who)s同意延长调解期限",
    "mediator.recusal_asked": "%(who)s申请调解员回避",
    "mediator.recusal_waived": "%(who)s知悉情况，仍同意由该调解员调解",
    "mediator.recusal_decided": "%(who)s对回避申请作出决定",
    "appraisal.asked": "%(who)s申请鉴定",
    "appraisal.answered": "%(who)s答复了鉴定申请",
    "appraisal.ended": "鉴定结束",
    "scheme.offered": "%(who)s拟提出书面调解方案，征求各方意见",
    "scheme.answered": "%(who)s答复了是否采用书面方案",
    "scheme.served": "%(who)s提出书面调解方案，送达各方",
    "scheme.objected": "%(who)s对书面调解方案提出异议",
    "case.suspended": "%(who)s中止了调解",
    "case.resumed": "%(who)s恢复了调解",
    "agreement.drafted": "%(who)s开始拟定调解协议",
    "agreement.frozen": "协议文本已经确定，等待签名",
    "agreement.reopened": "协议文本退回修改",
    "agreement.signed": "%(who)s在调解协议上签名",
    "agreement.signed_on_paper": "%(who)s登记了各方在纸质文本上的签名",
    "agreement.countersigned": "%(who)s作为调解员签名",
    "agreement.effective": "调解协议生效",
    "agreement.refused": "%(who)s没有在协议上签名",
    "agreement.performed": "协议当场履行完毕",
    "case.settled": "调解成功，调解结束",
    "case.ended": "调解结束，没有达成协议",
    "case.handed_over": "材料转交立案或者审理",
    "confirmation.prepared": "%(who)s申请司法确认，等待对方一起申请",
    "confirmation.submitted": "双方共同申请了司法确认",
    "confirmation.accepted": "%(who)s受理了司法确认申请",
    "confirmation.withdrawn": "%(who)s撤回了司法确认申请",
    "confirmation.reviewed": "%(who)s开始审查",
    "judge.replaced": "更换了审查法官，重新随机确定",
    "recusal.asked": "%(who)s申请法官回避",
    "recusal.refused": "%(who)s决定不予回避",
    "review.extension_asked": "%(who)s申请延长审查期限",
    "review.extended": "%(who)s批准延长审查期限",
    "review.extension_refused": "%(who)s没有批准延长审查期限",
    "inquiry.called": "%(who)s通知双方到场询问",
    "verification.asked": "%(who)s向调解组织核实情况",
    "verification.answered": "%(who)s答复了法院的核实",
    "objection.raised": "%(who)s对确认裁定提出异议",
    "objection.withdrawn": "%(who)s撤回了异议",
    "objection.decided": "%(who)s对异议作出裁定",
    "enforcement.applied": "%(who)s生成了强制执行申请材料",
    "enforcement.ended": "%(who)s记录执行完毕",
    "performance.partly": "%(who)s确认收到部分履行",
    "performance.reminded": "到期前提醒了履行义务人",
    "preservation.reported": "%(who)s报告已采取诉前保全措施",
    "judge.drawn": "随机确定了审查法官，过程可以复核",
    "supplement.asked": "%(who)s要求补充材料",
    "supplement.answered": "%(who)s补充了材料",
    "ruling.issued": "%(who)s作出裁定",
    "paper.asked": "%(who)s要求纸质文书",
    "paper.sent": "纸质文书已经寄出",
    "paper.received": "%(who)s登记了纸质文书的签收",
    "performance.claimed": "%(who)s报告已经履行",
    "performance.acknowledged": "%(who)s确认已经履行",
    "performance.urged": "%(who)s催促履行",
    "agreement.lapsed": "共同申请司法确认的期限已过",
    "deadline.warned": "一项期限快到了，已提醒有关人员",
    "deadline.passed": "一项期限已到",
    "minutes.answered": "%(who)s答复了笔录的更正意见",
    "minutes.corrected": "%(who)s要求更正调解笔录",
    "recording.consented": "%(who)s同意录音录像",
    "recording.consent_refused": "%(who)s不同意录音录像",
    "sitting.frozen": "调解员掉线，双方回到各自的等候室",
    "sitting.identity_checked": "%(who)s核对了参加人身份",
    "sitting.notices_read": "%(who)s阅读了权利义务告知",
    "case.exported": "%(who)s下载了整个案卷",
    "case.rated": "%(who)s评价了本次服务",
}

# What belongs to the talk itself: only those who may read its zone see that it happened.
JOINT = (
    "sitting.",
    "recording.",
    "minutes.",
    "fact.",
    "clause.",
    "times.",
    "extension.",
    "scheme.",
    "agreement.drafted",
)
# Inner workings that would only make noise in a party's timeline; the journal keeps them all the same.
UNSHOWN = (
    "complaint.",  # it is between its author and the court
    "confirmation.checked",
    "dispute.step_saved",
    "document.frozen",
    "lot.committed",
    "minutes.written",
    "recording.kept",
    "recording.restarted",
    "recording.filmed",
    "recording.sealed",
    "suspicion.",  # the court's own look at good faith
    "sitting.caucus_opened",
    "sitting.connected",
    "sitting.device_attached",
    "sitting.device_tested",
    "sitting.disconnected",
    "sitting.entered",
    "sitting.gathered",
    "sitting.hand_lowered",
    "sitting.hand_raised",
    "sitting.hushed",
    "sitting.identity_stated",
    "sitting.left",
    "sitting.moved",
    "sitting.said",
    "sitting.signing_",
    "note.written",
    "clause.",
    "fact.",
)


def sentence(kind: str) -> str:
    """The sentence for a kind of entry."""
    return SENTENCES.get(kind, NEUTRAL)


def zone(kind: str) -> Zone:
    """Who may see that this happened."""
    return Zone.JOINT if kind.startswith(JOINT) else Zone.RECORD


def is_shown(kind: str) -> bool:
    """Whether a timeline mentions this kind at all."""
    return not kind.startswith(UNSHOWN)
