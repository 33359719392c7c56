"""The process that renders: no network, an empty folder, little memory, little time.

It reads length-prefixed facts from its input and answers with a PDF, a refusal or a fault. When the
input ends it ends, so it never outlives the process that started it.
"""

from __future__ import annotations

import ctypes
import gc
import json
import logging
import os
import resource
import struct
import sys
from typing import BinaryIO

PDF, REFUSED, BROKEN = b"P", b"R", b"B"
SECONDS = 20
MEMORY = 640 * 2**20  # all faces with the rarest names take 290; the largest paper
LARGEST_FILE = 50 * 2**20
_CLONE_NEWNET, _CLONE_NEWUSER = 0x40000000, 0x10000000


def main() -> None:
    """Take off every power, load the renderer, serve until the input ends."""
    leave_the_network()
    limit()
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    os.environ["RAYON_NUM_THREADS"] = "1"  # one document, one processor: the next one is at work beside it
    output = sys.stdout.buffer
    sys.stdout = sys.stderr  # nothing printed by a library may enter the frames
    gc.disable()  # cleaning waits until a document is delivered
    while (request := read_frame(sys.stdin.buffer)) is not None:
        allow_seconds(SECONDS)
        write_frame(output, answer(request))
        gc.collect()
        gc.freeze()  # what is left now stays for good, and need not be looked through after every document


def answer(request: bytes) -> bytes:
    """One document, or why not."""
    from documents import compose
    from odr import facts
    from odr.errors import BadInput

    try:
        f = facts.from_json(request)
        return PDF + compose.pdf(f.kind, f)
    except BadInput as refused:
        return REFUSED + json.dumps([type(refused).__name__, refused.details], default=str).encode()
    except MemoryError:
        return REFUSED + json.dumps(["DocumentTooLarge", {"memory": MEMORY}]).encode()
    except Exception as fault:  # the frame must be answered whatever happened; the parent raises it
        return BROKEN + f"{type(fault).__name__}: {fault}"[:2000].encode()


def leave_the_network() -> None:
    """Enter a network of our own without any interface; where the host forbids that, there is still no word to say an address with."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWNET) != 0:
        libc.unshare(_CLONE_NEWNET | _CLONE_NEWUSER)


def limit() -> None:
    """The limits that hold for the whole life of the process."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def allow_seconds(seconds: int) -> None:
    """So much processor time from now on; after it the kernel ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds + 1, hard))


def read_frame(stream: BinaryIO) -> bytes | None:
    """The next frame, or None when the other side is gone."""
    head = stream.read(4)
    return stream.read(struct.unpack(">I", head)[0]) if len(head) == 4 else None


def write_frame(stream: BinaryIO, content: bytes) -> None:
    """Length, then content."""
    stream.write(struct.pack(">I", len(content)) + content)
    stream.flush()


if __name__ == "__main__":
    main()
