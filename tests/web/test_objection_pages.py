"""The pages after a ruling: a third person objects, a judge decides, a creditor takes the papers for enforcement."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import select

from odr import clock, demo, digests, papers
from odr.rules.moves import ConfirmationStage, ObjectionStage, PerformanceStage
from odr.rules.words import Role
from odr.tables.agreements import ConfirmationCase, Obligation
from odr.tables.confirmation import Objection
from odr.tables.records import Document
from tests.make import served
from tests.web import worlds
from tests.web.worlds import send

NOW = clock.now()
SEALED = b"%PDF-1.7 sealed"


@dataclass(frozen=True, slots=True)
class World:
    creditor: str
    debtor: str
    third: str
    clerk: str
    judges: tuple[str, ...]
    key: str
    number: str
    agreement: str
    obligation: str


def build(s) -> World:
    cast = demo.people(s, NOW - timedelta(days=120))
    row, judge, then = demo.in_review(s, cast, NOW - timedelta(days=60))
    ruling = demo.confirmed(s, row, judge, then)
    served(s, ruling.document_id, at=then, digest=digests.digest(SEALED), size=len(SEALED))
    owed = s.exec(select(Obligation).where(Obligation.agreement_id == row.agreement_id)).one()
    return World(
        cast.parties[0].account_id,
        cast.parties[1].account_id,
        cast.parties[2].account_id,
        cast.staff[Role.CLERK].account_id,
        tuple(one.account_id for one in demo.judges(s, cast)),
        row.id,
        row.number,
        row.agreement_id,
        owed.id,
    )


empty_database, world = worlds.shared(build)


def objected(client, world, **fields):
    known = (clock.court_date(NOW) - timedelta(days=9)).isoformat()
    filled = {"number": world.number, "name": "张伟", "claim": "车辆是我的", "known_on": known} | fields
    return send(client, "/objections", **filled)


def test_a_third_person_objects_and_sees_nothing_else(client_for, world, row):
    third = client_for(world.third)

    wrong = objected(third, world, name="别人")
    here = objected(third, world).headers["location"]

    page = third.get(here).text
    assert wrong.status_code == 422
    assert "车辆是我的" in page
    assert "原裁定" not in page
    assert third.get(f"/confirmations/{world.key}").status_code == 404
    assert row(Objection, here.split("/")[-1]).stage is ObjectionStage.FILED


def test_the_clerk_registers_it_and_the_drawn_judge_revokes_the_ruling(client_for, world, row):
    here = objected(client_for(world.third), world).headers["location"]
    clerk = client_for(world.clerk)

    listed = clerk.get("/clerk").text
    send(clerk, f"{here}/assign")
    drawn = row(Objection, here.split("/")[-1]).judge_id
    judge = client_for(drawn)
    queue, page = judge.get("/judge").text, judge.get(here).text
    empty = send(judge, f"{here}/uphold", findings="", opinion="")
    send(judge, f"{here}/uphold", findings="车辆登记在异议人名下。", opinion="协议处分了案外人财产。")

    assert here in listed
    assert here in queue
    assert "原裁定" in page
    assert empty.status_code == 422
    assert row(ConfirmationCase, world.key).stage is ConfirmationStage.REVOKED
    assert "撤销本院" in client_for(world.third).get(here).text
    assert "裁定已撤销" in client_for(world.creditor).get(f"/confirmations/{world.key}").text


def test_a_part_and_then_the_rest_is_enforced(client_for, world, row, site):
    creditor, debtor = client_for(world.creditor), client_for(world.debtor)
    here = f"/agreements/{world.agreement}/enforcement"

    send(creditor, f"/obligations/{world.obligation}/part", amount="2000")
    before = creditor.get(here).text
    send(creditor, here, breach="多次催要，至今未付清。")
    after = creditor.get(here).text

    assert "10,000" in before
    assert "申请材料已生成" in after
    assert row(Obligation, world.obligation).stage is PerformanceStage.ENFORCING
    assert "没有到期未履行的事项" in debtor.get(here).text
    assert creditor.get(f"{here}/bundle").status_code == 404  # nothing is sealed yet
    with site.db.transaction() as s:
        for paper in s.exec(select(Document).where(Document.published_at.is_(None))).all():
            digest = site.vault.keep(SEALED)
            papers.publish(s, paper.id, digest=digest, size=len(SEALED), at=NOW)
    with zipfile.ZipFile(io.BytesIO(creditor.get(f"{here}/bundle").content)) as packed:
        names = packed.namelist()
    assert [name[2:] for name in names][:3] == [
        "强制执行申请书.pdf",
        "民事裁定书（确认调解协议有效）.pdf",
        "调解协议书.pdf",
    ]
    assert any("送达凭证" in name for name in names)


def test_the_clerk_notes_that_it_was_enforced(client_for, world, row):
    creditor, clerk = client_for(world.creditor), client_for(world.clerk)
    path = f"/agreements/{world.agreement}/enforced"
    assert path not in clerk.get("/clerk").text
    send(creditor, f"/agreements/{world.agreement}/enforcement", breach="多次催要，至今未付清。")
    page = clerk.get("/clerk").text

    assert (path in page, world.number in page) == (True, True)
    assert send(creditor, path, side="applicant").status_code == 403
    assert send(clerk, path, side="applicant").headers["location"] == "/clerk"
    assert row(Obligation, world.obligation).stage is PerformanceStage.ENFORCED
    assert path not in clerk.get("/clerk").text


def test_CPL_264_the_page_names_the_figure_the_court_has_entered(client_for, world, made):
    creditor = client_for(world.creditor)
    here = f"/agreements/{world.agreement}/enforcement"
    assert "每日0.0175%" in creditor.get(here).text

    made(lambda make: make.override("P-LATE", value=200) and None)

    assert "每日0.02%" in creditor.get(here).text


def test_what_was_not_confirmed_cannot_be_enforced(client_for, world, made):
    made(
        lambda make: setattr(
            make.s.get_one(ConfirmationCase, world.key), "stage", ConfirmationStage.DISMISSED
        )
    )
    creditor = client_for(world.creditor)

    answer = send(creditor, f"/agreements/{world.agreement}/enforcement", breach="未付")

    assert "没有经过司法确认" in creditor.get(f"/agreements/{world.agreement}/enforcement").text
    assert answer.status_code == 409
