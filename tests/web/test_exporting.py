"""The file of a whole case: checked by the script inside it, which knows nothing of this product."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlmodel import col, select

from documents import standalone
from odr import clock, journal, outbox, settings
from odr.actions import recordings
from odr.digests import digest
from odr.rules.access import MACHINE
from odr.rules.moves import AgreementStage, ConfirmationStage, SittingStage
from odr.rules.words import Role, Room, Side, Zone
from odr.tables.disputes import Dispute
from odr.tables.mediations import MediationCase, Recording
from odr.tables.records import JournalEntry
from signaling import bundle
from signaling.contents import JOURNAL
from tests.make import Make
from tests.odr.test_verify import FACTS
from tests.signaling.test_bundle import record as film
from tests.web.conftest import _client, once, token_for, wear
from web import duties, issuing, jobs, verifying  # noqa: F401  # registers their handlers
from web.__main__ import main as cli
from web.app import create_app
from web.ask import Site
from web.jobs import Office

KEPT_BACK = ("note.written", "sitting.moved")
# the long test changes a thousand bytes; the short one is the same with fewer
TURNS = int(os.environ.get("ODR_CHANGES", "16"))


@dataclass
class Matter:
    """A site with one matter, and who may take it away."""

    site: Site
    app: object
    dispute: str
    applicant: str
    respondent: str
    clerk: str
    judge: str

    def taken(self, account: str) -> bytes:
        """The file as this person downloads it."""
        client = wear(_client(self.app), token_for(self.site, account))
        answer = client.post(f"/disputes/{self.dispute}/export", data=once())
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/zip"
        return answer.content


@pytest.fixture(scope="module")
def matter(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matter]:
    """One with a sealed paper, a paper for one side alone, evidence, a recording, and what nobody may take."""
    data = tmp_path_factory.mktemp("court")
    shutil.copy(empty_database, data / "odr.db")
    app = create_app(settings.read({"ODR_DEMO": "1"}, data=data))
    site: Site = app.state.site
    with site.db.transaction() as s:
        ids = fill(Make(s), site)
        items = list(outbox.held(s))
    office = Office(site.settings, site.db, site.vault)
    for item in items:
        if item.kind == "document.issue":
            jobs.run(office, item)
    duties.checkpoint_each_minute(office)
    with site.db.transaction() as s:  # younger than every checkpoint
        court_id = s.get_one(Dispute, ids["dispute"]).court_id
        journal.append(
            s, court_id, f"dispute:{ids['dispute']}", "address.confirmed", by=MACHINE, at=clock.now()
        )
    yield Matter(site, app, **ids)
    site.db.close()


def fill(make: Make, site: Site) -> dict[str, str]:
    sitting = make.sitting(SittingStage.CLOSED)
    case = make.s.get_one(MediationCase, sitting.case_id)
    dispute = make.dispute_of(case)
    matter = f"dispute:{dispute.id}"
    for kind in ("case.consented", "case.accepted", *KEPT_BACK, "sitting.closed"):
        journal.append(make.s, dispute.court_id, matter, kind, by=MACHINE, at=make.at, case=case.id)
    make.document(dispute, FACTS)
    make.document(dispute, replace(FACTS, number="延2号"), side=Side.RESPONDENT.value)
    paper = b"%PDF-1.7 a promise to pay"
    make.evidence(dispute, site.vault.keep(paper), len(paper))
    for zone, name in ((Zone.JOINT, "joint"), (Zone.OUTCOME, "signing")):
        head = film(site.settings.recordings / name, name)
        row = make._add(
            Recording(sitting_id=sitting.id, room=Room.JOINT, zone=zone, folder=name, started_at=make.at)
        )
        recordings.keep(make.s, row.id, head=head, size=1, at=make.at)
    clerk, judge = make.account("赵书记员", Role.CLERK), make.account("钱法官", Role.JUDGE)
    agreement = make.agreement(AgreementStage.APPLIED, case=case)
    make.confirmation(ConfirmationStage.REVIEW, agreement=agreement, judge_id=judge.id)
    sides = {side.value: make.side(dispute, side).account_id for side in Side}
    return {"dispute": dispute.id, "clerk": clerk.id, "judge": judge.id, **sides}


def run(path: Path) -> tuple[int, str]:
    """What the script in the file says, in a Python that finds nothing of ours."""
    ended = subprocess.run(
        [sys.executable, "-I", str(path / "verify.py")], capture_output=True, text=True, cwd="/", check=False
    )
    return ended.returncode, ended.stdout + ended.stderr


@pytest.fixture(scope="module")
def taken(matter: Matter) -> bytes:
    return matter.taken(matter.applicant)


@pytest.fixture
def unpacked(taken: bytes, tmp_path: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(taken)) as archive:
        archive.extractall(tmp_path / "case")
    return tmp_path / "case"


def manifest_of(file: bytes) -> dict:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return json.loads(archive.read("manifest.json"))


def kinds_of(file: bytes) -> set[str]:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        lines = archive.read("journal.jsonl").decode().splitlines()
    return {json.loads(json.loads(line)["body"])["kind"] for line in lines}


def test_the_script_in_the_file_finds_it_whole_without_this_product(unpacked: Path) -> None:
    code, said = run(unpacked)

    assert code == 0, said
    assert "有效 valid" in said
    assert "younger than the last checkpoint" in said


def test_the_script_is_short_and_imports_nothing_of_ours() -> None:
    text = Path(standalone.__file__).read_text()
    assert len(text.splitlines()) <= 300
    assert not any(
        f"{word} {ours}" in text
        for word in ("import", "from")
        for ours in ("odr", "documents", "signaling", "web")
    )


def test_the_command_verifies_the_archive(taken: bytes, tmp_path: Path) -> None:
    path = tmp_path / "case.zip"
    path.write_bytes(taken)
    said = io.StringIO()

    assert verifying.main(path, root=None, as_json=True, out=said) == 0
    assert json.loads(said.getvalue())["kind"] == "case"


def test_each_reader_takes_only_what_they_may_read(matter: Matter, taken: bytes) -> None:
    files = {"applicant": taken} | {
        who: matter.taken(getattr(matter, who)) for who in ("respondent", "clerk", "judge")
    }
    seen = {who: manifest_of(file) for who, file in files.items()}

    assert {who: [one["number"] for one in said["documents"]] for who, said in seen.items()} == {
        "applicant": ["延1号"], "respondent": ["延1号", "延2号"], "clerk": ["延1号", "延2号"], "judge": ["延1号", "延2号"],
    }  # fmt: skip
    assert {who: len(said["recordings"]) for who, said in seen.items()} == {
        "applicant": 2, "respondent": 2, "clerk": 0, "judge": 1,  # as the pages play them
    }  # fmt: skip
    assert all(said["evidence"] for said in seen.values())
    assert not any(kinds_of(file) & set(KEPT_BACK) for file in files.values())
    assert "sitting.closed" in kinds_of(files["applicant"])
    assert "sitting.closed" not in kinds_of(files["judge"])


def test_a_download_is_in_the_record_with_the_digest_of_what_was_taken(matter: Matter) -> None:
    file = matter.taken(matter.clerk)
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        manifest = digest(archive.read("manifest.json"))

    with matter.site.db.reading() as s:
        last = s.exec(select(JournalEntry).order_by(col(JournalEntry.seq).desc())).first()

    assert last is not None
    assert (last.kind, last.actor, journal.fields_of(last)["manifest"]) == (
        "case.exported",
        matter.clerk,
        manifest,
    )


def test_a_form_sent_again_leaves_no_second_file_behind(matter: Matter) -> None:
    client, form = wear(_client(matter.app), token_for(matter.site, matter.clerk)), once()
    path = f"/disputes/{matter.dispute}/export"

    answers = [client.post(path, data=form, follow_redirects=False).status_code for _ in range(2)]

    assert answers == [200, 303]
    assert list(matter.site.vault.incoming.iterdir()) == []


def test_the_mediator_and_strangers_take_nothing(matter: Matter) -> None:
    with matter.site.db.transaction() as s:
        stranger = Make(s).account("王五").id
    client = wear(_client(matter.app), token_for(matter.site, stranger))
    assert client.post(f"/disputes/{matter.dispute}/export", data=once()).status_code == 404


def test_every_changed_byte_of_the_archive_is_found(taken: bytes, tmp_path: Path) -> None:
    chance, path, named = random.Random(11), tmp_path / "case.zip", 0
    for _ in range(TURNS):
        at = chance.randrange(len(taken))
        path.write_bytes(taken[:at] + bytes([taken[at] ^ (1 << chance.randrange(8))]) + taken[at + 1 :])
        named += found_by_script(path, at)
    assert named >= TURNS * 0.8  # the rest fell on the frame of the archive, which has no names


def found_by_script(path: Path, at: int) -> bool:
    """Whether the file that holds the byte was named; it must in any case not pass."""
    try:
        check = standalone.Check(path).run()
    except standalone.BROKEN:
        return False
    assert check.findings, at
    return any(place != "ZIP" for place, _what in check.findings)


def test_every_changed_file_is_named(unpacked: Path) -> None:
    chance = random.Random(12)
    files = sorted(path for path in unpacked.rglob("*") if path.is_file())
    for turn in range(len(files) + TURNS // 4):
        path = files[turn % len(files)]
        whole = path.read_bytes()
        at = chance.randrange(len(whole))
        path.write_bytes(whole[:at] + bytes([whole[at] ^ (1 << chance.randrange(8))]) + whole[at + 1 :])
        name = path.relative_to(unpacked).as_posix()
        assert found_in_folder(unpacked, name), (name, at)
        path.write_bytes(whole)
    assert standalone.Check(unpacked).run().findings == []


def found_in_folder(folder: Path, name: str) -> bool:
    try:
        places = {place.partition(",")[0] for place, _ in standalone.Check(folder).run().findings}
    except standalone.BROKEN:  # no manifest, no case file
        return name in ("manifest.json", "signature.json", "keys/root.pem")
    blames = {"signature.json": "manifest.json"}.get(name, name)
    return blames in places or "结构 structure" in places


def test_a_paper_replaced_with_its_manifest_is_still_not_the_journals(unpacked: Path) -> None:
    """Whoever holds the court's key today cannot put another paper under yesterday's journal."""
    manifest = json.loads((unpacked / "manifest.json").read_text())
    pdf = manifest["documents"][0]["pdf"]
    (unpacked / pdf).write_bytes((unpacked / pdf).read_bytes() + b"\n%%EOF\n")
    check = standalone.Check(unpacked)
    check.journal(check.checkpoints())
    check.paper(manifest["documents"][0])

    assert [place.partition(",")[0] for place, _ in check.findings] == [pdf, pdf]
    assert "appended" in check.findings[1][1]


def test_without_openssl_it_says_what_it_could_not_look_at(unpacked: Path, monkeypatch) -> None:
    monkeypatch.setattr(standalone.shutil, "which", lambda _name: None)

    check = standalone.Check(unpacked).run()

    assert check.findings == []
    assert any("signature" in line for line in check.unchecked)
    assert any("seal" in line for line in check.unchecked)


def test_the_signing_clip_proves_itself_without_the_rest(matter: Matter, tmp_path: Path) -> None:
    folder = matter.site.settings.recordings / "signing"
    head = json.loads((folder / bundle.MANIFEST).read_text())["head"]
    clip = tmp_path / "clip"
    assert cli(["clip", str(folder), str(clip), "--begin", "1.2", "--end", "1.8"]) == 0

    assert clip.stat().st_size < (folder / JOURNAL).stat().st_size
    assert standalone.main([str(clip), head]) == 0
    assert standalone.main([str(clip), "sha256:" + "0" * 64]) == 1


def test_every_changed_byte_of_a_clip_is_found(matter: Matter) -> None:
    folder = matter.site.settings.recordings / "signing"
    head = json.loads((folder / bundle.MANIFEST).read_text())["head"]
    part, chance = bundle.proof(folder, [1]), random.Random(13)
    for at in [*range(0, 400, 29), *(chance.randrange(len(part)) for _ in range(TURNS))]:
        changed = part[:at] + bytes([part[at] ^ 1]) + part[at + 1 :]
        assert refused(changed, head), at


def refused(part: bytes, head: str) -> bool:
    try:
        return bool(list(standalone.clip(part, head)))
    except standalone.BROKEN:
        return True
