from __future__ import annotations

import io
import json

from odr import bench


def test_the_benchmark_verifies_a_journal_with_its_checkpoints_and_says_every_figure() -> None:
    said = io.StringIO()

    code = bench.main(["--json", "--entries", "2500", "--count", "20"], said)

    found = json.loads(said.getvalue())
    assert code == 0
    assert {"append_per_s", "bare_insert_per_s", "verify_1m_s", "case_ms"} < set(found)
    assert min(found.values()) > 0
