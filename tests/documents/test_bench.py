from __future__ import annotations

import io
import json

import pytest

from documents import bench


@pytest.mark.slow
def test_the_benchmark_says_every_figure_and_seals_a_small_ruling() -> None:
    said = io.StringIO()

    code = bench.main(["--json", "--count", "2"], said)

    found = json.loads(said.getvalue())
    assert code == 0
    assert {
        "ruling_warm_ms",
        "ruling_cold_ms",
        "sealed_ms",
        "verify_ms",
        "docs_per_core_s",
        "typst_warm_ms",
    } < set(found)
    assert found["ruling_bytes"] <= 200_000
