"""A sealed paper verifies here and elsewhere; what was changed after the seal is found and named."""

from __future__ import annotations

import random
import re
import subprocess
from datetime import timedelta
from io import BytesIO

import pikepdf
import pytest

import documents
from documents.authority import Authority, Roots
from odr import facts
from odr.errors import KeyUnusable, RenderingFailed
from odr.papers import BY_PARTIES
from tests.documents import samples
from tests.documents.conftest import NOW, sample


def codes(report) -> set[str]:
    return {finding.code for finding in report.findings}


def flipped(pdf: bytes, position: int, mask: int = 1) -> bytes:
    changed = bytearray(pdf)
    changed[position] ^= mask
    return bytes(changed)


def test_a_sealed_ruling_is_valid_and_says_who_sealed_it_when_and_what(sealed, authority):
    report = documents.verify(sealed, authority)

    assert report.valid
    assert report.covers_whole_file
    assert [(s.name, s.code, s.at, s.reason) for s in report.signers] == [
        (samples.COURT, "0106", NOW, "司法确认裁定")
    ]
    assert report.facts_json == facts.to_json(sample("ruling_confirm")[1])


def test_the_published_root_alone_is_enough_to_verify(sealed, authority):
    assert documents.verify(sealed, Roots.of(authority.root_pem)).valid


def test_poppler_agrees(sealed, tmp_path):
    (tmp_path / "ruling.pdf").write_bytes(sealed)

    said = subprocess.run(
        ["pdfsig", tmp_path / "ruling.pdf"], capture_output=True, text=True, check=False
    ).stdout

    assert "Signature is Valid" in said
    assert f"Signer Certificate Common Name: {samples.COURT}" in said
    assert "ETSI.CAdES.detached" in said


def test_the_seal_is_visible_over_the_date(sealed, printed):
    with pikepdf.open(BytesIO(sealed)) as pdf:
        boxes = [
            a.Rect for page in pdf.pages for a in page.get("/Annots", []) if a.FT == "/Sig" and a.get("/AP")
        ]
    visible = [box for box in boxes if box[2] > box[0]]

    assert [round(float(box[2] - box[0])) for box in visible] == [119]  # 42 mm


def test_the_court_countersigns_what_an_organisation_sealed_and_both_hold(
    printed, organisation, court, authority
):
    once = documents.seal(printed("agreement"), organisation, authority, reason="调解协议", at=NOW)

    twice = documents.seal(once, court, authority, reason="备案", at=NOW + timedelta(hours=1))

    report = documents.verify(twice, authority)
    assert report.valid
    assert [s.name for s in report.signers] == [samples.ORG, samples.COURT]
    assert twice.startswith(once)


@pytest.mark.parametrize("name", sorted({name for kind, name, _ in samples.ALL if kind in BY_PARTIES}))
def test_what_the_parties_hand_in_is_kept_unchanged_and_bears_no_seal_to_be_seen(
    printed, court, authority, name
):
    paper = documents.seal(printed(name), court, authority, reason="收件存证", at=NOW)

    with pikepdf.open(BytesIO(paper)) as pdf:
        boxes = [a.Rect for page in pdf.pages for a in page.get("/Annots", []) if a.get("/FT") == "/Sig"]
    assert documents.verify(paper, authority).valid
    assert all(box[2] == box[0] for box in boxes)


def test_no_seal_goes_on_a_paper_that_was_changed(printed, organisation, court, authority):
    once = documents.seal(printed("agreement"), organisation, authority, reason="调解协议", at=NOW)

    with pytest.raises(RenderingFailed):
        documents.seal(flipped(once, 5000), court, authority, reason="备案", at=NOW)


def test_two_hundred_changed_bytes_are_all_found_and_placed(sealed, authority):
    roots, dice = authority.roots(), random.Random(20261121)
    last = sealed.rfind(b"/Contents <") + 11  # half of them where no digest looks: in the last container
    places = [dice.randrange(len(sealed)) for _ in range(100)] + [
        last + dice.randrange(2400) for _ in range(100)
    ]

    reports = [documents.verify(flipped(sealed, place, dice.randrange(1, 256)), roots) for place in places]

    assert not [place for place, report in zip(places, reports, strict=True) if report.valid]
    assert all(finding.place for report in reports for finding in report.findings)


def test_a_change_is_placed_in_the_part_it_was_made_in(sealed, authority):
    report = documents.verify(flipped(sealed, 2000), authority)

    assert report.findings[0].place.startswith("第0至")


@pytest.mark.parametrize("tail", [b"\n", b"% a remark\n", b"\0" * 64])
def test_anything_after_the_last_time_stamp_is_named(sealed, authority, tail):
    report = documents.verify(sealed + tail, authority)

    assert not report.valid
    assert report.appended == len(tail)
    assert codes(report) == {"appended"}


def test_an_update_that_replaces_a_page_is_named(sealed, authority):
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(BytesIO(sealed))
    writer.root["/Lang"] = writer.root["/Lang"]
    writer.update_root()
    shadow = BytesIO()
    writer.write(shadow)

    report = documents.verify(shadow.getvalue(), authority)

    assert "appended" in codes(report)
    assert report.facts_json is None


def test_a_paper_cut_back_to_before_its_archive_time_stamp_is_named(sealed, authority):
    ends = [n + 6 for n in range(len(sealed)) if sealed.startswith(b"%%EOF\n", n)]

    report = documents.verify(sealed[: ends[-2]], authority)

    assert "unstamped" in codes(report)


def test_a_seal_of_a_strange_authority_is_not_trusted(printed, authority, tmp_path):
    stranger = Authority.open(tmp_path, NOW)
    seal = stranger.seal_for("0106", samples.COURT)
    forged = documents.seal(printed("ruling_confirm"), seal, stranger, reason="司法确认裁定", at=NOW)

    report = documents.verify(forged, authority)

    assert not report.valid
    assert "untrusted" in codes(report)
    assert not any(signer.valid for signer in report.signers)


def test_a_revoked_seal_seals_nothing_more_and_its_earlier_papers_stay_good(printed, tmp_path):
    authority = Authority.open(tmp_path, NOW)
    seal = authority.seal_for("0106", samples.COURT)
    before = documents.seal(printed("ruling_confirm"), seal, authority, reason="司法确认裁定", at=NOW)

    authority.revoke(seal, NOW + timedelta(days=1))

    assert documents.verify(before, authority.roots(NOW + timedelta(days=2))).valid
    assert documents.verify(before, authority).valid
    with pytest.raises(KeyUnusable, match="revoked"):
        documents.seal(printed("ruling_confirm"), seal, authority, reason="x", at=NOW + timedelta(days=2))


def test_a_seal_near_its_end_seals_nothing(printed, court, authority):
    with pytest.raises(KeyUnusable, match="less than 30 days"):
        documents.seal(printed("ruling_confirm"), court, authority, reason="x", at=NOW + timedelta(days=1800))


def test_a_long_running_court_seals_and_verifies_months_after_its_keys_were_opened(printed, court, authority):
    later = documents.seal(
        printed("ruling_confirm"), court, authority, reason="x", at=NOW + timedelta(days=100)
    )

    assert documents.verify(later, authority).valid


@pytest.mark.parametrize(
    "bytes_from_a_stranger",
    [b"", b"PK\3\4", b"%PDF-1.7", b"%PDF-1.7\n" + b"[" * 50_000, b"%PDF-" + bytes(range(256)) * 99],
)
def test_bytes_that_are_no_paper_get_an_answer(authority, bytes_from_a_stranger):
    assert codes(documents.verify(bytes_from_a_stranger, authority)) == {"unreadable"}


@pytest.mark.parametrize(
    "span", [b"[0 1]", b"[0 1 /a /b]", b"[0 1 9 0 R]", b"[]", b"[0 1 -9 4]", b"[0 1 5 99999999]"]
)
def test_a_seal_that_covers_nonsense_gets_an_answer(sealed, authority, span):
    found = re.search(rb"/ByteRange *\[[^]]*\]", sealed)[0]
    forged = sealed.replace(found, (b"/ByteRange " + span).ljust(len(found)), 1)

    report = documents.verify(forged, authority)

    assert not report.valid
    assert report.findings


def test_a_paper_without_a_seal_gets_an_answer(printed, authority):
    assert codes(documents.verify(printed("ruling_confirm"), authority)) == {"unsealed"}
