"""A seal and time-stamps from authorities outside: real certificates, a real RFC 3161 server on this machine."""

from __future__ import annotations

import shutil
import subprocess
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

import documents
from documents import alone, certificates, stamping
from documents.authority import Authority, Roots
from documents.standalone import Check
from odr.errors import KeyUnusable
from tests.documents import samples
from tests.documents.conftest import NOW
from tests.documents.time_server import TimeServer
from web import verifying

COURT = ("粤0106", samples.COURT)


def issue(
    name: str, issuer: tuple[x509.Certificate, rsa.RSAPrivateKey] | None, *, ca: bool, days: int = 900
) -> tuple[x509.Certificate, rsa.RSAPrivateKey]:
    """A certificate as a licensed authority issues it: RSA, under an intermediate one."""
    key = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    above, signing = issuer or (None, key)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(above.subject if above else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False
        )
        .add_extension(
            x509.KeyUsage(
                digital_signature=not ca, content_commitment=not ca, key_cert_sign=ca, crl_sign=ca,
                key_encipherment=False, data_encipherment=False, key_agreement=False,
                encipher_only=False, decipher_only=False,
            ),
            critical=True,
        )
        .sign(signing, hashes.SHA256())
    )  # fmt: skip
    return made, key


@pytest.fixture(scope="module")
def licensed() -> tuple[
    tuple[x509.Certificate, rsa.RSAPrivateKey], tuple[x509.Certificate, rsa.RSAPrivateKey]
]:
    root = issue("某某电子认证有限公司根", None, ca=True)
    return root, issue("某某电子认证有限公司", root, ca=True)


def private(path: Path, content: bytes) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o600)


def give(keys: Path, licensed, *, packed: bool = True, days: int = 900) -> None:
    """Put a court's seal from outside into a key folder."""
    (root, _), above = licensed
    certificate, key = issue(samples.COURT, above, ca=False, days=days)
    outside = keys / "outside"
    if packed:
        lock = BestAvailableEncryption(b"a secret")
        private(
            outside / "粤0106.p12",
            pkcs12.serialize_key_and_certificates(b"seal", key, certificate, [above[0]], lock),
        )
        private(outside / "粤0106.password", b"a secret\n")
    else:
        private(outside / "粤0106.key", certificates.pem(key))
        private(outside / "粤0106.pem", pem(certificate) + pem(above[0]))
    private(outside / "roots.pem", pem(root))


def pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    Authority.open(tmp_path / "keys", NOW)
    return tmp_path / "keys"


@pytest.mark.parametrize("packed", [True, False], ids=["pkcs12", "key and chain"])
def test_a_court_seals_with_the_seal_a_licensed_authority_gave_it(keys, licensed, printed, packed, tmp_path):
    give(keys, licensed, packed=packed)
    authority = Authority.open(keys, NOW)
    seal = authority.seal_for(*COURT)

    pdf = documents.seal(printed("ruling_confirm"), seal, authority, reason="裁定", at=NOW)

    report = documents.verify(pdf, authority)
    assert report.findings == ()
    assert [(one.name, one.at) for one in report.signers] == [(samples.COURT, NOW)]
    assert seal.certificate.issuer == licensed[1][0].subject
    (tmp_path / "paper.pdf").write_bytes(pdf)
    said = subprocess.run(
        ["pdfsig", tmp_path / "paper.pdf"], capture_output=True, text=True, check=False
    ).stdout
    assert "Signature is Valid" in said


def test_who_does_not_rely_on_that_authority_does_not_trust_its_seal(keys, licensed, printed):
    give(keys, licensed)
    authority = Authority.open(keys, NOW)
    pdf = documents.seal(printed("ruling_confirm"), authority.seal_for(*COURT), authority, reason="x", at=NOW)

    report = documents.verify(pdf, Roots.of(authority.root_pem))

    assert "untrusted" in {one.code for one in report.findings}
    published = authority.root_pem + (keys / "outside" / "roots.pem").read_bytes()
    assert documents.verify(pdf, Roots.of(published)).valid


def test_the_script_for_case_files_trusts_it_when_the_court_names_that_authority(
    keys, licensed, printed, tmp_path
):
    give(keys, licensed)
    authority = Authority.open(keys, NOW)
    pdf = documents.seal(printed("ruling_confirm"), authority.seal_for(*COURT), authority, reason="x", at=NOW)
    file = tmp_path / "case" / "keys"
    file.mkdir(parents=True)
    (file / "root.pem").write_bytes(authority.root_pem)

    assert [what for _, what in found_by_script(file.parent, pdf)] == [
        "签章不符，内容被改动 altered: the seal does not fit"
    ]
    shutil.copy(keys / "outside" / "roots.pem", file / "outside.pem")
    assert found_by_script(file.parent, pdf) == []


def found_by_script(folder: Path, pdf: bytes) -> list[tuple[str, str]]:
    check = Check(folder)
    check.folder = folder
    check.trust()
    check.seals("paper.pdf", pdf)
    return check.findings


@pytest.mark.parametrize("place", [1000, 60_000])
def test_a_changed_byte_under_a_seal_from_outside_is_found(keys, licensed, printed, place):
    give(keys, licensed)
    authority = Authority.open(keys, NOW)
    pdf = bytearray(
        documents.seal(printed("ruling_confirm"), authority.seal_for(*COURT), authority, reason="x", at=NOW)
    )
    pdf[place] ^= 1

    assert not documents.verify(bytes(pdf), authority).valid


def test_a_seal_from_outside_that_ends_soon_is_refused(keys, licensed):
    give(keys, licensed, days=20)
    with pytest.raises(KeyUnusable, match="less than 30 days"):
        Authority.open(keys, NOW).seal_for(*COURT)


def test_a_seal_that_others_could_read_or_that_does_not_fit_is_refused(keys, licensed):
    give(keys, licensed, packed=False)
    (keys / "outside" / "粤0106.key").chmod(0o644)
    with pytest.raises(KeyUnusable, match="others can read"):
        Authority.open(keys, NOW).seal_for(*COURT)
    private(keys / "outside" / "粤0106.key", certificates.pem(rsa.generate_private_key(65537, 2048)))
    with pytest.raises(KeyUnusable, match="does not belong"):
        Authority.open(keys, NOW).seal_for(*COURT)


def test_checkpoints_are_signed_by_our_own_key_all_the_same(keys, licensed):
    give(keys, licensed)
    authority = Authority.open(keys, NOW)
    signer = authority.signer_for(*COURT)
    own = x509.load_pem_x509_certificate(signer.pem)

    assert own.issuer == authority.root.subject


@pytest.fixture
def trusting(keys: Path, tmp_path: Path) -> tuple[Authority, Authority]:
    """A court, and the outside time-stamp authority on which it relies."""
    stranger = Authority.open(tmp_path / "stranger", NOW)
    private(keys / "outside" / "roots.pem", stranger.root_pem)
    return Authority.open(keys, NOW), stranger


def sealed_by(authority: Authority, printed) -> bytes:
    return documents.seal(
        printed("ruling_confirm"), authority.seal_for(*COURT), authority, reason="x", at=NOW
    )


def test_an_outside_time_stamp_goes_over_the_whole_paper_and_holds(trusting, printed):
    ours, stranger = trusting
    before = sealed_by(ours, printed)
    later = NOW + timedelta(hours=2)
    with TimeServer(stranger, later) as server:
        after = stamping.stamp(before, server.url, ours.roots())

    assert after.startswith(before)
    report = documents.verify(after, ours)
    assert report.findings == ()
    assert report.covers_whole_file
    assert not documents.verify(after[:-20] + b"x" + after[-19:], ours).valid
    assert not documents.verify(after, Roots.of(ours.root_pem)).valid
    assert documents.verify(before, ours).valid


def rewritten(paper: bytes) -> bytes:
    """The paper with its first page emptied in an appended revision."""
    writer = IncrementalPdfFileWriter(BytesIO(paper))
    page = writer.root["/Pages"]["/Kids"][0].get_object()
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b""))
    writer.mark_update(page.container_ref)
    writer.write_in_place()
    return writer.prev.stream.getvalue()


def stamped_by(stranger: Authority, paper: bytes, at: datetime) -> bytes:
    with TimeServer(stranger, at) as server:
        return alone.run(stamping._stamp(paper, server.url))


def test_an_outside_time_stamp_makes_nothing_true_that_was_added_before_it(trusting, printed):
    ours, stranger = trusting
    forged = stamped_by(stranger, rewritten(sealed_by(ours, printed)), NOW + timedelta(hours=2))

    report = documents.verify(forged, ours)

    assert not report.valid
    assert "appended" in {one.code for one in report.findings}


def test_an_outside_time_stamp_is_no_archive_time_stamp_of_a_seal(trusting, licensed, printed, keys):
    """Who else has a certificate of that authority cannot make a paper of ours."""
    ours, stranger = trusting
    alone_stamped = stamped_by(stranger, printed("ruling_confirm"), NOW)

    report = documents.verify(alone_stamped, ours)

    assert {one.code for one in report.findings} == {"unsealed"}


def test_on_the_courts_own_machine_an_outside_time_stamp_is_known(trusting, printed, tmp_path, monkeypatch):
    ours, stranger = trusting
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(stamped_by(stranger, sealed_by(ours, printed), NOW + timedelta(hours=2)))
    monkeypatch.setenv("ODR_DATA", str(ours.directory.parent))

    assert verifying.look(paper, None).findings == []
    (tmp_path / "root").write_bytes(ours.root_pem)
    assert verifying.look(paper, tmp_path / "root").findings  # elsewhere only what was named is relied on
    (tmp_path / "root").write_bytes(b"\x30\x82")
    with pytest.raises(verifying.Unreadable, match="is no certificate"):
        verifying.look(paper, tmp_path / "root")


def test_two_outside_time_stamps_one_after_the_other_hold(trusting, printed):
    ours, stranger = trusting
    once = stamped_by(stranger, sealed_by(ours, printed), NOW + timedelta(hours=2))

    assert documents.verify(stamped_by(stranger, once, NOW + timedelta(hours=3)), ours).findings == ()


@pytest.mark.parametrize("trouble", ["down", "refuses", "nonsense", "other digest"])
def test_an_authority_that_gives_no_time_stamp_is_named(trusting, printed, trouble):
    ours, stranger = trusting
    before = sealed_by(ours, printed)
    server = TimeServer(stranger, NOW, trouble)
    with server, pytest.raises(stamping.Unreachable, match=f"127.0.0.1:{server.port}"):
        stamping.stamp(before, server.url, ours.roots())
