"""`odr clip`: a stretch of a recording with the proof that it belongs to it, and nothing of the rest.

The signing alone can be shown so. Whoever has the head of the recording from the case journal checks the
part with `verify.py PART HEAD`, the script that lies in every case file.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TextIO

from signaling import bundle


def main(folder: Path, part: Path, *, begin_s: float, end_s: float, out: TextIO) -> int:
    """Write the segments between two times, and say which head they hang on."""
    if not bundle.is_bundle(folder):
        print(f"odr clip: {folder} is no recording", file=out)
        return os.EX_NOINPUT
    segments = bundle.between(folder, round(begin_s * 1000), round(end_s * 1000))
    if not segments:
        print("odr clip: nothing was recorded then", file=out)
        return os.EX_DATAERR
    part.write_bytes(bundle.proof(folder, segments))
    head = json.loads((folder / bundle.MANIFEST).read_bytes())["head"]
    print(f"{len(segments)} segments, {part.stat().st_size} bytes; head {head}", file=out)
    return os.EX_OK
