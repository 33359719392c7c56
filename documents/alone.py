"""Runs pyHanko's coroutines to their end, whatever the caller's thread is busy with."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """The result, from a thread of its own: the caller's may already have an event loop."""
    with ThreadPoolExecutor(1, "pyhanko") as thread:
        return thread.submit(asyncio.run, work).result()
