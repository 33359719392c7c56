"""The command `odr bench`: each benchmark stands beside what it measures."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

BENCHES = {
    "documents": "web.queue_bench",
    "journal": "odr.bench",
    "media": "signaling.bench",
}


def main(words: Sequence[str]) -> int:
    """Runs one benchmark, `main(words, out)` of its module; 2 when there is none of that name."""
    if not words or words[0] not in BENCHES:
        print(f"odr bench: one of {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    code: int = import_module(BENCHES[words[0]]).main(words[1:], sys.stdout)
    return code
