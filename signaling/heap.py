"""Memory that people leave behind is given back to the machine."""

from __future__ import annotations

import gc
from contextlib import suppress

from cffi import FFI

_ffi = FFI()
_ffi.cdef("int malloc_trim(size_t);")
_library = _ffi.dlopen(None)


def tidy() -> None:
    """Free what nobody holds any more: people are webs of references, and their keys tear the heap into holes."""
    gc.collect()
    with suppress(AttributeError):  # another C library than GNU's has no such call, and less need of it
        _library.malloc_trim(0)
