"""The roster: proposed by the organisation, decided by the court, kept in its history."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from odr import journal
from odr.actions import roster as proposing
from odr.actions import roster_approval as approving
from odr.errors import BadInput, Conflict, DeadlinePassed, NotFound
from odr.queries import roster, roster_office
from odr.queries.roster import Wanted
from odr.rules import entries
from odr.rules.access import Actor
from odr.rules.moves import CaseStage
from odr.rules.words import Role
from odr.tables.people import RoleGrant
from odr.tables.records import JournalEntry
from odr.tables.roster import Mediator, Organisation, RosterChange
from tests.make import Make, day, moment, roster_sheet

AT = moment("2026-03-02 10:00")
LATER = moment("2026-03-05 10:00")
NEWCOMER = {
    "name": "金美兰",
    "identity_number": "11010519491231002X",
    "phone": "13800001234",
    "kind": "人民调解员",
    "scope": "民间借贷纠纷、物业服务合同纠纷",
    "languages": "普通话、朝鲜语",
    "has_video": "是",
}


@pytest.fixture
def org(make: Make) -> Organisation:
    return make.organisation()


@pytest.fixture
def admin(make: Make, org: Organisation) -> Actor:
    account = make.account("赵主任")
    make.grant(account, Role.ORG_ADMIN, org_id=org.id)
    return make.actor(account)


@pytest.fixture
def officer(make: Make) -> Actor:
    return make.staff(Role.TRIAGE, "周立案")


def _names(s: Session, **wanted: object) -> list[str]:
    return [row.name for row in roster.search(s, Wanted(**wanted)).rows]  # type: ignore[arg-type]


def _last(s: Session) -> JournalEntry:
    return s.exec(select(JournalEntry).order_by(col(JournalEntry.seq).desc())).first()  # type: ignore[return-value]


def test_a_proposal_changes_nothing_until_the_court_approves(s, make, org, admin, officer):
    mediator = make.mediator("李调解", org)

    wish = proposing.change_mediator(s, mediator.id, by=admin, at=AT, texts={"occupation": "退休教师"})

    assert mediator.occupation == ""
    approving.approve(s, wish.batch, by=officer, at=LATER)
    assert mediator.occupation == "退休教师"
    assert _last(s).kind == "roster.changed"
    assert _last(s).subject == f"court:{org.court_id}"


def test_a_newcomer_gets_a_certificate_a_term_and_the_account_with_their_phone(s, make, org, admin, officer):
    account = make.account("金美兰", phone="13800001234")
    wish = proposing.add_mediator(s, org.id, by=admin, at=AT, texts=NEWCOMER)

    approving.approve(s, wish.batch, by=officer, at=LATER, link=True)

    mediator = s.exec(select(Mediator).where(Mediator.name == "金美兰")).one()
    assert mediator.certificate_number == "（2026）粤0106特邀调解员1号"
    assert (mediator.listed_on, mediator.term_until) == (day("2026-03-05"), day("2028-03-04"))
    assert mediator.born_on == day("1949-12-31")
    grant = s.exec(select(RoleGrant).where(RoleGrant.account_id == account.id)).one()
    assert (grant.role, grant.mediator_id) == (Role.MEDIATOR, mediator.id)


def test_an_account_of_another_name_is_not_linked(s, make, org, admin, officer):
    make.account("别人", phone="13800001234")
    wish = proposing.add_mediator(s, org.id, by=admin, at=AT, texts=NEWCOMER)

    approving.approve(s, wish.batch, by=officer, at=LATER, link=True)

    assert s.exec(select(Mediator).where(Mediator.name == "金美兰")).one().account_id is None


def test_the_journal_holds_no_personal_data(s, org, admin):
    proposing.add_mediator(s, org.id, by=admin, at=AT, texts=NEWCOMER)

    assert "11010519491231002X" not in _last(s).body
    assert "金美兰" not in _last(s).body
    assert journal.fields_of(_last(s))["count"] == 1


def test_wrong_cells_are_named(s, org, admin):
    with pytest.raises(BadInput) as wrong:
        proposing.add_mediator(
            s,
            org.id,
            by=admin,
            at=AT,
            texts=NEWCOMER | {"phone": "1380000", "name": "", "languages": "火星语"},
        )

    assert wrong.value.details == {"name": "needed", "phone": "digits", "languages": "unknown-word"}


def test_nobody_is_recommended_twice(s, org, admin, officer):
    wish = proposing.add_mediator(s, org.id, by=admin, at=AT, texts=NEWCOMER)
    approving.approve(s, wish.batch, by=officer, at=LATER)

    with pytest.raises(BadInput) as wrong:
        proposing.add_mediator(s, org.id, by=admin, at=LATER, texts=NEWCOMER)

    assert wrong.value.details == {"identity_number": "on-roster"}


def test_a_newer_proposal_takes_the_place_of_the_older(s, make, org, admin):
    mediator = make.mediator("李调解", org)
    first = proposing.change_mediator(s, mediator.id, by=admin, at=AT, texts={"region": "石牌"})

    proposing.change_mediator(s, mediator.id, by=admin, at=LATER, texts={"region": "天园"})

    assert first.status == "withdrawn"
    assert roster_office.entry(s, mediator).wished["region"] == "天园"


def test_another_organisations_administrator_knows_nothing_of_it(s, make, admin):
    stranger = make.mediator("外人", make.organisation("越秀区人民调解委员会"))

    with pytest.raises(NotFound):
        proposing.change_mediator(s, stranger.id, by=admin, at=AT, texts={"region": "越秀"})


def test_another_courts_officer_knows_nothing_of_it(s, make, org, admin):
    elsewhere = make.staff(Role.LEADER, "外院院长", court=make.court("吉7502", "吉林铁路运输法院"))
    wish = proposing.add_mediator(s, org.id, by=admin, at=AT, texts=NEWCOMER)

    with pytest.raises(NotFound):
        approving.approve(s, wish.batch, by=elsewhere, at=LATER)


def test_a_refusal_needs_a_reason_and_changes_nothing(s, make, org, admin, officer):
    wish = proposing.add_mediator(s, org.id, by=admin, at=AT, texts=NEWCOMER)

    with pytest.raises(BadInput):
        approving.refuse(s, wish.batch, by=officer, at=LATER, reason="")
    approving.refuse(s, wish.batch, by=officer, at=LATER, reason="缺少培训证明")

    assert (wish.status, wish.reason) == ("refused", "缺少培训证明")
    assert s.exec(select(Mediator)).all() == []


def test_part_of_a_batch_can_be_decided(s, org, admin, officer):
    table = roster_sheet(_row("甲", 1), _row("乙", 2))
    batch = proposing.import_sheet(s, org.id, by=admin, at=AT, table=table, whole=False, good_rows=False)
    first = s.exec(select(RosterChange).where(RosterChange.batch == batch)).first()

    approving.approve(s, batch, by=officer, at=LATER, only=[first.id])

    assert [c.status for c in s.exec(select(RosterChange).order_by(RosterChange.status))] == [
        "approved",
        "proposed",
    ]


def test_nobody_leaves_while_parties_wait_for_them(s, make, org, admin, officer):
    mediator = make.mediator("李调解", org)
    make.case(CaseStage.ACCEPTED, to=mediator)
    wish = proposing.wish_status(s, mediator.id, by=admin, at=AT, status="removed", reason="退休")

    with pytest.raises(BadInput) as wrong:
        approving.approve(s, wish.batch, by=officer, at=LATER)

    assert wrong.value.details == {"batch": "open-cases"}


def test_leaving_takes_the_role_and_undoing_gives_it_back(s, make, org, admin, officer):
    mediator = make.mediator("李调解", org)
    wish = proposing.wish_status(s, mediator.id, by=admin, at=AT, status="removed", reason="退休")
    roles = select(RoleGrant.role).where(RoleGrant.account_id == mediator.account_id)

    approving.approve(s, wish.batch, by=officer, at=LATER)
    assert s.exec(roles).all() == []

    approving.undo(s, wish.batch, by=officer, at=LATER + timedelta(days=7), reason="弄错了人")
    assert s.exec(roles).all() == [Role.MEDIATOR]
    assert mediator.status == "listed"
    assert wish.status == "undone"


def test_after_seven_days_nothing_is_taken_back(s, org, admin, officer):
    wish = proposing.add_mediator(s, org.id, by=admin, at=AT, texts=NEWCOMER)
    approving.approve(s, wish.batch, by=officer, at=LATER)

    with pytest.raises(DeadlinePassed):
        approving.undo(s, wish.batch, by=officer, at=LATER + timedelta(days=7, seconds=1), reason="晚了")


def test_a_later_change_is_not_undone_by_accident(s, make, org, admin, officer):
    mediator = make.mediator("李调解", org)
    first = proposing.change_mediator(s, mediator.id, by=admin, at=AT, texts={"region": "石牌"})
    approving.approve(s, first.batch, by=officer, at=AT)
    second = proposing.change_mediator(s, mediator.id, by=admin, at=LATER, texts={"region": "天园"})
    approving.approve(s, second.batch, by=officer, at=LATER)

    with pytest.raises(Conflict):
        approving.undo(s, first.batch, by=officer, at=LATER, reason="重做")


def test_the_public_sees_the_roster_as_it_stood_on_a_day(s, org, admin, officer):
    added = proposing.add_mediator(s, org.id, by=admin, at=AT, texts=NEWCOMER)
    approving.approve(s, added.batch, by=officer, at=moment("2026-03-05 10:00"))
    mediator = s.exec(select(Mediator)).one()
    renamed = proposing.change_mediator(s, mediator.id, by=admin, at=LATER, texts={"name": "金美兰（新）"})
    approving.approve(s, renamed.batch, by=officer, at=moment("2026-03-20 10:00"))

    assert _names(s, on=day("2026-03-04")) == []
    assert _names(s, on=day("2026-03-05")) == ["金美兰"]
    assert _names(s, on=day("2026-03-20")) == ["金美兰（新）"]
    assert _names(s) == ["金美兰（新）"]


def test_an_undone_change_is_in_the_history_of_its_days(s, org, admin, officer):
    added = proposing.add_mediator(s, org.id, by=admin, at=AT, texts=NEWCOMER)
    approving.approve(s, added.batch, by=officer, at=moment("2026-03-05 10:00"))
    approving.undo(s, added.batch, by=officer, at=moment("2026-03-08 10:00"), reason="材料有误")

    assert _names(s, on=day("2026-03-06")) == ["金美兰"]
    assert _names(s, on=day("2026-03-08")) == []


def test_search_finds_by_cause_language_price_and_video(s, make):
    free = make.organisation("免费调委会")
    paid = make.organisation("商事调解中心", charges=True)
    make.mediator("甲", free, scope=["private-lending"], languages=["ko"])
    make.mediator("乙", paid, scope=["traffic"], has_video=False)

    assert _names(s, cause="private-lending") == ["甲"]
    assert _names(s, language="ko") == ["甲"]
    assert _names(s, free=True) == ["甲"]
    assert _names(s, video=True) == ["甲"]
    assert _names(s, text="商事") == ["乙"]
    assert _names(s, kind="organisation") == ["免费调委会", "商事调解中心"]


def test_mediators_of_a_suspended_organisation_are_not_listed(s, make):
    make.mediator("甲", make.organisation("暂停的", status="suspended"))

    assert _names(s) == []


def test_the_public_entry_has_no_private_column(s, make, org):
    mediator = make.mediator("李调解", org, identity_number="11010519491231002X")

    values = roster.entry(s, "mediator", mediator.id).values

    assert not {"identity_number", "phone", "conflicts", "licence_number", "max_open_cases"} & set(values)


def test_an_ending_term_is_warned_of(s, make, org, admin):
    make.mediator("快到期", org, term_until=day("2026-04-01"))
    make.mediator("不急", org, term_until=day("2027-04-01"))

    members = roster_office.organisation(s, admin, AT).members

    assert {m.name: m.ends_soon for m in members} == {"快到期": True, "不急": False}


def test_every_column_reads_what_it_shows():
    entry = entries.checked("mediator", NEWCOMER)[0]
    again = {c.key: c.show(entry[c.key]) for c in entries.MEDIATOR}

    assert entries.checked("mediator", again) == (entry, {})


def _row(name: str, n: int) -> list[str]:
    return [name, ("11010519491231002X", "360426199101010071")[n - 1], f"1380000000{n}"]
