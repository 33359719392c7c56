"""openssl and pyHanko's command, which know nothing of us, look at the same changed papers as our verifier.

`ODR_CHANGES=1000` makes this the long test that it is a sample of.
"""

from __future__ import annotations

import os
import random
import re
from pathlib import Path

from click.testing import CliRunner
from pyhanko.cli import cli_root

import documents
from documents.authority import Authority
from documents.standalone import RANGE, Check
from tests.documents.conftest import NOW

CHANGES = int(os.environ.get("ODR_CHANGES", "24"))


def by_openssl(folder: Path, pdf: bytes) -> list[tuple[str, str]]:
    check = Check(folder)
    check.folder = folder
    check.trust()
    check.seals("paper.pdf", pdf)
    return check.findings


def containers_of(pdf: bytes) -> list[range]:
    """The bytes no seal covers: each seal's own container."""
    found = [[int(n) for n in match] for match in re.findall(RANGE, pdf)]
    return [range(length, second) for _, length, second, _ in found]


def by_pyhanko(folder: Path, pdf: bytes) -> bool:
    """What `pyhanko sign validate` says, trusting the court's root alone, at the hour of the seal."""
    paper = folder / "paper.pdf"
    paper.write_bytes(pdf)
    trust = ("--trust", str(folder / "keys" / "root.pem"), "--trust-replace")
    words = ["sign", "validate", *trust, "--validation-time", NOW.isoformat(), str(paper)]
    return CliRunner().invoke(cli_root, words).exit_code == 0


def test_openssl_and_pyhanko_accept_what_we_sealed_and_refuse_what_was_changed_as_we_do(
    sealed: bytes, authority: Authority, tmp_path: Path
) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "root.pem").write_bytes(authority.root_pem)
    roots, dice, gaps = authority.roots(), random.Random(99), containers_of(sealed)
    end_of_seal = sealed.index(b"%%EOF", gaps[0].stop)
    assert documents.verify(sealed, roots).valid
    assert by_openssl(tmp_path, sealed) == []
    assert by_pyhanko(tmp_path, sealed)

    for _ in range(CHANGES):
        at = dice.randrange(len(sealed))
        changed = sealed[:at] + bytes([sealed[at] ^ (1 << dice.randrange(8))]) + sealed[at + 1 :]
        ours = documents.verify(changed, roots)

        assert not ours.valid, at
        assert ours.findings[0].place, at
        # Filling of a container is nobody's content: the others read past it, ours does not
        filling = any(at in gap for gap in gaps)
        assert by_openssl(tmp_path, changed) or filling, at
        # pyHanko's verdict is about seals; what only the archive time-stamp covers it does not judge
        assert not by_pyhanko(tmp_path, changed) or filling or at > end_of_seal, at
