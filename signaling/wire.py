"""The RTP packet: reading and writing its header, and arithmetic on numbers that wrap (RFC 3550)."""

from __future__ import annotations

from struct import Struct, error, pack

HEADER = Struct("!BBHLL")
EXTENSION = Struct("!HH")
ONE_BYTE = 0xBEDE
AUDIO_LEVEL = "urn:ietf:params:rtp-hdrext:ssrc-audio-level"
MID = "urn:ietf:params:rtp-hdrext:sdes:mid"
RID = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id"
REPAIRED_RID = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"


class Malformed(ValueError):
    """A packet or message does not follow its format."""


class Packet:
    """One RTP packet as its sender wrote it; padding is cut off, so one of padding only has no payload."""

    __slots__ = ("extension", "keyframe", "marker", "payload", "payload_type", "seq", "ssrc", "timestamp")

    def __init__(self, data: bytes) -> None:
        try:
            first, second, self.seq, self.timestamp, self.ssrc = HEADER.unpack_from(data)
            at = 12 + 4 * (first & 15)
            self.extension: tuple[int, bytes] | None = None
            if first & 16:
                profile, words = EXTENSION.unpack_from(data, at)
                start, at = at + 4, at + 4 + 4 * words
                self.extension = (profile, data[start:at])
        except error as short:
            raise Malformed("RTP header is cut short") from short
        end = len(data)
        if first & 32:
            end -= data[-1]
        if first >> 6 != 2 or at > end or (first & 32 and not data[-1]):
            raise Malformed("RTP header is inconsistent")
        self.payload_type: int = second & 127
        self.marker: int = second >> 7
        self.payload = data[at:end]
        self.keyframe = False

    @classmethod
    def of(cls, ssrc: int, seq: int, timestamp: int, marker: int, payload: bytes, keyframe: bool) -> Packet:
        """A packet from what is remembered of it."""
        packet = cls.__new__(cls)
        packet.ssrc, packet.seq, packet.timestamp, packet.marker = ssrc, seq, timestamp, marker
        packet.payload, packet.keyframe, packet.extension, packet.payload_type = payload, keyframe, None, 0
        return packet


parse = Packet


def write(
    payload_type: int, marker: int, seq: int, timestamp: int, ssrc: int, extension: bytes, payload: bytes
) -> bytes:
    """Write one RTP packet; `extension` is empty or comes from `extension_block`."""
    first = 0x90 if extension else 0x80
    return HEADER.pack(first, payload_type | marker << 7, seq, timestamp, ssrc) + extension + payload


def extension_block(elements: dict[int, bytes]) -> bytes:
    """Header extension in the one-byte form (RFC 8285), ready to stand between header and payload."""
    body = b"".join(bytes([number << 4 | len(value) - 1]) + value for number, value in elements.items())
    body += bytes(-len(body) % 4)
    return pack("!HH", ONE_BYTE, len(body) // 4) + body


def element(extension: tuple[int, bytes] | None, number: int) -> bytes:
    """One element of a header extension, empty when it is not there; the usual form is searched at once."""
    if extension is None or extension[0] != ONE_BYTE:
        return extensions(extension).get(number, b"")
    body, at = extension[1], 0
    while at < len(body):
        first = body[at]
        size = (first & 15) + 1
        if first >> 4 == number:
            return body[at + 1 : at + 1 + size]
        at += size + 1 if first else 1
    return b""


def extensions(extension: tuple[int, bytes] | None) -> dict[int, bytes]:
    """Elements of a header extension by number, in either form of RFC 8285."""
    found: dict[int, bytes] = {}
    if extension is None:
        return found
    profile, body = extension
    wide = profile >> 4 == 0x100
    if not wide and profile != ONE_BYTE:
        return found
    at = 0
    while at < len(body):
        first = body[at]
        if not first:  # padding between elements
            at += 1
            continue
        if wide:
            if at + 1 >= len(body):
                raise Malformed("header extension is cut short")
            number, size, at = first, body[at + 1], at + 2
        else:
            number, size, at = first >> 4, (first & 15) + 1, at + 1
            if number == 15:
                break
        if at + size > len(body):
            raise Malformed("header extension is cut short")
        found[number] = body[at : at + size]
        at += size
    return found


def newer(a: int, b: int) -> bool:
    """Whether 16-bit number a comes after b."""
    return 0 < (a - b) & 0xFFFF < 0x8000


def unwrap(value: int, near: int, bits: int = 16) -> int:
    """The unbounded number closest to `near` whose low bits are `value`."""
    half = 1 << bits - 1
    return near - half + (value - near + half & 2 * half - 1)
