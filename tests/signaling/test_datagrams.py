"""Datagrams in batches: every way out sends the same bytes, and what the kernel refuses goes another way."""

from __future__ import annotations

import os
import select
import socket
import struct
from collections import Counter
from collections.abc import Iterator

import pytest
from pylibsrtp import Policy, Session

from signaling import batch, wire
from signaling.bench import ours
from signaling.bench.load import Load
from signaling.bench.runs import own_address
from signaling.bench.scene import rooms_of_three
from signaling.datagrams import WAITING, Datagrams, Way
from signaling.srtp import Srtp

SO_NO_CHECK = 11  # without checksums the kernel refuses segmentation
KEY = os.urandom(28)
PICTURE = [1111, 1111, 1112, 1112]  # an encoder's parts differ by a byte
SOUND = 112


def session() -> Session:
    profile = Policy.SRTP_PROFILE_AEAD_AES_128_GCM
    return Session(Policy(key=KEY, ssrc_type=Policy.SSRC_ANY_OUTBOUND, srtp_profile=profile))


def opener() -> Session:
    profile = Policy.SRTP_PROFILE_AEAD_AES_128_GCM
    return Session(Policy(key=KEY, ssrc_type=Policy.SSRC_ANY_INBOUND, srtp_profile=profile))


def packets(*sizes: int, first: int = 0) -> list[bytes]:
    numbered = enumerate(sizes, first)
    return [
        wire.write(96, 0, number, 7, 5, b"", bytes([number % 251]) * (size - 12)) for number, size in numbered
    ]


@pytest.fixture
def far() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
        one.bind(("127.0.0.1", 0))
        one.settimeout(2)
        yield one


def sent(
    far: socket.socket, given: list[bytes], way: Way, refusing: bool = False, lost: int = 0
) -> tuple[list[bytes], Counter[str]]:
    """What arrives when these packets go out one way, but for so many that must not leave."""
    counts: Counter[str] = Counter()
    port = Datagrams("127.0.0.1", 0, counts)
    port.way = way
    if refusing:
        port.socket.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 1)
    path = port.path(batch.name_of(far.getsockname(), socket.AF_INET))
    path.carry(Srtp(session(), session()), given)
    port.flush()
    port.close()
    arrived = [far.recv(4096) for _ in given[lost:]]
    assert not select.select([far], [], [], 0)[0]
    return arrived, counts


def test_every_way_sends_the_same_bytes(far: socket.socket) -> None:
    given = packets(*PICTURE, SOUND, *PICTURE, SOUND, SOUND, 1400, 900)

    plain, _ = sent(far, given, Way.PLAIN)
    batched, _ = sent(far, given, Way.BATCHED)
    segmented, counts = sent(far, given, Way.SEGMENTED)

    assert plain == batched == segmented
    assert counts["datagrams_out"] == len(given)
    assert not counts["not_segmented"]


def test_what_arrives_is_what_was_given_but_for_padding(far: socket.socket) -> None:
    given = packets(*PICTURE, SOUND, 1200, 1196, 1201)
    arrived, _ = sent(far, given, Way.SEGMENTED)
    keys = opener()

    clear = [keys.unprotect(data) for data in arrived]

    assert [wire.parse(data).payload for data in clear] == [wire.parse(data).payload for data in given]
    assert [len(data) for data in clear] == [1112, 1112, 1112, 1112, SOUND, 1200, 1196, 1201]


def test_reports_leave_beside_media(far: socket.socket) -> None:
    report = b"\x80\xc9\x00\x01\x00\x00\x00\x05"
    arrived, _ = sent(far, [*packets(SOUND), report, *packets(SOUND, first=1)], Way.SEGMENTED)

    assert [192 <= data[1] <= 223 for data in arrived] == [False, False, True]
    assert opener().unprotect_rtcp(arrived[2]) == report


def opened_report(data: bytes) -> bytes | None:
    slots = batch.Slots(1)
    slots.view[: len(data)] = data
    return Srtp(opener(), session()).open(slots, 0, len(data), control=True)


@pytest.mark.parametrize("way", list(Way))
def test_the_longest_reports_leave_whole_and_longer_ones_not_at_all(far: socket.socket, way: Way) -> None:
    media = packets(SOUND)
    for size in range(1868, 1892, 4):
        report = struct.pack("!BBHL", 0x80, 201, size // 4 - 1, 5) + bytes(size - 8)
        fits = size <= 1884
        first, *rest = sent(far, [*media, report], way, lost=not fits)[0]

        assert opener().unprotect(first) == media[0]
        assert [opened_report(data) for data in rest] == [report] * fits


def test_a_kernel_that_refuses_segments_gets_them_one_by_one(far: socket.socket) -> None:
    given = packets(*PICTURE)

    refused, counts = sent(far, given, Way.SEGMENTED, refusing=True)

    assert counts["not_segmented"] == 1
    assert not counts["send_failed"]
    assert refused == sent(far, given, Way.PLAIN)[0]


def test_more_than_fits_leaves_in_turns(far: socket.socket) -> None:
    given = packets(*[SOUND] * (WAITING + 40))

    arrived, counts = sent(far, given, Way.SEGMENTED)

    assert [wire.HEADER.unpack_from(data)[2] for data in arrived] == list(range(len(given)))
    assert counts["datagrams_out"] == len(given)


@pytest.mark.parametrize("way", list(Way))
def test_a_batch_is_received_with_its_senders(far: socket.socket, way: Way) -> None:
    port = Datagrams("127.0.0.1", 0, Counter())
    port.way = way
    for size in (20, 0, 2000):
        far.sendto(bytes(size), port.address())

    sizes = port.receive()

    assert sizes == [20, 0, 2000]
    assert {batch.address_of(name) for name in port.names(3)} == {far.getsockname()}
    assert port.receive() == []
    port.close()


@pytest.mark.parametrize(
    ("address", "family"), [(("192.0.2.7", 5000), socket.AF_INET), (("2001:db8::7", 65535), socket.AF_INET6)]
)
def test_addresses_are_read_as_they_are_written(
    address: tuple[str, int], family: socket.AddressFamily
) -> None:
    assert batch.address_of(batch.name_of(address, family)) == address


@pytest.mark.asyncio
async def test_the_benchmark_gets_back_what_it_sends() -> None:
    core = max(os.sched_getaffinity(0))
    scene = rooms_of_three(own_address(), ours.certificate(), rooms=1)
    async with ours.running(scene, core) as server:
        load = Load(scene)
        load.run(1.0, 0.5, server.cpu)
        figures = load.run(1.0, 1.0, server.cpu)
        load.close()

    assert figures.received == figures.expected > 500
    assert figures.sampled > 100
    assert figures.wrong == 0
