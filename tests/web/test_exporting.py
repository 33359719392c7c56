"""The file of a whole case: checked by the script inside it, which knows nothing of this product."""

from __future__ import annotations

import io
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlmodel import col, select

from documents import standalone
from documents.authority import Authority
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
    shown = make.evidence(dispute, site.vault.keep(paper), len(paper))
    known = {"evidence": shown.id, "digest": shown.digest}
    journal.append(make.s, dispute.court_id, matter, "evidence.added", by=MACHINE, at=make.at, **known)
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


def commanded(path: Path, root: Path | None) -> tuple[int, list[str]]:
    said = io.StringIO()
    code = verifying.main(path, root=root, as_json=False, out=said)
    return code, said.getvalue().splitlines()


def test_the_command_verifies_the_archive_against_the_courts_root(
    taken: bytes, tmp_path: Path, matter: Matter
) -> None:
    path, ours = tmp_path / "case.zip", matter.site.settings.keys / "root.pem"
    path.write_bytes(taken)
    stranger = Authority.open(tmp_path / "stranger", clock.now())
    fingerprint = Authority.open(matter.site.settings.keys, clock.now()).root_fingerprint

    assert commanded(path, ours)[0] == 0
    assert commanded(path, ours)[1][0] == "valid"
    assert any(fingerprint in line for line in commanded(path, ours)[1])
    assert not any("not compared" in line for line in commanded(path, ours)[1])
    code, said = commanded(path, stranger.directory / "root.pem")
    assert code == 1
    assert "keys/root.pem: is not the root certificate it was compared with" in said[1]


def test_a_root_that_nobody_vouched_for_is_said_to_be_so(
    taken: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "case.zip"
    path.write_bytes(taken)
    monkeypatch.setenv("ODR_DATA", str(tmp_path / "nothing"))

    code, said = commanded(path, None)

    assert (code, said[0]) == (0, "valid")
    assert any("root certificate not compared" in line for line in said)


def test_a_paper_with_an_archive_behind_it_is_judged_as_a_paper(
    taken: bytes, tmp_path: Path, matter: Matter
) -> None:
    path = tmp_path / "paper.pdf"
    path.write_bytes(b"%PDF-1.7\n" + taken)

    code, said = commanded(path, matter.site.settings.keys / "root.pem")

    assert code == 1
    assert said[0].startswith("NOT valid")


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
    except Exception:  # as the script says unreadable
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
    except Exception:  # no manifest, no case file
        return name in ("manifest.json", "signature.json", "keys/root.pem")
    blames = {"signature.json": "manifest.json"}.get(name, name)
    return blames in places or "结构 structure" in places


def test_a_paper_replaced_with_its_manifest_is_still_not_the_journals(unpacked: Path, matter: Matter) -> None:
    """Whoever holds the court's key today cannot put another paper under yesterday's journal."""
    manifest = json.loads((unpacked / "manifest.json").read_text())
    pdf = manifest["documents"][0]["pdf"]
    (unpacked / pdf).write_bytes((unpacked / pdf).read_bytes() + b"\n%%EOF\n")
    sign_again(unpacked, matter)

    found = standalone.Check(unpacked).run().findings

    assert [place.partition(",")[0] for place, _ in found] == [pdf, pdf]
    assert "not what the journal says" in found[0][1]
    assert "appended" in found[1][1]


def test_evidence_replaced_with_its_manifest_is_still_not_the_journals(
    unpacked: Path, matter: Matter
) -> None:
    file = json.loads((unpacked / "manifest.json").read_text())["evidence"][0]["file"]
    (unpacked / file).write_bytes(b"%PDF-1.7 a promise to pay ten times as much")
    sign_again(unpacked, matter)

    assert standalone.Check(unpacked).run().findings == [(file, "与日志记载不符 not what the journal says")]


def sign_again(folder: Path, matter: Matter) -> None:
    """What whoever holds the court's key can do: another manifest that fits the files."""
    said = json.loads((folder / "manifest.json").read_text())
    said["files"] = {name: digest((folder / name).read_bytes()) for name in said["files"]}
    text = json.dumps(said, ensure_ascii=False).encode()
    (folder / "manifest.json").write_bytes(text)
    authority = Authority.open(matter.site.settings.keys, clock.now())
    signer = authority.signer_for(said["court"]["code"], said["court"]["name"])
    (folder / "signature.json").write_text(json.dumps({"signature": signer.sign(text)}))


def test_a_way_of_signing_that_nobody_knows_is_no_signature(unpacked: Path) -> None:
    manifest = unpacked / "manifest.json"
    manifest.write_text(manifest.read_text().replace("odr-case/1", "odr-case/2"))
    (unpacked / "signature.json").write_text('{"signature": "trustme:AAAA"}')

    code, said = run(unpacked)

    assert code == 1
    assert "manifest.json: 签名不符" in said


def test_a_second_root_beside_the_courts_is_refused(unpacked: Path, tmp_path: Path) -> None:
    """The fingerprint shown would be the court's, the signature the stranger's."""
    stranger = Authority.open(tmp_path / "stranger", clock.now())
    (unpacked / "keys" / "root.pem").open("ab").write(stranger.root_pem)
    signer = stranger.signer_for("粤0106", "广州市天河区人民法院")
    (unpacked / "keys" / "court-1.pem").write_bytes(signer.pem)
    said = json.loads((unpacked / "manifest.json").read_text())
    said["files"] = {name: digest((unpacked / name).read_bytes()) for name in said["files"]}
    text = json.dumps(said).encode()
    (unpacked / "manifest.json").write_bytes(text)
    (unpacked / "signature.json").write_text(json.dumps({"signature": signer.sign(text)}))

    found = standalone.Check(unpacked).run().findings

    assert "not exactly one certificate" in str(found)


@pytest.mark.parametrize("proof", [{"count": 0, "siblings": []}, {"count": 999, "siblings": []}, None])
def test_an_entry_that_no_signed_root_covers_is_found(
    unpacked: Path, matter: Matter, proof: dict | None
) -> None:
    journal_file = unpacked / "journal.jsonl"
    first, *rest = journal_file.read_text().splitlines()
    forged = json.loads(first) | {"proof": proof}
    journal_file.write_text("\n".join([json.dumps(forged, ensure_ascii=False), *rest]) + "\n")
    sign_again(unpacked, matter)

    found = standalone.Check(unpacked).run().findings

    assert [what for _, what in found] == ["不属于已签名的日志 not in the signed journal"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_name_are_found(taken: bytes, tmp_path: Path) -> None:
    path = tmp_path / "case.zip"
    path.write_bytes(taken)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("manifest.json", archive.read("manifest.json"))

    places = [place for place, _ in standalone.Check(path).run().findings]

    assert places == ["ZIP", "manifest.json"]


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def spoiled(raw: bytes) -> bytes:
    """The archive, the packed bytes of its first member no longer a stream of any kind."""
    at = 30 + int.from_bytes(raw[26:28], "little")
    return raw[:at] + b"\xff" * 8 + raw[at + 8 :]


def encrypted(raw: bytes) -> bytes:
    """The archive, all its members marked as encrypted."""
    return raw.replace(b"PK\3\4\x14\0\0", b"PK\3\4\x14\0\1").replace(
        b"PK\1\2\x14\3\x14\0\0", b"PK\1\2\x14\3\x14\0\1"
    )


HOSTILE = {
    "empty": b"PK\5\6" + bytes(18),
    "deflated": spoiled(packed({"manifest.json": b"{}" * 99})),
    "encrypted": encrypted(packed({"manifest.json": b"{}", "signature.json": b"{}"})),
    "nested": packed({"manifest.json": b"[" * 200_000, "signature.json": b"{}"}),
    "of another shape": packed({"manifest.json": b"[]", "signature.json": b"[]"}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_gets_an_answer(tmp_path: Path, name: str, capsys) -> None:
    path = tmp_path / "case.zip"
    path.write_bytes(HOSTILE[name])

    assert standalone.main([str(path)]) == 2
    assert "unreadable" in capsys.readouterr().out
    assert verifying.main(path, root=None, as_json=False, out=io.StringIO()) == 2


def test_hostile_bytes_within_a_signed_case_leave_nothing_behind(
    unpacked: Path, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (unpacked / "checkpoints.json").write_bytes(b"[" * 200_000)

    found = standalone.Check(unpacked).run().findings

    assert {place for place, _ in found} == {"checkpoints.json", "结构 structure"}
    assert not list(tmp_path.glob("verify-*"))


def test_a_file_larger_than_any_of_ours_is_not_read(unpacked: Path, monkeypatch) -> None:
    monkeypatch.setattr(standalone, "LARGEST", 100)
    assert standalone.main([str(unpacked)]) == 2


def test_without_openssl_nothing_is_called_valid(unpacked: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(standalone.shutil, "which", lambda _name: None)
    said = io.StringIO()

    assert standalone.main([str(unpacked)]) == 3
    assert capsys.readouterr().out.startswith("签名未核验 signatures NOT checked")
    assert verifying.main(unpacked, root=None, as_json=False, out=said) == 3
    assert said.getvalue().startswith("signatures NOT checked")


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
    except Exception:
        return True
