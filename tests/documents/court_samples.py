"""Invented papers of the court's own procedures: inquiry, objection, extension, enforcement, file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from odr import facts as f
from tests.documents.cast import (
    APPLICANT,
    CAUSE,
    CLAUSES,
    COMMON,
    EVIDENCE,
    ORG,
    PARTIES,
    RESPONDENT,
    SIGNED,
    at,
)

CASE = "（2026）浙0106诉前调1024号"
RULED = "（2026）浙0106民特12号"
AGREED = "（2026）西人调字第86号"
JUDGED: dict[str, Any] = {"judge": "张堃", "assistant": "林玥", "clerk": "陈祎"}

PAPERS: list[tuple[str, f.DocumentFacts]] = [
    ("ruling_terminated", f.RulingFacts(
        **COMMON, number=RULED, ruling="terminated", applicants=tuple(replace(p, role="申请人").masked() for p in PARTIES), cause=CAUSE, organisation=ORG,
        received_on=date(2026, 11, 10), accepted_on=date(2026, 11, 12), agreement_on=date(2026, 11, 18), agreement_number=AGREED,
        findings="申请人在询问中对欠付货款的数额和交货数量各执一词。", ground="之间存在民事权益争议", article="第一百八十六条", judge="张堃", clerk="陈祎")),
    ("objection_upheld", f.ObjectionRulingFacts(
        **COMMON, number="（2026）浙0106民特异3号", case_number=CASE, result="revoked",
        objectors=(replace(APPLICANT, role="异议人（利害关系人）", name="方祎"),), others=tuple(replace(p, role="申请人") for p in PARTIES), cause=CAUSE,
        ruled_number=RULED, ruled_on=date(2026, 11, 21), raised_on=date(2026, 12, 3), claim="案涉六批货物为其与王昇共有，调解协议未经其同意处分全部货款，请求撤销确认裁定。",
        findings="购销合同由王昇与方祎共同作为供方签订，货款由二人共有；调解时方祎未到场，亦未授权王昇处分。",
        opinion="调解协议处分了案外人享有的债权，侵害他人合法权益，异议成立。",
        orders=(f"撤销本院{RULED}民事裁定；", "驳回王昇、杭州喆垚贸易有限公司的司法确认申请。"), **JUDGED)),
    ("objection_dismissed", f.ObjectionRulingFacts(
        **COMMON, number="（2026）浙0106民特异4号", result="dismissed", objectors=(replace(RESPONDENT, role="异议人（原申请人）"),), others=(replace(APPLICANT, role="申请人"),),
        cause=CAUSE, ruled_number=RULED, ruled_on=date(2026, 11, 21), raised_on=date(2026, 12, 1), claim="付款期限过短，请求改变确认裁定。",
        findings="调解协议由双方自愿签订，付款期限系双方协商一致。", opinion="调解协议的约定不违反法律规定，异议人未提出应当撤销或者改变原裁定的事由，异议不成立。",
        orders=("驳回杭州喆垚贸易有限公司的异议。",), **JUDGED)),
    ("", f.InquiryFacts(
        **COMMON, number=f"{RULED}询问笔录", case_number=RULED, cause=CAUSE, started_at=at(19), ended_at=at(19, 2, 10), mode="在线视频询问", place="在线多元解纷平台第二法庭",
        judge="张堃", clerk="陈祎",
        attendees=(f.AttendeeFacts(name="王昇", role="申请人", identity="身份证件比对一致", place="杭州市西湖区"),
                   f.AttendeeFacts(name="赵赟", role="申请人委托诉讼代理人", identity="律师执业证、授权委托书核验一致", place="杭州市滨江区")),
        notices_given=("有权申请回避，有权在裁定作出前撤回申请；", "应当如实陈述，虚假调解应当承担法律责任；", "裁定一经作出即发生法律效力，拒绝履行的，对方可以申请强制执行。"),
        questions=(f.QuestionFacts(text="调解协议是否系各方自愿达成，有无受到胁迫、欺诈？", answers=(f.StatementFacts(speaker="王昇", text="自愿达成，没有胁迫、欺诈。"), f.StatementFacts(speaker="赵赟", text="系公司真实意思。"))),
                   f.QuestionFacts(text="是否理解协议内容和司法确认的法律后果？", answers=(f.StatementFacts(speaker="王昇", text="理解。"), f.StatementFacts(speaker="赵赟", text="理解，知道不履行会被强制执行。"))),
                   f.QuestionFacts(text="协议所述事实是否真实，有无损害他人合法权益？", answers=(f.StatementFacts(speaker="王昇", text="真实，货款只属于我本人。"), f.StatementFacts(speaker="赵赟", text="真实，不涉及第三人。")))),
        evidence=EVIDENCE[:1], outcome="各方对协议内容无异议，均请求确认协议有效。", recording="全程录音录像，时长40分钟。", recording_digest="sha256:" + "5ad0" * 16,
        corrections=("赵赟：第二问回答中的“公司”补充为“被代理公司”。",), signatures=SIGNED[:2])),
    ("", f.ExtensionApprovalFacts(
        **COMMON, number=f"{RULED}延审", case_number=RULED, parties=tuple(replace(p, role="申请人").masked() for p in PARTIES), cause=CAUSE, accepted_on=date(2026, 11, 12),
        due_on=date(2026, 11, 27), new_due_on=date(2026, 12, 7), days="十日", reason="一方申请人因住院不能按期接受询问，需另行安排。",
        article="《最高人民法院关于人民调解协议司法确认程序的若干规定》第五条", judge="张堃", asked_on=date(2026, 11, 20), approver="周赟", opinion="请抓紧审查。", decided_on=date(2026, 11, 21))),
    ("", f.CivilMediationFacts(
        **COMMON, number="（2026）浙0106民初2210号", case_number=CASE, parties=(replace(APPLICANT, role="原告").masked(), replace(RESPONDENT, role="被告").masked()), cause=CAUSE,
        registered_on=date(2026, 11, 5), claims=("判令被告支付货款123456元；", "判令被告支付逾期付款损失。"),
        brief="2026年3月至6月，原告向被告供应办公用品六批，货款共计223456元，被告已付100000元，尚欠123456元。", organisation=ORG, clauses=CLAUSES,
        fee_fen=138450, fee_rule="由被告杭州喆垚贸易有限公司负担", **JUDGED)),
    ("", f.EnforcementApplicationFacts(
        **COMMON, number="浙0106执申2027000004", case_number=CASE, applicants=(replace(APPLICANT, role="申请执行人"),), respondents=(replace(RESPONDENT, role="被执行人"),), cause=CAUSE,
        ruling_number=RULED, ruled_on=date(2026, 11, 21), requests=("强制执行尚欠货款63456元；", "加倍支付迟延履行期间的债务利息。"),
        facts="被执行人于2026年12月15日支付第一期60000元，第二期63456元到期后经催告仍未支付。", unpaid_fen=6345600, apply_until=date(2028, 12, 31),
        attachments=("民事裁定书及送达凭证；", "调解协议书；", "付款凭证。"), signatures=SIGNED[:1])),
    ("", f.EvidenceListFacts(
        **COMMON, number="浙0106证2026000031", case_number=CASE, parties=PARTIES, cause=CAUSE, submitter="王昇", submitter_role="申请人",
        items=tuple(replace(one, sort=sort, form=form, source="申请人自存", pages=pages) for one, sort, form, pages in zip(EVIDENCE, ("书证", "书证"), ("电子件", "复印件"), (3, 6), strict=True)),
        received_at=at(2), receiver="陈祎", signatures=SIGNED[:1])),
    ("", f.CaseFileFacts(
        **COMMON, number="浙0106卷2026000031", case_number=CASE, parties=PARTIES, cause=CAUSE, organisation=ORG, mediators=("陈玥堃",), opened_on=date(2026, 11, 2),
        closed_on=date(2026, 11, 21), outcome="达成调解协议，经司法确认", ruling_number=RULED, retention="长期（三十年，至2056年11月21日）",
        entries=tuple(f.IndexEntryFacts(title=title, number=number, made_on=date(2026, 11, day), pages=pages, digest="sha256:" + mark * 16) for title, number, day, pages, mark in (
            ("纠纷登记表", "浙0106登2026000031", 2, "1-2", "31aa"), ("调解告知书", "浙0106告2026000031", 5, "3", "77b2"), ("委派调解函", f"{CASE}函", 5, "4-5", "c0de"),
            ("调解笔录", f"{AGREED}笔录1", 18, "6-9", "9f3c"), ("调解协议书", AGREED, 18, "10-12", "4e21"), ("民事裁定书", RULED, 21, "13-15", "b00b"))),
        note="共同调解录像两段随卷保存，单方沟通不入卷。", archivist="陈祎", archived_on=date(2026, 12, 1))),
]  # fmt: skip
