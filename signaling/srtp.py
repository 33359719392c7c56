"""SRTP through libsrtp's C functions on a buffer of our own.

pylibsrtp's own methods refuse packets above 1356 bytes and cost twice as much.
"""

from __future__ import annotations

from pylibsrtp import Session
from pylibsrtp._binding import ffi, lib

from signaling.batch import SLOT, Slots

SIZE = 2048
ROOM = 160  # trailer that protection may append
_data = ffi.new("char[]", SIZE)
_view = ffi.buffer(_data)
_length = ffi.new("int *")


class Srtp:
    """Both directions of one connection."""

    def __init__(self, receiving: Session, sending: Session) -> None:
        self._sessions = (receiving, sending)  # keeps the C contexts alive
        self._rx, self.tx = receiving._srtp[0], sending._srtp[0]
        self.receiving = int(ffi.cast("uintptr_t", self._rx))  # the same for compiled code
        self.sending = int(ffi.cast("uintptr_t", self.tx))

    def open(self, slots: Slots, number: int, size: int, control: bool) -> bytes | None:
        """Decrypt what lies in a slot, where it lies; the packet in clear, or nothing as with `unprotect`."""
        slots.sizes[number] = size
        unseal = lib.srtp_unprotect_rtcp if control else lib.srtp_unprotect
        if unseal(self._rx, slots.pointers[number], slots.lengths[number]):
            return None
        at = number * SLOT
        return slots.view[at : at + slots.sizes[number]]  # type: ignore[no-any-return]  # bytes

    def unprotect(self, data: bytes) -> bytes | None:
        """The packet in clear, or nothing when it is forged or repeated."""
        control = 192 <= data[1] <= 223
        return _run(lib.srtp_unprotect_rtcp if control else lib.srtp_unprotect, self._rx, data)

    def protect(self, data: bytes) -> bytes | None:
        """The packet as it goes on the wire."""
        control = 192 <= data[1] <= 223
        return _run(lib.srtp_protect_rtcp if control else lib.srtp_protect, self.tx, data)


def _run(function: object, session: object, data: bytes) -> bytes | None:
    size = len(data)
    if not 12 <= size + 4 <= SIZE - ROOM:
        return None
    _view[0:size] = data
    _length[0] = size
    if function(session, _data, _length):  # type: ignore[operator]  # a C function
        return None
    return bytes(_view[0 : _length[0]])
