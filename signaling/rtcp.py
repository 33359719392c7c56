"""RTCP: the reports and requests that travel beside the media (RFC 3550, 4585, 5104, REMB draft)."""

from collections.abc import Sequence
from struct import Struct, pack, unpack_from
from typing import NamedTuple

from signaling import arrivals
from signaling.arrivals import Arrived
from signaling.wire import Malformed

SR, RR, SDES, BYE, FEEDBACK, PAYLOAD_FEEDBACK = 200, 201, 202, 203, 205, 206
NACK, PLI, FIR, REMB, TRANSPORT = 1, 1, 4, 15, 15
HEADER = Struct("!BBH")
REPORT = Struct("!LLLLLL")


class SenderReport(NamedTuple):
    """What time it was at the sender when its media clock showed `timestamp`."""

    ssrc: int
    ntp: int
    timestamp: int


class Reception(NamedTuple):
    """How one stream of ours arrives."""

    ssrc: int
    lost: int  # of 256, since the last report
    highest: int
    jitter: int
    last_report: int
    delay: int


class Missing(NamedTuple):
    """Sequence numbers somebody asks for again."""

    ssrc: int
    seqs: list[int]


class KeyframeWanted(NamedTuple):
    """A receiver cannot go on without a whole picture (PLI or FIR)."""

    ssrc: int


class Estimate(NamedTuple):
    """The receiver's estimate of what its line carries, in bits per second."""

    bitrate: int


Message = SenderReport | Reception | Missing | KeyframeWanted | Estimate | Arrived


def parse(data: bytes) -> list[Message]:
    """Every message of a compound packet that we act on; unknown kinds are skipped."""
    found: list[Message] = []
    at, told = 0, False
    while at < len(data):
        if at + 4 > len(data):
            raise Malformed("RTCP header is cut short")
        first, kind, words = HEADER.unpack_from(data, at)
        end = at + 4 + 4 * words
        if first >> 6 != 2 or end > len(data):
            raise Malformed("RTCP packet is inconsistent")
        tells = kind == FEEDBACK and first & 31 == TRANSPORT
        if not (tells and told):  # a few bytes may report on thousands of packets: once is enough
            found += _one(kind, first & 31, data[at + 4 : end])
        at, told = end, told or tells
    return found


def _one(kind: int, count: int, body: bytes) -> Sequence[Message]:
    if kind == SR and len(body) >= 24:
        return [SenderReport(*unpack_from("!LQL", body)), *_receptions(count, body[24:])]
    if kind == RR and len(body) >= 4:
        return _receptions(count, body[4:])
    if kind == FEEDBACK and count == NACK and len(body) >= 8:
        return [Missing(unpack_from("!L", body, 4)[0], _seqs(body[8:]))]
    if kind == FEEDBACK and count == TRANSPORT and len(body) >= 16:
        return [arrivals.read(body[8:])]
    if kind == PAYLOAD_FEEDBACK and len(body) >= 8:
        return _payload_feedback(count, body)
    return ()


def _receptions(count: int, body: bytes) -> list[Reception]:
    end = min(count, len(body) // REPORT.size) * REPORT.size
    return [
        Reception(ssrc, lost >> 24, highest, jitter, last_report, delay)
        for ssrc, lost, highest, jitter, last_report, delay in REPORT.iter_unpack(body[:end])
    ]


def _payload_feedback(kind: int, body: bytes) -> Sequence[Message]:
    if kind == PLI:
        return [KeyframeWanted(unpack_from("!L", body, 4)[0])]
    if kind == FIR:  # names its targets inside; the field of PLI is zero (RFC 5104 §4.3.1.2)
        return [KeyframeWanted(unpack_from("!L", body, at)[0]) for at in range(8, len(body) - 7, 8)]
    if kind == REMB and body[8:12] == b"REMB" and len(body) >= 16:
        value = int.from_bytes(body[13:16], "big")
        return [Estimate((value & 0x3FFFF) << (value >> 18))]
    return ()


def _seqs(body: bytes) -> list[int]:
    seqs = []
    for at in range(0, len(body) - 3, 4):
        first, mask = unpack_from("!HH", body, at)
        seqs.append(first)
        seqs.extend((first + 1 + bit) & 0xFFFF for bit in range(16) if mask >> bit & 1)
    return seqs


def _packet(kind: int, count: int, body: bytes) -> bytes:
    return HEADER.pack(0x80 | count, kind, len(body) // 4) + body


def sender_report(report: SenderReport, packets: int, octets: int, cname: str) -> bytes:
    """A sender report with the name that ties the streams of one person together."""
    body = pack(
        "!LQLLL",
        report.ssrc,
        report.ntp,
        report.timestamp & 0xFFFFFFFF,
        packets & 0xFFFFFFFF,
        octets & 0xFFFFFFFF,
    )
    name = cname.encode()[:255]
    item = pack("!LBB", report.ssrc, 1, len(name)) + name
    item += bytes(4 - len(item) % 4)  # at least one zero ends the list
    return _packet(SR, 0, body) + _packet(SDES, 1, item)


def receiver_report(reporter: int, receptions: list[tuple[Reception, int]]) -> bytes:
    """A receiver report; each reception comes with the number of packets lost in all."""
    body = pack("!L", reporter)
    for one, lost in receptions[:31]:
        loss = one.lost << 24 | min(max(lost, 0), 0x7FFFFF)
        body += REPORT.pack(one.ssrc, loss, one.highest, one.jitter, one.last_report, one.delay)
    return _packet(RR, min(len(receptions), 31), body)


def picture_loss(reporter: int, ssrc: int) -> bytes:
    """Ask a sender for a keyframe."""
    return _packet(PAYLOAD_FEEDBACK, PLI, pack("!LL", reporter, ssrc))


def missing(reporter: int, ssrc: int, seqs: list[int]) -> bytes:
    """Ask a sender for packets again."""
    runs: list[list[int]] = []  # the first number of each, and which of the 16 after it
    for seq in sorted(seqs):
        if runs and seq - runs[-1][0] <= 16:
            runs[-1][1] |= 1 << seq - runs[-1][0] - 1
        else:
            runs.append([seq, 0])
    body = pack("!LL", reporter, ssrc) + b"".join(pack("!HH", *run) for run in runs)
    return _packet(FEEDBACK, NACK, body)


def estimate(reporter: int, bitrate: int, ssrcs: list[int]) -> bytes:
    """Tell a sender what it may use in all (REMB)."""
    exponent = max(bitrate.bit_length() - 18, 0)
    value = exponent << 18 | bitrate >> exponent
    body = pack("!LL4sB", reporter, 0, b"REMB", len(ssrcs)) + value.to_bytes(3, "big")
    return _packet(PAYLOAD_FEEDBACK, REMB, body + b"".join(pack("!L", ssrc) for ssrc in ssrcs))


def transport_feedback(reporter: int, ssrc: int, report: Arrived) -> bytes:
    """Tell a sender when its packets arrived."""
    return _packet(FEEDBACK, TRANSPORT, pack("!LL", reporter, ssrc) + arrivals.write(report))
