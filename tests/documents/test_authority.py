"""Keys that nobody else can read, that end in time, and whose words others can check."""

from __future__ import annotations

import hashlib
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from documents import signers, timestamps
from documents.authority import Authority
from odr.errors import KeyUnusable
from tests.documents import samples
from tests.documents.conftest import NOW

YEAR = timedelta(days=365)


def test_the_same_folder_opens_with_the_same_keys(tmp_path):
    first = Authority.open(tmp_path, NOW)
    seal = first.seal_for("0106", samples.COURT)

    again = Authority.open(tmp_path, NOW + YEAR)

    assert again.root == first.root
    assert again.seal_for("0106", samples.COURT).certificate == seal.certificate


def test_two_processes_that_open_a_new_folder_at_once_agree(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: Authority.open(tmp_path, NOW).root, range(8)))

    assert len({root.serial_number for root in opened}) == 1


def test_nobody_else_can_read_a_key(tmp_path):
    Authority.open(tmp_path, NOW).seal_for("0106", samples.COURT)

    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("*.key")}

    assert modes == {0o600}


def test_a_key_that_others_can_read_is_refused(tmp_path):
    Authority.open(tmp_path, NOW)
    (tmp_path / "root.key").chmod(0o640)

    with pytest.raises(KeyUnusable, match="others can read"):
        Authority.open(tmp_path, NOW)


@pytest.mark.parametrize("half", ["root.key", "tsa.pem"])
def test_half_a_key_is_refused_and_never_replaced(tmp_path, half):
    Authority.open(tmp_path, NOW)
    (tmp_path / half).unlink()

    with pytest.raises(KeyUnusable, match="missing"):
        Authority.open(tmp_path, NOW)


def test_a_key_of_another_certificate_is_refused(tmp_path):
    Authority.open(tmp_path, NOW)
    (tmp_path / "tsa.key").write_bytes((tmp_path / "root.key").read_bytes())

    with pytest.raises(KeyUnusable, match="does not belong"):
        Authority.open(tmp_path, NOW)


def test_a_seal_within_thirty_days_of_its_end_is_refused(tmp_path):
    authority = Authority.open(tmp_path, NOW)
    authority.seal_for("0106", samples.COURT)

    with pytest.raises(KeyUnusable, match="ends on 2031-11-20, less than 30 days away"):
        Authority.open(tmp_path, NOW + 5 * YEAR - timedelta(days=29))


def test_a_signature_over_a_checkpoint_holds_for_these_bytes_and_this_root_only(authority, tmp_path):
    court = authority.signer_for("0106", samples.COURT)
    signature = court.sign(b"merkle root")
    stranger = Authority.open(tmp_path, NOW)

    assert signature.startswith("es256:")
    assert court.sign(b"merkle root") == signature
    assert signers.verify(b"merkle root", signature, court.pem, authority.root_pem)
    assert not signers.verify(b"merkle r00t", signature, court.pem, authority.root_pem)
    assert not signers.verify(b"merkle root", signature, court.pem, stranger.root_pem)
    assert not signers.verify(b"merkle root", "es256:AAAA", court.pem, authority.root_pem)
    assert not signers.verify(b"merkle root", signature, b"no certificate", authority.root_pem)


def test_openssl_accepts_our_time_stamps(authority, tmp_path):
    digest = hashlib.sha256(b"checkpoint").digest()
    (tmp_path / "token.der").write_bytes(authority.timestamp(digest, NOW))
    (tmp_path / "root.pem").write_bytes(authority.root_pem)

    said = subprocess.run(
        ["openssl", "ts", "-verify", "-digest", digest.hex(), "-token_in", "-in", tmp_path / "token.der",
         "-CAfile", tmp_path / "root.pem", "-attime", str(int(NOW.timestamp()))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert "Verification: OK" in said.stdout


def test_a_time_stamp_tells_its_instant_for_its_own_digest_only(authority, tmp_path):
    digest = hashlib.sha256(b"checkpoint").digest()
    token = authority.timestamp(digest, NOW)

    assert timestamps.read(token, digest, authority.root) == NOW
    with pytest.raises(ValueError, match="another digest"):
        timestamps.read(token, hashlib.sha256(b"other").digest(), authority.root)
    with pytest.raises(ValueError):
        timestamps.read(token, digest, Authority.open(tmp_path, NOW).root)


def test_every_changed_byte_of_a_time_stamp_that_matters_is_found(authority):
    digest = hashlib.sha256(b"checkpoint").digest()
    token = authority.timestamp(digest, NOW)
    instants = set()
    for position in range(len(token)):
        changed = bytearray(token)
        changed[position] ^= 1
        try:
            instants.add(timestamps.read(bytes(changed), digest, authority.root))
        except ValueError:
            continue

    assert instants <= {NOW}
