"""Files that are either there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path


def write_all(file: int, parts: Sequence[bytes]) -> None:
    """Writes the parts to the end, in one system call when the kernel takes them so."""
    wanted = sum(map(len, parts))
    done = os.writev(file, parts)
    if done < wanted:
        rest = memoryview(b"".join(parts))
        while done < wanted:
            done += os.write(file, rest[done:])


def sync(path: Path) -> None:
    """Makes a file or the names in a directory survive a power cut."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def unfinished(path: Path) -> Path:
    """The hidden name under which a file is written before it gets its own."""
    return path.with_name(f".{path.name}.unfinished")


def publish(path: Path) -> None:
    """Gives the unfinished file its name."""
    sync(unfinished(path))
    unfinished(path).replace(path)
    sync(path.parent)


def put(path: Path, data: bytes) -> None:
    """Writes a whole file under its name."""
    unfinished(path).write_bytes(data)
    publish(path)
