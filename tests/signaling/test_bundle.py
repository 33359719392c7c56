"""A recording that was changed says where; a part of it proves itself; no bytes make the reader stumble."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from signaling import bundle, chain, contents, merkle, part, records
from signaling.bundle import Finding
from signaling.chain import Fault, NotAJournal, Segment
from signaling.contents import JOURNAL
from signaling.mux import mux
from signaling.recorder import Recorder
from tests.signaling import filmed
from tests.signaling.filmed import CAMERA, MICROPHONE, SECOND, SERVER

FILM_S = 3


def record(directory: Path, case: str) -> str:
    recorder = Recorder(directory, {"case": case}, lambda: 1_790_000_000 * SECOND)
    filmed.announce(recorder, MICROPHONE)
    filmed.announce(recorder, CAMERA)
    recorder.event("recording.on", SERVER)
    sounds, pictures = filmed.sounds(FILM_S), filmed.pictures(FILM_S)
    filmed.play(recorder, [*MICROPHONE.packets(sounds), *CAMERA.packets(pictures)])
    head = recorder.close(SERVER + FILM_S * SECOND)
    mux(directory, directory)
    bundle.seal(directory)
    return head


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("sealed")
    record(directory, "一")
    return directory


@pytest.fixture
def recorded(sealed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sealed, tmp_path / "recorded"))


def segments_of(directory: Path) -> list[Segment]:
    return [each for each in chain.walk(directory / JOURNAL) if isinstance(each, Segment)]


def rewritten(directory: Path, change: Callable[[list[bytes]], list[bytes]]) -> list[Finding]:
    """What is found after the segments were put together otherwise."""
    raw = [segment.raw for segment in segments_of(directory)]
    (directory / JOURNAL).write_bytes(chain.opening("sha256") + b"".join(change(raw)))
    return bundle.verify(directory)


def test_a_sealed_recording_is_valid(sealed: Path) -> None:
    assert bundle.verify(sealed) == []
    assert bundle.is_bundle(sealed)
    assert not bundle.is_bundle(sealed.parent)


def test_each_of_1000_changed_bytes_is_found_and_named(recorded: Path) -> None:
    files = sorted(recorded.iterdir())
    assert {file.suffix for file in files} == {".odr", ".json", ".webm"}
    segments = segments_of(recorded)
    chance = random.Random(4)
    for turn in range(1_000):
        file = files[turn % len(files)]
        whole = file.read_bytes()
        at = chance.randrange(len(whole))
        changed = bytearray(whole)
        changed[at] ^= chance.randrange(1, 256)
        file.write_bytes(changed)
        findings = bundle.verify(recorded)
        file.write_bytes(whole)
        assert len(findings) == 1, (file.name, at, findings)
        assert not findings[0].torn
        assert findings[0].place.startswith(expected_place(file, at, segments)), (at, findings)


def expected_place(file: Path, at: int, segments: list[Segment]) -> str:
    """The segment that holds the byte; other files are named as a whole."""
    holding = [one for one in segments if file.name == JOURNAL and one.offset <= at]
    return f"{JOURNAL}, segment {holding[-1].number}, byte {holding[-1].offset}" if holding else file.name


def test_a_segment_cut_out_is_named(recorded: Path) -> None:
    findings = rewritten(recorded, lambda raw: raw[:2] + raw[3:])
    assert [finding.what for finding in findings] == ["altered: segment 2 missing"]


def test_segments_in_another_order_are_named(recorded: Path) -> None:
    findings = rewritten(recorded, lambda raw: [raw[0], raw[2], raw[1], *raw[3:]])
    assert [finding.what for finding in findings] == [
        "altered: segment 1 missing",
        "altered: segment 1 again, or out of its order",
    ]


def test_a_repeated_segment_is_named(recorded: Path) -> None:
    findings = rewritten(recorded, lambda raw: raw[:2] + raw[1:])
    assert [finding.what for finding in findings] == ["altered: segment 1 again, or out of its order"]


def test_a_segment_of_another_case_is_named(recorded: Path, tmp_path: Path) -> None:
    record(tmp_path / "other", "二")
    foreign = segments_of(tmp_path / "other")[2].raw
    findings = rewritten(recorded, lambda raw: [*raw[:2], foreign, *raw[3:]])
    assert [finding.what for finding in findings] == ["altered: segment 2 belongs to another chain"]


def test_a_recording_that_lost_its_end_is_named(recorded: Path) -> None:
    findings = rewritten(recorded, lambda raw: raw[:-2])
    assert [finding.place for finding in findings] == [f"{JOURNAL}, segment {FILM_S + 1}"]
    assert not findings[0].torn


def test_bytes_put_between_segments_are_named(recorded: Path) -> None:
    findings = rewritten(recorded, lambda raw: [*raw[:2], b"some other words", *raw[2:]])
    assert len(findings) == 1
    assert findings[0].place.startswith(f"{JOURNAL}, segment 2, byte ")


def test_a_file_that_is_gone_or_came_later_is_named(recorded: Path) -> None:
    film = next(recorded.glob("*.webm"))
    film.rename(recorded / "better.webm")
    assert bundle.verify(recorded) == [
        Finding(film.name, "missing"),
        Finding("better.webm", "not in the manifest"),
    ]
    (recorded / JOURNAL).unlink()
    assert bundle.verify(recorded) == [Finding(JOURNAL, "missing")]
    assert bundle.is_bundle(recorded)


def test_a_whole_other_recording_in_its_place_is_found_by_the_head_on_record(
    recorded: Path, tmp_path: Path
) -> None:
    head = contents.read(recorded / JOURNAL).head
    record(tmp_path / "other", "二")
    assert bundle.verify(tmp_path / "other") == []
    assert [finding.what for finding in bundle.verify(tmp_path / "other", [head])] == [
        f"altered: does not contain {head}"
    ]


def test_an_end_that_states_another_root_is_named(tmp_path: Path) -> None:
    end = records.pack(records.Kind.END, 0, 0, records.words(contents.end_fields("sha256:00", 1)))
    chained(tmp_path, [b"", end])
    assert [finding.what for finding in bundle.verify(tmp_path)] == [
        "altered: segment 1 holds an end with another root or number of segments"
    ]


def test_a_segment_after_the_end_is_named(recorded: Path) -> None:
    whole = contents.read(recorded / JOURNAL)
    header, digest = chain.segment("sha256", len(whole.digests), whole.head_digest, 0, b"")
    with (recorded / JOURNAL).open("ab") as journal:
        journal.write(header + digest)
    assert [finding.what for finding in bundle.verify(recorded)] == [
        f"altered: segment {len(whole.digests)} holds something after the end"
    ]


def test_an_altered_recording_is_not_sealed(recorded: Path) -> None:
    rewritten(recorded, lambda raw: raw[:2] + raw[3:])
    with pytest.raises(bundle.Altered, match="segment 2 missing"):
        bundle.seal(recorded)


# ---- parts


def test_a_part_proves_itself_without_the_rest(sealed: Path) -> None:
    head = contents.read(sealed / JOURNAL).head
    shown = bundle.proof(sealed, [2])
    assert bundle.verify_part(shown, head) == []
    # Its own segment and the closing one: nothing else of the recording is in it.
    assert [one.number for one in part.read(shown).segments] == [2]
    assert len(shown) < len(segments_of(sealed)[2].raw) + 2_000


def test_a_stretch_of_time_is_found_as_segments(sealed: Path) -> None:
    assert bundle.between(sealed, 1_200, 1_800) == [2]
    assert bundle.between(sealed, 0, 10_000) == [1, 2, 3, 4]


def test_a_part_of_another_recording_is_refused(sealed: Path, tmp_path: Path) -> None:
    head = record(tmp_path / "other", "二")
    findings = bundle.verify_part(bundle.proof(sealed, [1, 2]), head)
    assert [finding.place for finding in findings] == ["root"]


def test_every_changed_byte_of_a_part_is_found(sealed: Path) -> None:
    head = contents.read(sealed / JOURNAL).head
    shown = bundle.proof(sealed, [1, 3])
    chance = random.Random(5)
    line = shown.index(b"\n")
    for at in [*range(0, line + 1, 3), *(chance.randrange(len(shown)) for _ in range(300))]:
        changed = bytearray(shown)
        changed[at] ^= 1 << chance.randrange(8)
        assert bundle.verify_part(bytes(changed), head) != [], at


def test_a_torn_recording_gives_parts_that_hold_to_its_root(recorded: Path) -> None:
    raw = [segment.raw for segment in segments_of(recorded)]
    (recorded / JOURNAL).write_bytes(chain.opening("sha256") + b"".join(raw[:-1]) + raw[-1][:50])
    (recorded / bundle.MANIFEST).unlink()
    assert [finding.torn for finding in bundle.verify(recorded)] == [True]
    seal = bundle.seal(recorded)
    assert seal.torn == 50
    assert bundle.verify(recorded) == []
    assert bundle.verify_part(bundle.proof(recorded, [1]), seal.root) == []


@given(st.lists(st.binary(min_size=1, max_size=8), min_size=1, max_size=40), st.data())
def test_each_leaf_leads_to_the_root_and_no_other_does(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    root, siblings = merkle.root("sha256", leaves), merkle.path("sha256", leaves, index)
    assert merkle.rooted("sha256", leaves[index], index, len(leaves), siblings) == root
    assert merkle.rooted("sha256", leaves[index] + b"!", index, len(leaves), siblings) != root
    assert merkle.rooted("sha256", leaves[index], index, len(leaves), [*siblings, b""]) is None


def test_the_tree_is_that_of_rfc_6962() -> None:
    # Test vector of the certificate-transparency reference implementation.
    leaves = [
        bytes.fromhex(leaf) for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")
    ]
    assert merkle.root("sha256", leaves).hex() == (
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"
    )


# ---- any bytes at all

HEADED = st.builds(lambda rest: chain.opening("sha256") + rest, st.binary(max_size=2_000))


@settings(deadline=None)
@given(st.binary(max_size=300) | HEADED)
def test_any_bytes_are_read_or_called_no_journal(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.odr"
    path.write_bytes(data)
    try:
        found = list(chain.walk(path))
    except NotAJournal:
        return
    assert all(isinstance(each, Fault) for each in found)
    assert found or data in (chain.opening("sha256"), chain.opening("sm3"))


@settings(deadline=None)
@given(st.lists(st.binary(max_size=200), max_size=5))
def test_any_content_in_a_sound_chain_is_read_or_named(
    tmp_path_factory: pytest.TempPathFactory, contained: list[bytes]
) -> None:
    directory = tmp_path_factory.getbasetemp() / "forged"
    directory.mkdir(exist_ok=True)
    chained(directory, contained)
    bundle.verify(directory)
    mux(directory, directory / "out")


RECORDS = st.tuples(st.integers(0, 7), st.integers(0, 2), st.integers(0, 1 << 63), st.binary(max_size=60))
TRACK = (
    b'{"track_id":"a","identity":"b","kind":"audio","codec":"opus","clock_rate":48000,'
    b'"payload_type":0,"name":""}'
)


@settings(deadline=None)
@given(st.lists(RECORDS, max_size=12))
def test_any_records_in_a_sound_chain_are_read_or_named(
    tmp_path_factory: pytest.TempPathFactory, made: list[tuple[int, int, int, bytes]]
) -> None:
    directory = tmp_path_factory.getbasetemp() / "forged-records"
    directory.mkdir(exist_ok=True)
    head = made_record(2, 0, 0, TRACK) + made_record(2, 1, 0, TRACK.replace(b"opus", b"VP8"))
    chained(directory, [head, b"".join(made_record(*one) for one in made)])
    bundle.verify(directory)
    mux(directory, directory / "out")


def made_record(kind: int, track: int, at_ns: int, body: bytes) -> bytes:
    packet = b"\x80\x80" + body if kind == 3 else body
    return len(packet).to_bytes(4) + bytes([kind]) + track.to_bytes(2) + at_ns.to_bytes(8) + packet


def chained(directory: Path, contained: list[bytes]) -> None:
    """A journal whose chain holds, with these contents."""
    previous, journal = chain.genesis("sha256"), chain.opening("sha256")
    for number, content in enumerate(contained):
        header, digest = chain.segment("sha256", number, previous, number, content)
        journal, previous = journal + header + content + digest, digest
    (directory / JOURNAL).write_bytes(journal)
