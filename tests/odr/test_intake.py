"""Filing, triage, invitation, consent: from a person's draft to a mediation that both sides want."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlmodel import Session, col, select

from odr import deadlines, demo
from odr.actions import agents, consents, evidence, intake, invitations, triage
from odr.errors import BadInput, Conflict, DeadlinePassed, NotAllowed, NotFound, WrongStage
from odr.queries import disputes as reading
from odr.queries import timeline, turn
from odr.rules.access import Actor
from odr.rules.companions import Capacity
from odr.rules.moves import CaseStage, DisputeStage
from odr.rules.uploads import Kept
from odr.rules.words import EndReason, Role, Side, Step, Track, Zone
from odr.tables.disputes import Consent, Dispute, Invitation, Party, Triage
from odr.tables.mediations import MediationCase
from odr.tables.people import Message
from odr.tables.records import Document, JournalEntry
from tests.make import Make, kept, moment

AT = moment("2026-03-02 09:00")
LATER = moment("2026-03-03 09:00")
ZHANG = "11010519491231002X"

ANSWERS: dict[str, dict[str, Any]] = {
    "cause": {"cause": "private-lending"},
    "way": {"asks": "mediation"},
    "me": {
        "capacity": "self",
        "kind": "natural",
        "name": "张三",
        "identity_number": ZHANG,
        "phone": "13800000001",
        "address": "广州市天河区某路1号",
    },
    "other": {"people": [{"kind": "natural", "name": "李四", "phone": "13800000002", "address": ""}]},
    "elements": {
        "story": "2025年借款，至今未还。",
        "values": {"lent_on": "2025-01-05", "principal": 1_000_000, "paid_by": "transfer", "note": "yes"},
    },
    "claims": {"claims": [{"text": "返还借款本金", "amount_fen": 1_000_000}]},
    "evidence": {"seen": True},
    "taking-part": {"mode": "video", "agrees": ["mediation", "video", "e-sign", "share-with-org"]},
    "service": {"address": "广州市天河区某路1号", "phone": "13800000001", "e_service": True},
}


def filed(s: Session, make: Make, **changed: dict[str, Any]) -> tuple[Dispute, Actor]:
    """A dispute submitted by 张三."""
    by = make.actor(make.account("张三", identity_number=ZHANG))
    dispute = intake.begin(s, make.court().id, cause="private-lending", by=by, at=AT)
    for step, answers in (ANSWERS | changed).items():
        intake.save(s, dispute.id, step, answers, by=by, at=AT)
    return intake.submit(s, dispute.id, by=by, at=AT), by


def delegated(s: Session, make: Make) -> tuple[Dispute, Actor, MediationCase, Actor]:
    dispute, by = filed(s, make)
    officer = make.staff(Role.TRIAGE)
    case = delegate(s, make, dispute, officer)
    return dispute, by, case, officer


def delegate(s: Session, make: Make, dispute: Dispute, officer: Actor, **changed: Any) -> MediationCase:
    wanted = {
        "by": officer,
        "at": AT,
        "org_id": make.organisation().id,
        "track": Track.PARTY_APPLIED,
        "route": "mediate",
        "reason": "",
        "origin": "https://court.example",
    } | changed
    return triage.delegate(s, dispute.id, **wanted)


def claimed(s: Session, make: Make) -> tuple[Dispute, Actor, MediationCase, Actor]:
    """A delegated dispute whose respondent has come in."""
    dispute, by, case, _ = delegated(s, make)
    respondent = make.actor(make.account("李四"))
    invitations.claim(s, code_of(s), by=respondent, at=LATER)
    return dispute, by, case, respondent


def code_of(s: Session) -> str:
    return s.exec(select(Invitation).order_by(col(Invitation.created_at).desc())).first().code


def kinds(s: Session, dispute: Dispute) -> list[str]:
    query = select(JournalEntry.kind).where(JournalEntry.subject == f"dispute:{dispute.id}")
    return list(s.exec(query.order_by(col(JournalEntry.seq))))


def papers(s: Session, dispute: Dispute) -> list[str]:
    return sorted(s.exec(select(Document.kind).where(Document.dispute_id == dispute.id)))


# filing


def test_a_submitted_dispute_has_a_number_a_receipt_and_seven_days(s: Session, make: Make) -> None:
    dispute, _ = filed(s, make)

    assert dispute.stage is DisputeStage.SUBMITTED
    assert dispute.number == "（2026）粤0106网登1号"
    assert (dispute.amount_fen, dispute.track) == (1_000_000, Track.PARTY_APPLIED)
    assert papers(s, dispute) == ["consent", "registration", "risk_notice", "service_address"]
    assert deadlines.find(s, f"dispute:{dispute.id}", "T-REG").due_at == moment("2026-03-09 23:59:59.999999")
    assert kinds(s, dispute).count("dispute.submitted") == 1


def test_a_suit_takes_the_track_that_registers_first(s: Session, make: Make) -> None:
    dispute, _ = filed(s, make, way={"asks": "suit"})

    assert dispute.track is Track.POST_FILING_COMMISSIONED


def test_an_unfinished_draft_names_the_steps_that_are_open(s: Session, make: Make) -> None:
    by = make.actor(make.account("张三"))
    dispute = intake.begin(s, make.court().id, cause="", by=by, at=AT)

    with pytest.raises(BadInput) as refused:
        intake.submit(s, dispute.id, by=by, at=AT)

    assert list(refused.value.details) == list(ANSWERS)


def test_an_unanswered_question_of_the_cause_keeps_the_draft_open(s: Session, make: Make) -> None:
    with pytest.raises(BadInput) as refused:
        filed(s, make, elements={"story": "没有写本金", "values": {"lent_on": "2025-01-05"}})

    assert list(refused.value.details) == ["elements"]


def test_another_cause_drops_the_answers_to_the_old_ones_questions(s: Session, make: Make) -> None:
    by = make.actor(make.account("张三"))
    dispute = intake.begin(s, make.court().id, cause="private-lending", by=by, at=AT)
    intake.save(s, dispute.id, "elements", ANSWERS["elements"], by=by, at=AT)

    intake.save(s, dispute.id, "cause", {"cause": "sale"}, by=by, at=AT)

    assert "elements" not in dispute.draft


def test_a_draft_is_nobody_elses_business(s: Session, make: Make) -> None:
    dispute = intake.begin(s, make.court().id, cause="", by=make.actor(make.account()), at=AT)

    with pytest.raises(NotFound):
        intake.save(s, dispute.id, "way", {"asks": "suit"}, by=make.actor(make.account("别人")), at=AT)


def test_a_submitted_dispute_cannot_be_changed_or_submitted_again(s: Session, make: Make) -> None:
    dispute, by = filed(s, make)

    with pytest.raises(WrongStage):
        intake.save(s, dispute.id, "way", {"asks": "suit"}, by=by, at=LATER)
    with pytest.raises(WrongStage):
        intake.submit(s, dispute.id, by=by, at=LATER)


def test_an_agent_files_for_somebody_else(s: Session, make: Make) -> None:
    me = ANSWERS["me"] | {"capacity": "agent", "name": "王五", "identity_number": "", "special": True}
    dispute, by = filed(s, make, me=me)

    party = s.exec(select(Party).where(Party.dispute_id == dispute.id, Party.side == Side.APPLICANT)).one()
    assert (party.name, party.account_id, party.agent_account_id) == ("王五", None, by.account_id)
    assert not party.agent_special  # until its paper was checked


def test_only_what_was_ticked_is_consented_to(s: Session, make: Make) -> None:
    filed(s, make, service=ANSWERS["service"] | {"e_service": False})

    assert set(s.exec(select(Consent.step))) == {Step.MEDIATION, Step.VIDEO, Step.E_SIGN, Step.SHARE_WITH_ORG}


# triage


def test_a_returned_dispute_is_corrected_and_keeps_its_number(s: Session, make: Make) -> None:
    dispute, by = filed(s, make)
    number = dispute.number
    triage.send_back(
        s, dispute.id, by=make.staff(Role.TRIAGE), at=LATER, ground="incomplete", what="请补充借条。"
    )
    assert deadlines.find(s, f"dispute:{dispute.id}", "T-REG") is None

    intake.save(s, dispute.id, "other", ANSWERS["other"], by=by, at=LATER)
    intake.submit(s, dispute.id, by=by, at=LATER)

    assert (dispute.number, dispute.stage) == (number, DisputeStage.SUBMITTED)
    assert len(s.exec(select(Party).where(Party.dispute_id == dispute.id)).all()) == 2
    assert deadlines.find(s, f"dispute:{dispute.id}", "T-REG").since == LATER


def test_another_way_than_proposed_needs_a_reason(s: Session, make: Make) -> None:
    dispute, _ = filed(s, make)
    officer = make.staff(Role.TRIAGE)

    with pytest.raises(BadInput):
        triage.divert(s, dispute.id, by=officer, at=LATER, route="arbitration", reason=" ")
    triage.divert(s, dispute.id, by=officer, at=LATER, route="arbitration", reason="有仲裁条款")

    row = s.exec(select(Triage)).one()
    assert (row.decision, row.overrides, row.reason) == ("arbitration", True, "有仲裁条款")
    assert dispute.stage is DisputeStage.DIVERTED


def test_delegating_makes_a_case_a_letter_and_an_invitation(s: Session, make: Make) -> None:
    dispute, _, case, _ = delegated(s, make)

    assert (case.stage, case.number) == (CaseStage.CREATED, "（2026）粤0106网调1号")
    assert dispute.stage is DisputeStage.INVITING
    assert "referral" in papers(s, dispute)
    assert papers(s, dispute).count("rights_notice") == 2
    invitation = s.exec(select(Invitation)).one()
    letter = s.exec(select(Message).where(Message.destination == "13800000002")).one()
    token = letter.about.removeprefix("/i/")
    assert f"https://court.example/i/{token}" in letter.body
    assert invitation.token_hash == invitations.token_hash(token)
    assert token not in str(s.exec(select(JournalEntry.body)).all())


def test_a_complaint_is_not_mediated_before_it_is_registered(s: Session, make: Make) -> None:
    dispute, _ = filed(s, make, way={"asks": "suit"})
    officer = make.staff(Role.TRIAGE)
    commissioned = {"track": Track.POST_FILING_COMMISSIONED, "reason": "双方愿意"}

    with pytest.raises(BadInput):
        delegate(s, make, dispute, officer, **commissioned)
    triage.register(s, dispute.id, by=officer, at=AT, route="suit", reason="符合起诉条件")
    assert dispute.filing_number == "（2026）粤0106民初1号"
    case = delegate(s, make, dispute, officer, **commissioned)

    assert case.track is Track.POST_FILING_COMMISSIONED


def test_the_old_way_before_registration_is_closed_since_2025(s: Session, make: Make) -> None:
    dispute, _ = filed(s, make)

    with pytest.raises(BadInput) as refused:
        delegate(s, make, dispute, make.staff(Role.TRIAGE), track=Track.PRE_FILING_DELEGATED)

    assert refused.value.details == {"track": "track-closed"}


def test_nobody_but_the_officer_decides(s: Session, make: Make) -> None:
    dispute, by = filed(s, make)

    with pytest.raises(NotAllowed):
        delegate(s, make, dispute, by)
    with pytest.raises(NotFound):
        delegate(s, make, dispute, make.staff(Role.TRIAGE, court=make.court("吉7502", "和龙林区基层法院")))


def test_a_party_objects_and_the_officer_is_told(s: Session, make: Make) -> None:
    dispute, by, _, officer = delegated(s, make)

    triage.object_to(s, dispute.id, by=by, at=LATER, text="我要求直接立案")

    assert s.exec(select(Triage)).one().objection == "我要求直接立案"
    assert (
        s.exec(select(Message).where(Message.account_id == officer.account_id))
        .one()
        .about.startswith("/triage/")
    )
    assert "我要求直接立案" not in str(s.exec(select(JournalEntry.body)).all())


# the respondent's way in


def test_the_right_person_comes_in_with_the_short_code(s: Session, make: Make) -> None:
    delegated(s, make)
    respondent = make.actor(make.account("李 四"))

    party = invitations.claim(s, code_of(s).upper(), by=respondent, at=LATER)

    assert party.account_id == respondent.account_id
    assert invitations.claim(s, code_of(s), by=respondent, at=LATER) is party


@pytest.mark.parametrize("name", ["李五", "张三"])
def test_somebody_else_does_not_come_in(s: Session, make: Make, name: str) -> None:
    delegated(s, make)

    with pytest.raises(BadInput) as refused:
        invitations.claim(s, code_of(s), by=make.actor(make.account(name)), at=LATER)

    assert refused.value.details == {"person": "not-you"}


def test_nobody_stands_on_both_sides(s: Session, make: Make) -> None:
    by = make.actor(make.account("张三"))
    dispute, _ = filed(s, make, other={"people": [{"name": "张三", "phone": "13800000002"}]})
    applicant = s.exec(select(Party).where(Party.side == Side.APPLICANT)).one()
    applicant.account_id = by.account_id
    delegate(s, make, dispute, make.staff(Role.TRIAGE))

    with pytest.raises(BadInput) as refused:
        invitations.claim(s, code_of(s), by=by, at=LATER)

    assert refused.value.details == {"person": "other-side"}


def test_a_number_that_was_given_must_fit_as_well(s: Session, make: Make) -> None:
    other = {"people": [{"name": "李四", "identity_number": "440106199001012395", "phone": "13800000002"}]}
    dispute, _ = filed(s, make, other=other)
    delegate(s, make, dispute, make.staff(Role.TRIAGE))

    with pytest.raises(BadInput):
        invitations.claim(s, code_of(s), by=make.actor(make.account("李四", identity_number=ZHANG)), at=LATER)


def test_an_invitation_ends_after_thirty_days_or_when_used(s: Session, make: Make) -> None:
    _, _, _, _ = delegated(s, make)
    with pytest.raises(DeadlinePassed):
        invitations.claim(s, code_of(s), by=make.actor(make.account("李四")), at=moment("2026-04-01 09:01"))

    invitations.claim(s, code_of(s), by=make.actor(make.account("李四")), at=LATER)
    with pytest.raises(Conflict):
        invitations.claim(s, code_of(s), by=make.actor(make.account("李四")), at=LATER)


# consent


def test_mediation_begins_when_the_last_side_agrees(s: Session, make: Make) -> None:
    dispute, _, case, respondent = claimed(s, make)

    consents.answer(s, dispute.id, {Step.VIDEO: True}, by=respondent, at=LATER)
    assert dispute.stage is DisputeStage.INVITING
    consents.answer(s, dispute.id, {Step.MEDIATION: True}, by=respondent, at=LATER)

    assert (dispute.stage, case.stage) == (DisputeStage.IN_MEDIATION, CaseStage.CHOOSING)
    assert deadlines.find(s, f"case:{case.id}", "T-PICK").due_at == moment("2026-03-05 23:59:59.999999")
    assert deadlines.find(s, f"dispute:{dispute.id}", "T-LINK") is None


def test_one_refusal_ends_it_and_the_applicant_is_told_at_once(s: Session, make: Make) -> None:
    dispute, by, case, respondent = claimed(s, make)

    consents.refuse(s, dispute.id, by=respondent, at=LATER, reason="sue", note="请法院判")

    assert (dispute.stage, case.stage) == (DisputeStage.REFUSED, CaseStage.ENDED)
    assert case.end_reason is EndReason.UNWILLING
    told = s.exec(select(Message).where(Message.subject == "对方不同意调解")).first()
    assert told.account_id in (by.account_id, None)
    assert deadlines.running(s, f"dispute:{dispute.id}") == []
    assert "请法院判" not in str(s.exec(select(JournalEntry.body)).all())


def test_the_journal_says_that_a_refusal_ended_the_case(s: Session, make: Make) -> None:
    dispute, _, case, respondent = claimed(s, make)

    consents.refuse(s, dispute.id, by=respondent, at=LATER, reason="sue")

    entry = s.exec(select(JournalEntry).where(JournalEntry.kind == "mediation.refused")).one()
    fields = json.loads(entry.body)["fields"]
    assert (fields["case"], fields["to"]) == (case.id, case.stage)


def test_a_refusal_needs_a_reason_of_the_list(s: Session, make: Make) -> None:
    dispute, _, _, respondent = claimed(s, make)

    with pytest.raises(BadInput):
        consents.refuse(s, dispute.id, by=respondent, at=LATER, reason="weather")


def test_a_step_can_be_withdrawn_and_mediation_only_by_refusing(s: Session, make: Make) -> None:
    dispute, by, _, _ = claimed(s, make)

    consents.answer(s, dispute.id, {Step.VIDEO: False, Step.MEDIATION: False}, by=by, at=LATER)

    party = s.exec(select(Party).where(Party.side == Side.APPLICANT)).one()
    left = {row.step for row in consents.standing_consents(s, party.id)}
    assert Step.VIDEO not in left
    assert Step.MEDIATION in left


def test_the_same_answer_twice_is_one_entry(s: Session, make: Make) -> None:
    dispute, _, _, respondent = claimed(s, make)

    consents.answer(s, dispute.id, {Step.VIDEO: True}, by=respondent, at=LATER)
    consents.answer(s, dispute.id, {Step.VIDEO: True}, by=respondent, at=LATER)

    assert kinds(s, dispute).count("consent.answered") == 1


def test_a_stranger_cannot_consent(s: Session, make: Make) -> None:
    dispute, *_ = claimed(s, make)

    with pytest.raises(NotFound):
        consents.answer(s, dispute.id, {Step.VIDEO: True}, by=make.actor(make.account("外人")), at=LATER)


# evidence


def shown(s: Session, dispute: Dispute, by: Actor, *, file: Kept | None = None) -> Any:
    return evidence.add(s, dispute.id, by=by, at=LATER, title="借条", proves="借款事实", file=file or kept())


def test_evidence_is_shared_by_both_sides_and_taken_back_by_its_own(s: Session, make: Make) -> None:
    dispute, by, _, respondent = claimed(s, make)
    mine = shown(s, dispute, by)
    assert mine.zone is Zone.RECORD

    assert [row.title for row in reading.space(s, dispute, respondent).evidence] == ["借条"]
    with pytest.raises(NotFound):
        evidence.withdraw(s, mine.id, by=respondent, at=LATER)
    evidence.withdraw(s, mine.id, by=by, at=LATER)

    assert reading.space(s, dispute, respondent).evidence == ()


def test_a_dispute_holds_a_hundred_megabytes(s: Session, make: Make) -> None:
    dispute, by = filed(s, make)
    shown(s, dispute, by, file=kept(size=evidence.MOST_BYTES - 5))

    with pytest.raises(BadInput):
        shown(s, dispute, by, file=kept(2, size=6))
    with pytest.raises(BadInput):
        shown(s, dispute, by, file=kept(size=1))  # the very same file


# reading


def test_every_reader_is_told_whose_turn_it_is(s: Session, make: Make) -> None:
    dispute, by, _, respondent = claimed(s, make)

    assert not turn.of(s, dispute, by).mine
    theirs = turn.of(s, dispute, respondent)
    assert (theirs.mine, theirs.path) == (True, f"/disputes/{dispute.id}/consent")
    assert theirs.due == moment("2026-03-05 23:59:59.999999")


def test_the_timeline_tells_it_in_words_and_leaves_out_the_noise(s: Session, make: Make) -> None:
    dispute, *_ = claimed(s, make)
    hats = frozenset({*()})

    assert timeline.of(s, dispute.id, hats) == ()
    events = timeline.of(
        s, dispute.id, reading.standing.hats(s, make.side(dispute, Side.RESPONDENT), dispute)
    )
    assert events[0].words == "%(who)s核对身份后进入本案"
    assert (events[0].name, events[0].role) == ("李四", "被申请人")
    assert "dispute.step_saved" not in {event.kind for event in events}


def test_a_party_sees_the_other_sides_name_and_not_their_numbers(s: Session, make: Make) -> None:
    dispute, _, _, respondent = claimed(s, make)

    zhang, li = reading.space(s, dispute, respondent).parties

    assert (zhang.identity, zhang.contact) == ("", "")
    assert li.contact == "13800000002"


def test_CPL_62_an_agent_who_hands_a_returned_draft_in_does_not_become_the_party(s: Session) -> None:
    cast = demo.people(s, AT)
    dispute = demo.filed(s, cast, AT)
    party, lawyer = cast.parties[0], cast.parties[3]
    code = agents.invite(s, dispute.id, by=party, at=AT, origin="").code
    agents.claim(s, code, by=lawyer, at=AT, capacity=Capacity.LAWYER, paper=kept())
    triage.send_back(s, dispute.id, by=cast.staff[Role.TRIAGE], at=AT, ground="incomplete", what="补充借条。")

    intake.submit(s, dispute.id, by=lawyer, at=AT)

    row = s.exec(select(Party).where(Party.dispute_id == dispute.id, Party.side == Side.APPLICANT)).one()
    assert (row.account_id, row.agent_account_id) == (party.account_id, lawyer.account_id)
