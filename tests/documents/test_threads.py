"""Several threads seal and check at once, from the first moment of a process."""

from __future__ import annotations

import subprocess
import sys

FIRST_USE = """
import sys
from datetime import datetime
from pathlib import Path
from asn1crypto import core
import documents
from documents import sealing, stamping, timestamps, verifying
from documents.authority import Authority

ready = set(core._SETUP_CLASSES)
at = datetime.fromisoformat(sys.argv[3])
authority = Authority.open(Path(sys.argv[2]), at)
seal = authority.seal_for("0106", "杭州市西湖区人民法院")
pdf = documents.seal(Path(sys.argv[1]).read_bytes(), seal, authority, reason="裁定", at=at)
assert documents.verify(pdf, authority).valid
print(*sorted(one.__name__ for one in set(core._SETUP_CLASSES) - ready))
"""


def test_no_class_of_asn1crypto_is_left_for_two_threads_to_set_up_at_once(printed, tmp_path):
    from tests.documents.conftest import NOW

    paper = tmp_path / "ruling.pdf"
    paper.write_bytes(printed("ruling_confirm"))

    words = [sys.executable, "-c", FIRST_USE, paper, tmp_path / "keys", NOW.isoformat()]
    ended = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.split() == []
