"""One UDP socket: batches of datagrams in, and out again encrypted in place, in as few sends as can be.

Three ways lead out, each sending the same bytes: segmentation offload, many datagrams with one call,
one call for each. The kernel is asked for the first and gives us the next when it refuses.
"""

from __future__ import annotations

import errno
import socket
from collections import Counter
from collections.abc import Iterator, Sequence
from enum import IntEnum
from itertools import repeat

from pylibsrtp._binding import lib

from signaling import batch
from signaling.batch import SEGMENTS, SLOT, Address
from signaling.srtp import ROOM, Srtp

TAKEN = 64  # datagrams received with one call
WAITING = 256  # datagrams laid out before they are sent
BUFFER = 1 << 20  # more would only hide overload behind delay
UNEVEN = 4  # bytes of padding that a packet may get to be as long as the next
NO_OFFLOAD = (errno.EIO, errno.ENOPROTOOPT, errno.EOPNOTSUPP)  # of the interface or the kernel, for good
NOT_THIS_WAY = (errno.EINVAL, errno.EMSGSIZE)  # a path with a smaller packet size
LARGEST_PACKET = SLOT - ROOM
PADDED = {bytes([first]): bytes([first | 0x20]) for first in range(256)}
PADDING = [b"", *(bytes(count - 1) + bytes([count]) for count in range(1, UNEVEN + 1))]


class Way(IntEnum):
    """How datagrams leave."""

    PLAIN = 0
    BATCHED = 1
    SEGMENTED = 2


class UdpPath:
    """An address behind a socket; packets of one connection go there."""

    def __init__(self, datagrams: Datagrams, name: bytes) -> None:
        self.key = name
        self.address = batch.address_of(name)
        self._datagrams = datagrams
        self._name = batch.ffi.new("char[]", name)  # the kernel reads it from here
        self._at = batch.address(self._name)

    def send(self, data: bytes) -> None:
        """One datagram as it is, now; when the socket is full it is lost like any other."""
        self._datagrams.send(data, self.address)

    def name(self) -> tuple[int, int]:
        """Where the kernel finds the address, and its size."""
        return self._at, len(self.key)

    def carry(self, srtp: Srtp, packets: Sequence[bytes]) -> None:
        """Encrypt packets and lay them out; they leave with the next flush."""
        if len(packets) <= WAITING:
            self._datagrams.lay(self, srtp, packets)
            return
        for start in range(0, len(packets), WAITING):
            self._datagrams.lay(self, srtp, packets[start : start + WAITING])


class Datagrams:
    """A bound UDP socket with its slots."""

    def __init__(self, host: str, port: int, counts: Counter[str]) -> None:
        self.family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.socket(self.family, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
        self.socket.setblocking(False)
        self.socket.bind((host, port))
        self.counts = counts
        self.inlet = batch.Inlet(TAKEN)
        self.way = Way.PLAIN
        if batch.KNOWN:
            self.way = Way.SEGMENTED if batch.offers_segmentation(self.socket) else Way.BATCHED
        self._handle = self.socket.fileno()
        self._name_size = len(batch.name_of(self.address(), self.family))
        self._outlet = batch.Outlet(WAITING)
        self._used = 0
        self._runs: list[tuple[UdpPath, int, int]] = []  # where to, first slot, how many

    def address(self) -> Address:
        """Where the socket is bound."""
        name: tuple[str, int] = self.socket.getsockname()[:2]
        return name

    def close(self) -> None:
        """Give the port back."""
        self.socket.close()

    # ---- in

    def receive(self) -> list[int]:
        """Take what waits into the slots of `inlet`: the sizes."""
        if self.way is not Way.PLAIN:
            return self.inlet.receive(self._handle)
        return list(self._receive_singly())

    def _receive_singly(self) -> Iterator[int]:
        for slot in range(TAKEN):
            try:
                data, address = self.socket.recvfrom(SLOT)
            except OSError:  # nothing waits, or an ICMP error of an earlier datagram
                return
            self.inlet.put(slot, data, batch.name_of(address[:2], self.family))
            yield len(data)

    def names(self, count: int) -> list[bytes]:
        """Whose the datagrams in the first slots are."""
        size, names = self._name_size, self.inlet.names
        return [names[at : at + size] for at in range(0, count * batch.NAME, batch.NAME)]

    def name(self, number: int) -> bytes:
        """Whose the datagram in a slot is."""
        name: bytes = self.inlet.names[number * batch.NAME : number * batch.NAME + self._name_size]
        return name

    def path(self, name: bytes) -> UdpPath:
        """The way back to an address."""
        return UdpPath(self, name)

    # ---- out

    def send(self, data: bytes, address: Address) -> None:
        """One datagram as it is."""
        try:
            self.socket.sendto(data, address)
            self.counts["datagrams_out"] += 1
        except OSError:
            self.counts["send_failed"] += 1

    def lay(self, path: UdpPath, srtp: Srtp, packets: Sequence[bytes]) -> None:
        """Lay packets of one connection into slots and encrypt them there, media first."""
        if self._used + len(packets) > WAITING:
            self.flush()
        if len(packets) == 1 and self._lay_one(path, srtp, packets[0]):
            return
        reports: list[bytes] = []
        first, sizes = self._used, self._fill(packets, reports)
        end = self._used
        results = list(map(lib.srtp_protect, repeat(srtp.tx), self._outlet.pointers[first:end],
                           self._outlet.lengths[first:end]))  # fmt: skip
        if any(results):  # a number was used before, most likely: the others leave one by one
            self.counts["not_sealed"] += sum(map(bool, results))
            self._runs += [(path, slot, 1) for slot, wrong in enumerate(results, first) if not wrong]
        else:
            self._divide(path, first, sizes)
        for one in reports:
            if (data := srtp.protect(one)) is None:
                self.counts["not_sealed"] += 1
                continue
            self._fill([data], reports, sealed=True)  # what was sealed fits: a slot has room for it
            self._runs.append((path, self._used - 1, 1))

    def _lay_one(self, path: UdpPath, srtp: Srtp, data: bytes) -> bool:
        """The most frequent case by the shortest way: one packet of media."""
        outlet, slot, size = self._outlet, self._used, len(data)
        if size > LARGEST_PACKET or 192 <= data[1] <= 223:
            return False
        outlet.view[slot * SLOT : slot * SLOT + size] = data
        outlet.sizes[slot] = size
        if lib.srtp_protect(srtp.tx, outlet.pointers[slot], outlet.lengths[slot]):
            return False
        self._runs.append((path, slot, 1))
        self._used = slot + 1
        return True

    def _fill(self, packets: Sequence[bytes], reports: list[bytes], sealed: bool = False) -> list[int]:
        """Copy packets into slots; the sizes of those that are media, the others are put aside."""
        view, lengths, slot = self._outlet.view, self._outlet.sizes, self._used
        sizes = []
        for data in packets:
            size = len(data)
            if not sealed and (size > LARGEST_PACKET or 192 <= data[1] <= 223):
                reports.append(data)
                continue
            at = slot * SLOT
            view[at : at + size] = data
            lengths[slot] = size
            sizes.append(size)
            slot += 1
        if len(sizes) > 1:
            self._level(sizes)
        self._used = slot
        return sizes

    def _level(self, sizes: list[int]) -> None:
        """Pad packets that are a little shorter than the next: encoders cut pictures into near equal parts."""
        outlet, first = self._outlet, self._used
        for number in range(len(sizes) - 2, -1, -1):
            size = sizes[number]
            short = sizes[number + 1] - size
            if 0 < short <= UNEVEN:
                at = (first + number) * SLOT
                outlet.view[at] = PADDED[outlet.view[at]]
                outlet.view[at + size : at + size + short] = PADDING[short]
                outlet.sizes[first + number] = sizes[number] = size + short

    def _divide(self, path: UdpPath, first: int, sizes: list[int]) -> None:
        """Runs of equal packets, the last of which may be shorter: what one send with offload can take."""
        start, count = 0, len(sizes)
        while start < count:
            segment, stop = sizes[start], start + 1
            most = min(count, start + SEGMENTS)
            while stop < most and sizes[stop] == segment:
                stop += 1
            if stop < most and sizes[stop] < segment:
                stop += 1
            self._runs.append((path, first + start, stop - start))
            start = stop

    def flush(self) -> None:
        """Send everything laid out."""
        runs, self._runs = self._runs, []
        if self.way is Way.SEGMENTED:
            self._send_segmented(runs)
            return
        self.counts["datagrams_out"] += sum([count for _, _, count in runs])
        if self.way is Way.PLAIN:
            self._send_singly(runs)
        else:
            self._send_batched(runs)
        self._used = 0

    def _send_segmented(self, runs: list[tuple[UdpPath, int, int]]) -> None:
        """Send runs; those the kernel refuses to cut go another way."""
        outlet, sizes = self._outlet, self._outlet.sizes
        for path, first, count in runs:
            outlet.run(first, count, sizes[first] if count > 1 else 0, *path.name())
        self.counts["datagrams_out"] += sum([count for _, _, count in runs])
        refused = []
        for number, wrong in outlet.send(self._handle):
            if wrong in NO_OFFLOAD:
                self.way = Way.BATCHED
            if wrong in NO_OFFLOAD or (wrong in NOT_THIS_WAY and runs[number][2] > 1):
                refused.append(runs[number])
            else:
                self.counts["send_failed"] += 1
        if refused:
            self.counts["not_segmented"] += len(refused)
            self._send_batched(refused)
        self._used = 0

    def _send_batched(self, runs: list[tuple[UdpPath, int, int]]) -> None:
        for path, first, count in runs:
            for slot in range(first, first + count):
                self._outlet.run(slot, 1, 0, *path.name())
        self.counts["send_failed"] += len(self._outlet.send(self._handle))

    def _send_singly(self, runs: list[tuple[UdpPath, int, int]]) -> None:
        outlet = self._outlet
        for path, first, count in runs:
            for slot in range(first, first + count):
                try:
                    self.socket.sendto(
                        outlet.view[slot * SLOT : slot * SLOT + outlet.sizes[slot]], path.address
                    )
                except OSError:
                    self.counts["send_failed"] += 1
