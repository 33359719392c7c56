"""The benchmark of queued papers runs on real processes; at full size it is `odr bench documents`."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


@pytest.mark.slow
def test_queued_papers_are_made_while_pages_answer() -> None:
    words = [sys.executable, "-m", "web", "bench", "documents", "--json", "--count", "1", "--queued", "4"]

    ended = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)

    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert found["queued_count"] == 4
    assert found["pages_asked"] > 0
    assert found["page_median_ms"] <= found["page_p99_ms"] <= found["page_slowest_ms"]
