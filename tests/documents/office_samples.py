"""Invented papers around a mediation: mediators, returns, schemes, risks, complaints, fees, roster."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from odr import facts as f
from tests.documents.cast import APPLICANT, CAUSE, CLAUSES, COMMON, ORG, PARTIES, RESPONDENT, SIGNED, at

CASE = "（2026）浙0106诉前调1024号"
AGREED = "（2026）西人调字第86号"
ASK = "0571-88880001（工作日9时至17时）"
BOTH = ("王昇", "杭州喆垚贸易有限公司")

PAPERS: list[tuple[str, f.DocumentFacts]] = [
    ("", f.AppointmentFacts(
        **COMMON, number="浙0106选2026000031", case_number=CASE, manner="更换", addressees=BOTH, parties=PARTIES, cause=CAUSE, organisation=ORG, mediator="周喆", former="陈玥堃",
        reason="与一方代理人系近亲属，依法回避", basis="双方于2026年11月8日共同选定新的调解员。", object_until=date(2026, 11, 12), contact=ASK)),
    ("", f.RecusalFacts(
        **COMMON, number="浙0106避2026000003", case_number=CASE, applicant=replace(APPLICANT, role="申请人").masked(), parties=PARTIES, cause=CAUSE, mediator="陈玥堃",
        ground="与纠纷当事人、代理人有其他关系，可能影响公正调解", facts="调解员三年前曾受被申请人邀请作普法讲座。", asked_on=date(2026, 11, 6), granted=True,
        decision="准许申请人的回避申请，调解员陈玥堃回避。", reason="申请人所述情形属实，可能影响对方对调解公正的信赖。", decided_by="张堃")),
    ("", f.ReturnNoteFacts(
        **COMMON, number=f"{AGREED}退", case_number=CASE, organisation=ORG, parties=PARTIES, cause=CAUSE, received_on=date(2026, 11, 5), reason="该纠纷超出本单位的调解范围",
        article="《人民法院在线调解规则》第十二条", explanation="涉案货物的质量争议需要专业调解组织处理。", files=("纠纷登记表一份；", "购销合同、送货单各一份。"), contact=ASK)),
    ("", f.NoObjectionFacts(
        **COMMON, number=f"{AGREED}方案", case_number=CASE, parties=tuple(p.masked() for p in PARTIES), cause=CAUSE, organisation=ORG, mediators=("陈玥堃",),
        facts=("欠付货款本金为123456元；", "被申请人同意付款，仅对期限有异议。"), gap="申请人要求年内一次付清，被申请人请求分三期支付。", clauses=CLAUSES,
        consent="2026年11月18日，各方当事人均书面同意由调解员提出方案。", due_on=date(2026, 11, 28), channel="在平台“我的纠纷”中点击“提出异议”，或者书面送交调解组织、人民法院。", signatures=SIGNED[2:])),
    ("", f.OralAgreementFacts(
        **COMMON, number=f"{AGREED}口头", case_number=CASE, parties=tuple(p.masked() for p in PARTIES), cause=CAUSE, organisation=ORG, mediators=("陈玥堃",), agreed_at=at(18, 3), place="在线多元解纷平台",
        brief="双方因最后一批货物的运费500元发生争议。", contents=("被申请人当场支付运费500元；", "双方就运费再无其他争议。"), performance="当场履行完毕", signatures=SIGNED)),
    ("", f.PerformanceFacts(
        **COMMON, number=f"{AGREED}履行", case_number=CASE, parties=PARTIES, cause=CAUSE, organisation=ORG, agreement_number=AGREED,
        lines=(f.PerformanceLineFacts(term="第一期货款", due_on=date(2026, 12, 15), done_on=date(2026, 12, 14), amount_fen=6000000, proof="银行回单", confirmed_by="王昇"),
               f.PerformanceLineFacts(term="第二期货款", due_on=date(2026, 12, 31), amount_fen=6345600)),
        result="第一期已经履行，第二期尚未到期。", visited_on=date(2026, 12, 20), visit="双方对协议履行情况满意，未提出新的问题。", visitor="陈玥堃", signatures=SIGNED[2:])),
    ("", f.RiskNoticeFacts(
        **COMMON, number="浙0106险2026000031", addressee="王昇", cause=CAUSE,
        risks=(f.StatementFacts(speaker="举证不能", text="对自己的主张不能提供证据或者证据不足的，可能承担不利后果。"), f.StatementFacts(speaker="超过时效", text="对方以诉讼时效期间届满抗辩并成立的，法院不支持该项请求。"),
               f.StatementFacts(speaker="无财产可供执行", text="被执行人没有可供执行的财产的，胜诉权益可能不能及时实现。")),
        ways=(f.StatementFacts(speaker="调解", text="自愿参加，不收费，达成的协议可以申请司法确认。"), f.StatementFacts(speaker="支付令", text="债权债务明确、没有其他给付纠纷的，可以申请支付令。")),
        costs=("按请求金额123456元计算，案件受理费为2769.12元，适用简易程序的减半收取；", "申请司法确认不收费。"), law=("《中华人民共和国民事诉讼法》第六十七条；", "《中华人民共和国民法典》第一百八十八条。"))),
    ("", f.AppraisalFacts(
        **COMMON, number="浙0106鉴2026000002", case_number=CASE, applicant=RESPONDENT, parties=PARTIES, cause=CAUSE, matters=("第六批货物的质量是否符合合同约定；",),
        reason="双方对第六批货物的质量各执一词，影响货款数额的确定。", materials=("封存样品两件；", "购销合同一份。"), consent="申请人王昇同意在诉前鉴定。", signatures=SIGNED[1:2])),
    ("", f.ComplaintFacts(
        **COMMON, number="浙0106诉处2026000001", case_number=CASE, complainant="王昇", subject="调解员陈玥堃", received_on=date(2026, 11, 9), ground="调解员强迫调解", claim="调解员多次催促其当场签字。",
        findings="调取录像核实，调解员两次提示时间，未见强迫签字的言行；但未按规定说明可以随时终止调解。", decisions=("对调解员陈玥堃予以提醒谈话；", "重新告知双方可以随时终止调解。"),
        article="《人民法院在线调解规则》第二十九条", contact="12368诉讼服务热线")),
    ("", f.RosterCertificateFacts(
        **COMMON, number="浙0106特邀2026000018", holder="陈玥堃", role="特邀调解员", fields=("买卖合同纠纷", "民间借贷纠纷", "物业服务合同纠纷"), organisation=ORG,
        valid_from=date(2026, 1, 1), valid_until=date(2028, 12, 31))),
    ("", f.FeeReliefFacts(
        **COMMON, number="浙0106减2026000005", case_number="（2026）浙0106民初2210号", applicant=replace(APPLICANT, role="申请人"), cause=CAUSE, relief="缓交", fee_fen=276912, asked_fen=276912,
        ground="正在接受有关部门法律援助", article="《诉讼费用交纳办法》第四十七条", reason="本人停业，无固定收入，暂时无力交纳。", proofs=("法律援助决定书；", "低保证明。"),
        asked_on=date(2026, 11, 5), judge="张堃", opinion="符合缓交条件，拟同意。", approver="周赟", decision="同意缓交至裁判作出前。", decided_on=date(2026, 11, 6))),
]  # fmt: skip
