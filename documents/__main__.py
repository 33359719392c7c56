"""`python -m documents facts.json out.pdf`: look at one document."""

from __future__ import annotations

import sys
from pathlib import Path

from documents import render
from odr import facts


def main(source: str, target: str) -> None:
    """Render the facts in one file into another."""
    f = facts.from_json(Path(source).read_bytes())
    Path(target).write_bytes(render(f.kind, f))


if __name__ == "__main__":
    main(*sys.argv[1:3])
