"""Three ways to sign for a court; each is checked here and by openssl, SM2 also against the standard's own numbers."""

from __future__ import annotations

import base64
import hashlib
import subprocess
from pathlib import Path

import gmalg
import pytest
from asn1crypto import algos

from documents import signers
from documents.authority import Authority
from documents.standalone import DIGESTS
from tests.documents import samples
from tests.documents.conftest import NOW

WAYS = ("es256", "rs256", "sm2")
ROOT_CHECKPOINT = b'{"court":"c","root":"sm3:00"}'

# GB/T 32918.5-2017, A.2: the curve's own example of a signature
SECRET = "3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"
POINT = (
    "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
NUMBER = 0x59276E27D506861A16680F3AD9C02DCCEF3CC1FA3CDBE4CE6D54B80DEAC1BC21
R = "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
S = "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"


@pytest.mark.parametrize("way", WAYS)
def test_what_was_signed_verifies_and_what_was_changed_does_not(
    authority: Authority, way: str, tmp_path: Path
):
    signer = authority.signer_for("0106", samples.COURT, way)

    signature = signer.sign(ROOT_CHECKPOINT)

    assert signature.startswith(f"{way}:")
    assert signers.verify(ROOT_CHECKPOINT, signature, signer.pem, authority.root_pem)
    assert not signers.verify(ROOT_CHECKPOINT + b" ", signature, signer.pem, authority.root_pem)
    stranger = Authority.open(tmp_path / "other", NOW)
    assert not signers.verify(ROOT_CHECKPOINT, signature, signer.pem, stranger.root_pem)
    for other in set(WAYS) - {way}:
        renamed = other + signature[signature.index(":") :]
        assert not signers.verify(ROOT_CHECKPOINT, renamed, signer.pem, authority.root_pem)


@pytest.mark.parametrize("way", WAYS)
def test_openssl_agrees(authority: Authority, way: str, tmp_path: Path):
    signer = authority.signer_for("0106", samples.COURT, way)
    text = signer.sign(ROOT_CHECKPOINT).partition(":")[2]
    for name, data in {
        "root": authority.root_pem, "key": signer.pem, "sig": base64.urlsafe_b64decode(text), "data": ROOT_CHECKPOINT,
    }.items():  # fmt: skip
        (tmp_path / name).write_bytes(data)

    vouched = openssl(tmp_path, "verify", "-no_check_time", "-CAfile", "root", "key")
    (tmp_path / "public").write_text(openssl(tmp_path, "x509", "-in", "key", "-pubkey", "-noout"))
    said = openssl(tmp_path, "dgst", *DIGESTS[way], "-verify", "public", "-signature", "sig", "data")

    assert (vouched.strip(), said.strip()) == ("key: OK", "Verified OK")


def openssl(folder: Path, *words: str) -> str:
    return subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True, check=True).stdout


def test_the_same_signer_comes_back_and_its_key_is_nobody_elses(tmp_path: Path):
    first = Authority.open(tmp_path, NOW).signer_for("0106", samples.COURT, "sm2")
    again = Authority.open(tmp_path, NOW).signer_for("0106", samples.COURT, "sm2")

    assert first == again
    (kept,) = tmp_path.glob("signer-sm2-*.key")
    assert kept.stat().st_mode & 0o077 == 0


def test_sm2_gives_the_signature_of_the_standard():
    fixed = gmalg.SM2(
        bytes.fromhex(SECRET), signers.SM2_NAME, bytes.fromhex(POINT), rnd_fn=lambda _bits: NUMBER
    )

    r, s = fixed.sign(b"message digest")

    assert (r.hex().upper(), s.hex().upper()) == (R, S)
    assert gmalg.SM2(uid=signers.SM2_NAME, pk=bytes.fromhex(POINT)).verify(b"message digest", r, s)


def test_sm3_gives_the_digests_of_the_standard():
    assert (
        hashlib.new("sm3", b"abc").hexdigest()
        == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )
    assert hashlib.new("sm3", b"abcd" * 16).hexdigest() == (
        "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
    )


@pytest.mark.parametrize("pair", [{"r": 1 << 300, "s": 1}, {"r": -5, "s": 1}, {"r": 0, "s": 0}])
def test_numbers_that_no_signature_can_have_are_no_signature(authority: Authority, pair: dict[str, int]):
    signer = authority.signer_for("0106", samples.COURT, "sm2")
    raw = algos.DSASignature(pair).dump()

    assert not signers.verify(
        b"x", f"sm2:{base64.urlsafe_b64encode(raw).decode()}", signer.pem, authority.root_pem
    )
