"""openssl, which knows nothing of us, and our own verifier look at the same changed papers.

`ODR_CHANGES=1000` makes this the long test that it is a sample of.
"""

from __future__ import annotations

import os
import random
import re
from pathlib import Path

import documents
from documents.authority import Authority
from documents.standalone import RANGE, Check

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


def test_openssl_accepts_what_we_sealed_and_refuses_what_was_changed_as_we_do(
    sealed: bytes, authority: Authority, tmp_path: Path
) -> None:
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "root.pem").write_bytes(authority.root_pem)
    roots, dice, gaps = authority.roots(), random.Random(99), containers_of(sealed)
    assert documents.verify(sealed, roots).valid
    assert by_openssl(tmp_path, sealed) == []

    for _ in range(CHANGES):
        at = dice.randrange(len(sealed))
        changed = sealed[:at] + bytes([sealed[at] ^ (1 << dice.randrange(8))]) + sealed[at + 1 :]
        ours = documents.verify(changed, roots)

        assert not ours.valid, at
        assert ours.findings[0].place, at
        # Filling of a container is nobody's content: openssl reads past it, ours does not
        assert by_openssl(tmp_path, changed) or any(at in gap for gap in gaps), at
