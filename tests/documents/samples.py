"""One invented document of every kind, with the names that break typefaces."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from odr import facts as f
from tests.documents import court_samples, office_samples
from tests.documents.cast import (
    APPLICANT,
    CAUSE,
    CLAUSES,
    COMMON,
    COURT,
    EVIDENCE,
    LEVEL_3,
    ORG,
    PARTIES,
    RARE,
    RESPONDENT,
    SIGNED,
    at,
)

__all__ = ["ALL", "APPLICANT", "COURT", "LEVEL_3", "ORG", "PARTIES", "RARE", "RESPONDENT", "SIGNED", "at"]


def _ruling(**more: object) -> f.RulingFacts:
    return f.RulingFacts(
        **COMMON, number="（2026）浙0106民特12号", applicants=tuple(_as_applicant(p) for p in PARTIES),  # type: ignore[arg-type]  # keywords vary by ruling
        cause=CAUSE, organisation=ORG, received_on=date(2026, 11, 10), agreement_on=date(2026, 11, 18),
        agreement_number="（2026）西人调字第86号", judge="张堃", clerk="陈祎", **more,
    )  # fmt: skip


def _as_applicant(p: f.PartyFacts) -> f.PartyFacts:
    return replace(p, role="申请人").masked()


ALL: list[tuple[str, str, f.DocumentFacts]] = [
    (one.kind, name or one.kind, one)
    for name, one in [
        ("", f.RegistrationFacts(
            **COMMON, number="浙0106登2026000031", source="当事人在线申请", submitted_at=at(2), parties=PARTIES, cause=CAUSE,
            amount_fen=12345600, brief="2026年3月至6月，申请人按购销合同向被申请人供应办公用品六批，被申请人签收后尚欠货款123456元，多次催要未付。",
            claims=("请求被申请人支付货款123456元；", "请求被申请人支付逾期付款损失。"), evidence=EVIDENCE, desired_mode="在线视频调解",
            needs=("申请人需要手语翻译",), earlier_handling="曾由街道调解，未达成一致", service_address="平台账号及手机短信",
            next_steps=("法院将在七日内完成分流并告知您；", "对方同意后，由双方共同选择调解员。"))),
        ("", f.RightsNoticeFacts(
            **COMMON, number="浙0106告2026000031", case_number="（2026）浙0106诉前调1024号", addressee="王昇", cause=CAUSE,
            organisation=ORG, mediators=("陈玥堃",), contact="0571-88880001（工作日9时至17时）", complaint_channel="12368诉讼服务热线",
            extra=("需要翻译、无障碍设施或者其他协助的，可以提前提出。",), signatures=SIGNED[:1])),
        ("", f.ConsentFacts(
            **COMMON, number="浙0106同2026000031", case_number="（2026）浙0106诉前调1024号", party=APPLICANT, cause=CAUSE,
            items=(f.ConsentItemFacts(step="同意通过在线方式进行调解", agreed=True, at=at(5)),
                   f.ConsentItemFacts(step="同意以视频方式调解", agreed=True, at=at(5)),
                   f.ConsentItemFacts(step="同意对共同调解进行录音录像", agreed=False, at=at(5)),
                   f.ConsentItemFacts(step="同意使用电子签名", agreed=True, at=at(5)),
                   f.ConsentItemFacts(step="同意电子送达", agreed=True, at=at(5)),
                   f.ConsentItemFacts(step="同意人脸识别核验身份（单独同意）", agreed=False, at=at(5)),
                   f.ConsentItemFacts(step="同意将案件信息提供给调解组织", agreed=True, at=at(5))),
            mode="在线视频调解", mediator_choice="双方共同选择", withdrawal="可以在平台“我的纠纷”中随时撤回任何一项同意，或者告知调解员、法院。",
            device="手机浏览器，203.0.113.7", signatures=SIGNED[:1])),
        ("", f.ReferralFacts(
            **COMMON, number="（2026）浙0106诉前调1024号函", case_number="（2026）浙0106诉前调1024号", addressee=ORG, parties=PARTIES,
            cause=CAUSE, amount_fen=12345600, brief="双方因办公用品买卖货款发生争议，被申请人对欠款数额无异议，对付款时间和逾期付款损失有异议。",
            files=("纠纷登记表一份；", "购销合同、送货单各一份；", "送达地址确认书两份。"), period_days=30,
            consent="申请人已同意调解；被申请人是否同意调解，由本院征询；其明确拒绝的，本院即行通知，请退回全部材料。", period_rule="自特邀调解组织签字接收本院移交材料之日起计算", due_on=date(2026, 12, 21), contact_judge="张堃", contact_phone="0571-88880002")),
        ("", f.DisclosureFacts(
            **COMMON, number="（2026）西人调字第86号披露", case_number="（2026）浙0106诉前调1024号", mediator="陈玥堃", organisation=ORG,
            parties=PARTIES, cause=CAUSE, relation="本人三年前曾受被申请人邀请作过一次普法讲座，未收取报酬。",
            waiver="各方当事人知悉上述情形，均同意由其继续主持调解。", signatures=(SIGNED[2], SIGNED[0], SIGNED[1]))),
        ("", f.SittingNoticeFacts(
            **COMMON, number="浙0106调通2026000031", case_number="（2026）浙0106诉前调1024号", addressee="王昇", parties=PARTIES, cause=CAUSE,
            starts_at=at(18), minutes=90, mode="在线视频调解", place="在线多元解纷平台第三调解室", short_code="K7M4-92",
            mediators=("陈玥堃",), organisation=ORG, bring=("本人有效身份证件；", "购销合同、送货单原件。"),
            reschedule="不能按时参加的，请在2026年11月16日前在平台申请改期。", contact="0571-88880001")),
        ("", f.MinutesFacts(
            **COMMON, number="（2026）西人调字第86号笔录1", case_number="（2026）浙0106诉前调1024号", cause=CAUSE, sitting_number=1,
            started_at=at(18), ended_at=at(18, 3, 5), mode="在线视频调解", place="在线多元解纷平台", organisation=ORG, mediators=("陈玥堃",), recorder="周祎",
            attendees=(f.AttendeeFacts(name="王昇", role="申请人", identity="身份证件比对一致", place="杭州市西湖区"),
                       f.AttendeeFacts(name="赵赟", role="被申请人委托诉讼代理人", identity="律师执业证、授权委托书核验一致", place="杭州市滨江区")),
            notices_given=("调解自愿，可以随时终止；", "调解不公开，未经准许不得录音录像；", "虚假调解应当承担法律责任。"),
            disclosure="调解员陈玥堃与各方无利害关系，各方不申请更换。",
            statements=(f.StatementFacts(speaker="申请人", text="六批货物均已签收，请求支付货款123456元及逾期付款损失。"),
                        f.StatementFacts(speaker="被申请人代理人", text="对欠款数额无异议，因资金周转困难，请求分期支付。"),
                        f.StatementFacts(speaker="调解员", text="双方对主要事实没有争议，请围绕付款期限和保障方式协商。")),
            evidence=EVIDENCE, issues=("付款期限；", "逾期付款损失的计算标准。"), undisputed=("欠付货款本金为123456元；",),
            outcome="双方达成调解协议，另行签署调解协议书。", recording="共同调解室录像两段，时长1小时21分",
            recording_digest="sha256:" + "77c1" * 16, corrections=("申请人：第二段陈述中的“五批”更正为“六批”。",), signatures=SIGNED)),
        ("", f.UndisputedFacts(
            **COMMON, number="（2026）西人调字第86号无争议", case_number="（2026）浙0106诉前调1024号", parties=PARTIES, cause=CAUSE,
            dispute="各方对付款期限仍有争议。", facts=("2026年3月2日，双方签订购销合同；", "申请人已交付六批货物，总价223456元；", "被申请人已支付100000元，尚欠123456元。"),
            organisation=ORG, mediators=("陈玥堃",), signatures=SIGNED)),
        ("", f.AgreementFacts(
            **COMMON, number="（2026）西人调字第86号", case_number="（2026）浙0106诉前调1024号", parties=PARTIES, cause=CAUSE, organisation=ORG,
            mediators=("陈玥堃",), brief="2026年3月至6月，王昇按购销合同向杭州喆垚贸易有限公司供应办公用品六批，货款共计223456元，已付100000元，尚欠123456元。",
            disputed=("剩余货款的支付期限；", "逾期付款损失的计算标准。"), clauses=CLAUSES, costs="调解不收取费用。", signatures=SIGNED,
            effective_on=date(2026, 11, 18), text_digest="sha256:" + "3f2a9c77" * 8)),
        ("", f.ConfirmationApplicationFacts(
            **COMMON, number="浙0106确申2026000012", case_number="（2026）浙0106诉前调1024号", applicants=tuple(_as_applicant(p) for p in PARTIES), cause=CAUSE,
            organisation=ORG, agreement_number="（2026）西人调字第86号", agreement_on=date(2026, 11, 18),
            reasons="申请人之间的买卖合同纠纷经人民调解委员会主持，自愿达成调解协议，协议已由各方签名生效，请求依法审查确认。",
            attachments=("调解协议书一份；", "调解组织主持调解的证明一份；", "身份证明、授权委托书各一份。"), signatures=SIGNED[:2])),
        ("", f.SupplementNoticeFacts(
            **COMMON, number="（2026）浙0106民特12号之一", case_number="（2026）浙0106民特12号", addressees=("王昇", "杭州喆垚贸易有限公司"), cause=CAUSE,
            items=("被申请人法定代表人身份证明及授权委托书原件；", "收款账户为王昇本人账户的证明。"), due_on=date(2026, 11, 28), judge="张堃", contact="0571-88880002")),
        ("", f.AcceptanceNoticeFacts(
            **COMMON, number="（2026）浙0106民特12号", addressees=("王昇", "杭州喆垚贸易有限公司"), cause=CAUSE, organisation=ORG,
            received_on=date(2026, 11, 10), accepted_on=date(2026, 11, 12), judge="张堃", clerk="陈祎", contact="0571-88880002")),
        ("ruling_confirm", _ruling(ruling="confirm", accepted_on=date(2026, 11, 12), clauses=CLAUSES, assistant="林玥")),
        ("ruling_dismiss", _ruling(ruling="dismiss", accepted_on=date(2026, 11, 12), findings="收款账户户名并非申请人本人，各申请人未能说明理由；协议第一条的付款义务人与第二条不一致。", ground="内容不明确", article="第三百五十八条第五项")),
        ("ruling_not_accepted", _ruling(ruling="not_accepted", findings="调解协议约定确认案涉房屋归一方所有。", ground="内容涉及物权确权", article="第三百五十五条第一款第五项")),
        ("ruling_withdrawn", _ruling(ruling="withdrawn", accepted_on=date(2026, 11, 12), findings="2026年11月20日，申请人王昇以协议已经履行完毕为由，向本院申请撤回司法确认申请。", article="第三百五十七条第一款")),
        ("ruling_korean", _ruling(ruling="withdrawn", deemed=True, court_ko="길림성연변림구중급법원", accepted_on=date(2026, 11, 12), findings="2026年11月13日，本院通知申请人于2026年11月20日前补充证明材料，申请人逾期未补充，亦未说明理由。", article="第三百五十七条第二款")),
        ("", f.FailureReportFacts(
            **COMMON, number="（2026）西人调字第86号终", case_number="（2026）浙0106诉前调1024号", parties=PARTIES, cause=CAUSE, organisation=ORG, mediators=("陈玥堃",),
            end_reason="一方当事人明确拒绝继续调解", end_article="《人民法院在线调解规则》第二十五条", ended_on=date(2026, 11, 20),
            sittings=(f.SittingLineFacts(at=at(12), mode="在线视频", attended="双方到场"), f.SittingLineFacts(at=at(18), mode="在线视频", attended="被申请人未到场")),
            cost_acts=("被申请人两次申请改期后无正当理由未参加第二次调解。",), tips="诉讼时效因当事人申请调解而中断。",
            undisputed_number="（2026）西人调字第86号无争议", evidence=EVIDENCE, suggested_route="登记立案，可适用小额诉讼程序", signatures=SIGNED[2:])),
        ("", f.ServiceAddressFacts(
            **COMMON, number="浙0106送2026000031", case_number="（2026）浙0106诉前调1024号", party=APPLICANT, cause=CAUSE, receiver="王昇", postal_address="浙江省杭州市西湖区文三路88号3幢502室",
            postcode="310012", phone="13800001234", by_electronic=True, channels=(f.ChannelFacts(means="平台账号", address="王昇（已实名）"), f.ChannelFacts(means="手机短信", address="13800001234")),
            keep_confidential=True, signatures=SIGNED[:1])),
        ("", f.ServiceCertificateFacts(
            **COMMON, number="浙0106回2026000044", case_number="（2026）浙0106民特12号", cause=CAUSE, document="民事裁定书", document_number="（2026）浙0106民特12号",
            document_digest="sha256:" + "9b1d" * 16, recipient="王昇", mode="电子送达（平台账号）", address="平台账号：王昇（已实名）", sent_at=at(21, 2), arrived_at=at(21, 2), read_at=at(21, 4),
            result="已送达", server="陈祎")),
        ("", f.ExtensionFacts(
            **COMMON, number="（2026）西人调字第86号延", case_number="（2026）浙0106诉前调1024号", parties=PARTIES, cause=CAUSE, organisation=ORG, mediators=("陈玥堃",),
            reason="需要等待鉴定意见", old_end_on=date(2026, 11, 30), new_end_on=date(2026, 12, 20), signatures=SIGNED[:2])),
        ("", f.SigningCertificateFacts(
            **COMMON, number="〔2026〕浙0106签证第31号", case_number="（2026）浙0106诉前调1024号", agreement_number="〔2026〕浙0106调协字第86号",
            cause=CAUSE, text_digest="sha256:" + "9b1d" * 16, effective_on=date(2026, 11, 18), signers=(
                f.SignerFacts(who="王昇", role="申请人", known_by="实名账户；本次登录再次核验本人；发送至尾号1234的一次性验证码",
                              shown="sha256:" + "77aa" * 16, read_to_end="页面已显示至文末，并由签名人确认读完", signed_at=at(18),
                              place="网络地址摘要 9f86d081884c7d65；浏览器 Mozilla/5.0 (Linux; Android 14)", method="手写签名并经验证码核验"),
                f.SignerFacts(who="陈玥堃", role="调解员", known_by="实名账户；第二重验证；发送至尾号5678的一次性验证码",
                              shown="sha256:" + "77aa" * 16, read_to_end="由签名人确认读完全文", signed_at=at(18),
                              place="网络地址摘要 60303ae22b998861；浏览器 Firefox 141", method="键入签名并经验证码核验")))),
        *court_samples.PAPERS,
        *office_samples.PAPERS,
    ]
]  # fmt: skip
SECOND = ("agreement", "ruling_confirm", "acceptance_notice", "sitting_notice", "rights_notice")
ALL += [
    (kind, f"{name}_korean", replace(one, court="和龙林区基层法院", court_ko="화룡림구기층법원"))
    for kind, name, one in ALL
    if name in SECOND
]
