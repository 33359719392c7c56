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
    found = json.loads(ended.stdout)["queued"]
    assert found["documents"] == 4
    assert found["pages"] > 0
    assert found["median_page_ms"] <= found["p99_page_ms"] <= found["slowest_page_ms"]
