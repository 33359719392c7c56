"""RTCP: the reports and requests that travel beside the media (RFC 3550, 4585, 5104, REMB draft)."""

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct, pack, unpack_from

from signaling import arrivals
from signaling.arrivals import Arrived
from signaling.wire import Malformed

SR, RR, SDES, BYE, FEEDBACK, PAYLOAD_FEEDBACK = 200, 201, 202, 203, 205, 206
NACK, PLI, FIR, REMB, TRANSPORT = 1, 1, 4, 15, 15
REPORT = Struct("!LLLLLL")


@dataclass(frozen=True, slots=True)
class SenderReport:
    """What time it was at the sender when its media clock showed `timestamp`."""

    ssrc: int
    ntp: int
    timestamp: int


@dataclass(frozen=True, slots=True)
class Reception:
    """How one stream of ours arrives."""

    ssrc: int
    lost: int  # of 256, since the last report
    highest: int
    jitter: int
    last_report: int
    delay: int


@dataclass(frozen=True, slots=True)
class Missing:
    """Sequence numbers somebody asks for again."""

    ssrc: int
    seqs: list[int]


@dataclass(frozen=True, slots=True)
class KeyframeWanted:
    """A receiver cannot go on without a whole picture (PLI or FIR)."""

    ssrc: int


@dataclass(frozen=True, slots=True)
class Estimate:
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
        first, kind, words = unpack_from("!BBH", data, at)
        end = at + 4 + 4 * words
        if first >> 6 != 2 or end > len(data):
            raise Malformed("RTCP packet is inconsistent")
        tells = kind == FEEDBACK and first & 31 == TRANSPORT
        if not (tells and told):  # a few bytes may report on thousands of packets: once is enough
            found.extend(_one(kind, first & 31, data[at + 4 : end]))
        at, told = end, told or tells
    return found


def _one(kind: int, count: int, body: bytes) -> Iterator[Message]:
    if kind == SR and len(body) >= 24:
        ssrc, ntp, timestamp = unpack_from("!LQL", body)
        yield SenderReport(ssrc, ntp, timestamp)
        yield from _receptions(count, body[24:])
    elif kind == RR and len(body) >= 4:
        yield from _receptions(count, body[4:])
    elif kind == FEEDBACK and count == NACK and len(body) >= 8:
        yield Missing(unpack_from("!L", body, 4)[0], _seqs(body[8:]))
    elif kind == FEEDBACK and count == TRANSPORT and len(body) >= 16:
        yield arrivals.read(body[8:])
    elif kind == PAYLOAD_FEEDBACK and len(body) >= 8:
        yield from _payload_feedback(count, body)


def _receptions(count: int, body: bytes) -> Iterator[Reception]:
    for at in range(0, min(count * 24, len(body) - 23), 24):
        ssrc, lost, highest, jitter, last_report, delay = REPORT.unpack_from(body, at)
        yield Reception(ssrc, lost >> 24, highest, jitter, last_report, delay)


def _payload_feedback(kind: int, body: bytes) -> Iterator[Message]:
    if kind == PLI:
        yield KeyframeWanted(unpack_from("!L", body, 4)[0])
    elif kind == FIR:  # names its targets inside; the field of PLI is zero (RFC 5104 §4.3.1.2)
        for at in range(8, len(body) - 7, 8):
            yield KeyframeWanted(unpack_from("!L", body, at)[0])
    elif kind == REMB and body[8:12] == b"REMB" and len(body) >= 16:
        value = int.from_bytes(body[13:16], "big")
        yield Estimate((value & 0x3FFFF) << (value >> 18))


def _seqs(body: bytes) -> list[int]:
    seqs = []
    for at in range(0, len(body) - 3, 4):
        first, mask = unpack_from("!HH", body, at)
        seqs.append(first)
        seqs.extend((first + 1 + bit) & 0xFFFF for bit in range(16) if mask >> bit & 1)
    return seqs


def _packet(kind: int, count: int, body: bytes) -> bytes:
    return pack("!BBH", 0x80 | count, kind, len(body) // 4) + body


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
