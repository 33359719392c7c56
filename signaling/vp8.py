"""The VP8 payload descriptor (RFC 7741): keyframes, and counters that must run on when layers switch.

Without continuous picture numbers Chromium drops frames after a switch of simulcast layers.
"""

from typing import NamedTuple


class Descriptor(NamedTuple):
    """Where the counters of one packet stand; −1 means absent."""

    size: int
    starts: bool  # first packet of a frame
    picture: int
    picture_at: int
    wide: bool  # 15-bit picture number
    tl0: int
    tl0_at: int
    key: int
    key_at: int


class Counters(NamedTuple):
    """The three counters of a frame as sent to a subscriber."""

    picture: int
    tl0: int
    key: int


def parse(payload: bytes) -> Descriptor | None:
    """Read the descriptor; nothing when the payload is cut short."""
    try:
        first = payload[0]
        at, picture, picture_at, wide = 1, -1, -1, False
        tl0 = tl0_at = key = key_at = -1
        if first & 0x80:
            flags = payload[1]
            at = 2
            if flags & 0x80:
                picture_at, wide = at, bool(payload[at] & 0x80)
                picture = (payload[at] & 0x7F) << 8 | payload[at + 1] if wide else payload[at]
                at += 2 if wide else 1
            if flags & 0x40:
                tl0, tl0_at, at = payload[at], at, at + 1
            if flags & 0x30:
                key, key_at, at = payload[at] & 0x1F, at, at + 1
        payload[at]
    except IndexError:
        return None
    starts = bool(first & 0x10) and not first & 0x0F
    return Descriptor(at, starts, picture, picture_at, wide, tl0, tl0_at, key, key_at)


def begins_keyframe(payload: bytes) -> bool:
    """Whether a keyframe begins with this packet."""
    descriptor = parse(payload)
    return descriptor is not None and is_keyframe(payload, descriptor)


def is_keyframe(payload: bytes, descriptor: Descriptor) -> bool:
    """Whether this packet begins a frame that needs no other."""
    return descriptor.starts and not payload[descriptor.size] & 1


def rewrite(payload: bytes, descriptor: Descriptor, counters: Counters) -> bytes:
    """The same payload with the subscriber's counters in the places the sender used."""
    copy = bytearray(payload)
    if descriptor.picture_at >= 0:
        at = descriptor.picture_at
        if descriptor.wide:
            copy[at] = 0x80 | counters.picture >> 8 & 0x7F
            copy[at + 1] = counters.picture & 0xFF
        else:
            copy[at] = counters.picture & 0x7F
    if descriptor.tl0_at >= 0:
        copy[descriptor.tl0_at] = counters.tl0 & 0xFF
    if descriptor.key_at >= 0:
        copy[descriptor.key_at] = copy[descriptor.key_at] & 0xE0 | counters.key & 0x1F
    return bytes(copy)
