"""The files of what was approved are gone from the disk, and the proof of the whole still holds."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select
from starlette.testclient import TestClient

from odr import clock, verify
from odr.rules.moves import CaseStage, DisputeStage, SittingStage
from odr.rules.words import Role, Room, Zone
from odr.tables.agreements import Complaint
from odr.tables.disputes import Dispute
from odr.tables.mediations import MediationCase, Recording
from odr.tables.retention import Disposal
from tests.make import Make
from tests.web.conftest import Made, once
from web import disposing, verifying
from web.ask import Site
from web.jobs import Office, Work

LONG_AGO = timedelta(days=3 * 365)


@pytest.fixture
def waiting(site: Site, made: Made) -> dict[str, str]:
    """A matter closed three years ago, with a recording and a file of a talk apart."""

    def build(make: Make) -> dict[str, str]:
        closed = clock.now() - LONG_AGO
        sitting = make.sitting(SittingStage.CLOSED, case=make.case(CaseStage.ENDED, ended_at=closed))
        dispute = make.dispute_of(make.s.get_one(MediationCase, sitting.case_id))
        dispute.stage, dispute.closed_at = DisputeStage.FAILED, closed
        digest = site.vault.keep(b"only for the mediator")
        make.evidence(dispute, digest, 21, zone=Zone.CAUCUS)
        row = Recording(
            sitting_id=sitting.id, room=Room.CAUCUS_A, zone=Zone.CAUCUS, folder="apart/x", started_at=closed
        )
        make._add(row)
        folder = site.settings.recordings / row.folder
        folder.mkdir(parents=True)
        (folder / "journal").write_bytes(b"words")
        people = {role.value: make.account(role.value, role).id for role in (Role.CLERK, Role.LEADER)}
        return people | {"recording": row.id, "digest": digest}

    return made(build)


def missing(site: Site, digest: str) -> list[str]:
    """What the proof of the whole says about a file."""
    with site.db.reading() as s:
        found = verify.verify(s, site.vault, verifying.witness(site.settings.keys))
    return [finding.what for finding in found if digest in finding.what]


def test_pipl47_two_people_and_the_files_are_gone(
    site: Site, waiting: dict[str, str], client_for: Callable[..., TestClient]
) -> None:
    office = Office(site.settings, site.db, site.vault)
    disposing.find_what_is_over(office)
    with site.db.reading() as s:
        row = s.exec(select(Disposal)).one()
    clerk, leader = client_for(waiting["clerk"]), client_for(waiting["leader"])

    assert "单独谈话的记录和调解员笔记" in clerk.get("/retention").text
    assert clerk.post(f"/retention/{row.id}/approve", data=once()).status_code == 403
    late = clerk.post(f"/retention/{row.id}/keep", data=once() | {"until": "2020-01-01", "reason": "x"})
    assert late.status_code == 422
    assert 'id="until-wrong"' in late.text
    assert clerk.post(f"/retention/{row.id}/ask", data=once()).status_code == 303
    assert leader.post(f"/retention/{row.id}/approve", data=once()).status_code == 303
    work = Work(site.settings, site.db, site.vault, row.id, {"disposal": row.id})
    for _ in range(2):  # a worker may die after the first
        disposing.destroy(work)

    assert not (site.settings.recordings / "apart/x").exists()
    assert not site.vault.path(waiting["digest"]).exists()
    assert "已销毁" in leader.get("/retention").text
    with site.db.reading() as s:
        assert s.get_one(Recording, waiting["recording"]).destroyed_at is not None
        assert missing(site, waiting["digest"]) == []
    with site.db.transaction() as s:  # the same bytes in another row, whose file must be there
        Make(s).evidence(s.get_one(Dispute, row.dispute_id), waiting["digest"], 21)
    assert missing(site, waiting["digest"]) == [f"file {waiting['digest']} is missing"]


def test_a_file_that_is_put_on_record_while_recordings_are_removed_stays(
    site: Site, waiting: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    disposing.find_what_is_over(Office(site.settings, site.db, site.vault))
    with site.db.transaction() as s:
        row = s.exec(select(Disposal)).one()
        row.approved_at = clock.now()
        s.add(row)
    remove = shutil.rmtree

    def shown_meanwhile(folder: Path) -> None:
        remove(folder)
        with site.db.transaction() as s:
            Make(s).evidence(s.get_one(Dispute, row.dispute_id), waiting["digest"], 21)

    monkeypatch.setattr(shutil, "rmtree", shown_meanwhile)
    disposing.destroy(Work(site.settings, site.db, site.vault, row.id, {"disposal": row.id}))

    assert not (site.settings.recordings / "apart/x").exists()
    assert site.vault.path(waiting["digest"]).exists()


def test_a_file_that_went_away_without_approval_is_still_missed(site: Site, waiting: dict[str, str]) -> None:
    site.vault.destroy(waiting["digest"])

    assert missing(site, waiting["digest"]) == [f"file {waiting['digest']} is missing"]


def test_odm29_a_complaint_after_the_approval_stops_the_worker(
    site: Site, made: Made, waiting: dict[str, str], client_for: Callable[..., TestClient]
) -> None:
    office = Office(site.settings, site.db, site.vault)
    disposing.find_what_is_over(office)
    with site.db.reading() as s:
        row = s.exec(select(Disposal)).one()
    assert client_for(waiting["clerk"]).post(f"/retention/{row.id}/ask", data=once()).status_code == 303
    assert client_for(waiting["leader"]).post(f"/retention/{row.id}/approve", data=once()).status_code == 303

    def complain(make: Make) -> None:
        case = make.s.exec(select(MediationCase)).one()
        party = make.parties(case)[0]
        make._add(Complaint(case_id=case.id, party_id=party.id, ground="forced", text="强迫", at=make.at))

    made(complain)
    disposing.destroy(Work(site.settings, site.db, site.vault, row.id, {"disposal": row.id}))

    assert (site.settings.recordings / "apart/x").exists()
    with site.db.reading() as s:
        assert s.get_one(Disposal, row.id).approved_at is None
