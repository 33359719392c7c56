"""Many datagrams with one call of the system: recvmmsg, sendmmsg, and segmentation offload.

The C library of the machine is called as it stands, so nothing is compiled. Datagrams lie in slots of
our own memory; headers, lengths and addresses of a whole batch are read and written with a few slices.
"""

from __future__ import annotations

import errno
import socket
import sys
from struct import Struct, calcsize

from cffi import FFI
from pylibsrtp._binding import ffi as srtp_ffi

SLOT = 2048  # bytes of one datagram at most
NAME = 32  # bytes kept for an address; the longest, IPv6, takes 28
STAMP = 32  # bytes of the kernel's note when a datagram came
SEGMENTS = 32  # datagrams in one send with offload; the kernel takes 64, and 64 KB of them
UDP_SEGMENT = 103
SO_TIMESTAMPNS = 35
_HEADER = Struct("@PI4xPNPNi4xI4x")  # struct mmsghdr
_PLACE = Struct("@PN")  # struct iovec
_SEGMENT = Struct("@NiiH6x")  # struct cmsghdr with the size of a segment
_WHEN = Struct("@Niiqq")  # struct cmsghdr with struct timespec
KNOWN = sys.platform == "linux" and sys.byteorder == "little" and calcsize("P") == 8
RAW_IPV4, RAW_IPV6 = Struct("=H2s4s8x"), Struct("=H2s4x16s4x")  # struct sockaddr_in, sockaddr_in6
Address = tuple[str, int]

ffi = FFI()
ffi.cdef("""
    int recvmmsg(int, void *, unsigned int, int, void *);
    int sendmmsg(int, void *, unsigned int, int);
    int poll(void *, unsigned long, int);
    int usleep(unsigned int);
    int clock_gettime(int, void *);
    int *__errno_location(void);
    void *memcpy(void *, const void *, size_t);
""")
system = ffi.dlopen(None) if KNOWN else None


def name_of(address: Address, family: socket.AddressFamily) -> bytes:
    """An address as the kernel writes it."""
    raw = RAW_IPV4 if family == socket.AF_INET else RAW_IPV6
    return raw.pack(family, address[1].to_bytes(2, "big"), socket.inet_pton(family, address[0]))


def address_of(name: bytes) -> Address:
    """What the kernel wrote as an address."""
    raw = RAW_IPV4 if len(name) == RAW_IPV4.size else RAW_IPV6
    family, port, host = raw.unpack(name)
    return socket.inet_ntop(family, host), int.from_bytes(port, "big")


def function(name: str) -> int:
    """Where a function of the C library lies."""
    return address(ffi.addressof(system, name))


def address(memory: object) -> int:
    return int(ffi.cast("uintptr_t", memory))


class Slots:
    """Room for a number of datagrams, and the kernel's description of where they lie."""

    def __init__(self, count: int) -> None:
        self.count = count
        self._data = ffi.new("char[]", count * SLOT)
        self._places = ffi.new("char[]", count * _PLACE.size)
        self.base = address(self._data)
        self.place = address(self._places)
        self.view = ffi.buffer(self._data)
        self.sizes = memoryview(ffi.buffer(self._places)).cast("Q")[1::2]  # one number for each slot
        for number in range(count):
            _PLACE.pack_into(ffi.buffer(self._places), number * _PLACE.size, self.base + number * SLOT, SLOT)
        # libsrtp works in place and writes the new length where the kernel will read it
        self.pointers = [srtp_ffi.cast("void *", self.base + number * SLOT) for number in range(count)]
        self.lengths = [
            srtp_ffi.cast("int *", self.place + number * _PLACE.size + 8) for number in range(count)
        ]


class Inlet(Slots):
    """Receives up to so many datagrams at once."""

    def __init__(self, count: int, stamped: bool = False) -> None:
        super().__init__(count)
        self._names = ffi.new("char[]", count * NAME)
        self._notes = ffi.new("char[]", count * STAMP)
        self._headers = ffi.new("char[]", count * _HEADER.size)
        self._headers_view = ffi.buffer(self._headers)
        self._notes_view = ffi.buffer(self._notes)
        self.names = ffi.buffer(self._names)
        for number in range(count):
            _HEADER.pack_into(
                self._headers_view,
                number * _HEADER.size,
                address(self._names) + number * NAME,
                NAME,
                self.place + number * _PLACE.size,
                1,
                address(self._notes) + number * STAMP if stamped else 0,
                STAMP if stamped else 0,
                0,
                0,
            )
        self._fresh = bytes(self._headers_view)  # the kernel writes into the headers: they are laid anew
        self._fresh_places = bytes(ffi.buffer(self._places))
        self._words = memoryview(self._headers_view).cast("I")
        self._step = _HEADER.size // 4

    def receive(self, handle: int) -> list[int]:
        """Take what waits at a socket; the size of each datagram, nothing when none waits."""
        assert system is not None
        self._headers_view[:] = self._fresh
        ffi.buffer(self._places)[:] = self._fresh_places
        count = system.recvmmsg(handle, self._headers, self.count, socket.MSG_DONTWAIT, ffi.NULL)
        if count <= 0:
            return []
        return self._words[14 : count * self._step : self._step].tolist()

    def length(self, number: int) -> int:
        """How long the datagram in a slot was when it came."""
        return self._words[14 + number * self._step]

    def at(self) -> tuple[int, int]:
        """Where the headers and the names lie."""
        return address(self._headers), address(self._names)

    def put(self, number: int, data: bytes, name: bytes) -> None:
        """Fill a slot by hand, where the system has no call for many."""
        self.view[number * SLOT : number * SLOT + len(data)] = data
        self.names[number * NAME : number * NAME + len(name)] = name

    def came_at(self, number: int) -> int:
        """When the kernel took a datagram, in nanoseconds of the time of day; 0 when it did not say."""
        size, _, kind, seconds, nanoseconds = _WHEN.unpack_from(self._notes_view, number * STAMP)
        return seconds * 1_000_000_000 + nanoseconds if size and kind == SO_TIMESTAMPNS else 0


class Outlet(Slots):
    """Datagrams laid out in slots, and runs of slots that go to one address in one send."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self._headers = ffi.new("char[]", count * _HEADER.size)
        # for each size of a segment, what the kernel reads
        notes = b"".join(_SEGMENT.pack(18, socket.IPPROTO_UDP, UDP_SEGMENT, size) for size in range(SLOT))
        self._notes = ffi.new("char[]", notes)
        self.notes = address(self._notes)
        self.headers = ffi.buffer(self._headers)
        self.runs = 0

    def at(self) -> int:
        """Where the headers lie."""
        return address(self._headers)

    def run(self, first: int, count: int, segment: int, name: int = 0, name_size: int = 0) -> None:
        """These slots go to one address; with a segment size, as one large datagram cut by the kernel."""
        control = self.notes + segment * _SEGMENT.size if segment else 0
        _HEADER.pack_into(
            self.headers,
            self.runs * _HEADER.size,
            name,
            name_size,
            self.place + first * _PLACE.size,
            count,
            control,
            _SEGMENT.size if control else 0,
            0,
            0,
        )
        self.runs += 1

    def send(self, handle: int) -> list[tuple[int, int]]:
        """Send all runs; those that failed, by number and error."""
        assert system is not None
        failed, done, runs = [], 0, self.runs
        self.runs = 0
        while done < runs:
            sent = system.sendmmsg(
                handle, self._headers + done * _HEADER.size, runs - done, socket.MSG_DONTWAIT
            )
            if sent > 0:
                done += sent
            elif ffi.errno != errno.EINTR:
                failed.append((done, ffi.errno))
                done += 1
        return failed


def offers_segmentation(one: socket.socket) -> bool:
    """Whether the kernel knows segmentation offload of UDP."""
    try:
        one.getsockopt(socket.IPPROTO_UDP, UDP_SEGMENT)
    except OSError:
        return False
    return KNOWN
