"""A track a person sends us: its layers, what is missing, and who receives it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import getrandbits
from typing import TYPE_CHECKING

from signaling import h264, vp8
from signaling.layer import Layer
from signaling.speaker import Loudness
from signaling.wire import Packet

if TYPE_CHECKING:
    from signaling.downtrack import DownTrack

UNKNOWN_RATE = 500_000.0  # bits per second a layer is taken for before it was measured


@dataclass(frozen=True, slots=True)
class Codec:
    """How a track is encoded, under the payload numbers of one connection."""

    name: str  # lower case, as in rtpmap
    clock_rate: int
    payload_type: int
    repair_type: int | None = None
    format: str = ""


class UpTrack:
    """A published track."""

    def __init__(self, sid: str, owner: str, stream: str, kind: str, codec: Codec) -> None:
        self.sid = sid
        self.owner = owner  # identity
        self.stream = stream  # browsers keep the tracks of one stream in step
        self.kind = kind
        self.codec = codec
        self.clock_rate = codec.clock_rate
        self._is_open = True
        self.rids: list[str] = []  # smallest picture first; empty without simulcast
        self.sizes: list[tuple[int, int]] = []
        self.announced: list[float] = []  # bits per second of each layer, as the person plans them
        self.screen = False
        self.encoded = 99  # the largest layer the publisher was asked to encode
        self.unused_since: float | None = None
        self.layers: dict[str, Layer] = {}
        self.downs: list[DownTrack] = []
        self.loudness = Loudness()

    @property
    def is_open(self) -> bool:
        """Whether anything is passed on; the court may close a track."""
        return self._is_open

    @is_open.setter
    def is_open(self, opened: bool) -> None:
        self.halt()
        self._is_open = opened

    def halt(self) -> None:
        """Whatever comes next goes through Python."""
        for layer in self.layers.values():
            layer.halt()

    def settled(self, layer: Layer) -> bool:
        """Whether the next packet of a layer, unless a picture begins with it, changes nothing for anybody."""
        return self._is_open and all(down.followed is not None or down.ignores(layer) for down in self.downs)

    def layer(self, rid: str, ssrc: int) -> Layer:
        """The layer of this name, now sent under this SSRC."""
        known = self.layers.get(rid)
        if known is None or known.ssrc != ssrc:
            rank = self.rids.index(rid) if rid in self.rids else 0
            self.layers[rid] = Layer(self, rid, rank, ssrc)
        return self.layers[rid]

    def forward(self, layer: Layer, packets: Sequence[Packet], now: float) -> None:
        """Pass packets that follow each other on to everybody who receives this layer."""
        if self.kind == "video":
            is_vp8 = self.codec.name == "vp8"
            for packet in packets:
                payload = packet.payload
                if is_vp8 and payload[0] & 0x1F != 0x10:  # most are known by their first byte
                    continue
                if vp8.begins_keyframe(payload) if is_vp8 else h264.is_keyframe(payload):
                    packet.keyframe = True
                    layer.keyframe_came(packet.seq)
        if not self._is_open:
            return
        layer.recent.keep(packets)
        layer.followers.pass_on(packets, now)
        if len(layer.followers.downs) < len(self.downs):
            apart = [down for down in self.downs if down.followed is None]
            for down in apart:
                down.write(layer, packets, now)
            layer.followers.gather(layer, apart)

    def restart(self, layer: Layer) -> None:
        """The layer's numbers jumped: subscribers continue without a gap, at the next keyframe."""
        for down in self.downs:
            if down.layer is layer:
                down.break_off()
            down.before.pop(layer.ssrc, None)
        layer.want_keyframe()

    def forget(self) -> None:
        """The track goes elsewhere, or is closed: who receives it next sees nothing of before."""
        for down in self.downs:
            down.leave()
        for layer in self.layers.values():
            layer.forget()

    def skip(self, layer: Layer, packet: Packet) -> None:
        """A packet without content: nobody shall miss it."""
        for down in self.downs:
            if down.layer is layer:
                down.skip(packet.seq)

    def choose(self, now: float) -> None:
        """Let every subscription aim at the best layer there is."""
        only = next(iter(self.layers.values())) if len(self.layers) == 1 else None
        for down in self.downs:
            if down.followed is None or down.layer is not only:  # else there is no choice
                down.choose(now)

    def rates(self, now: float) -> list[float]:
        """What each layer costs: as it comes, or as it was announced while it is not sent."""
        rates = [UNKNOWN_RATE] * max(len(self.rids), 1)
        for rank, announced in enumerate(self.announced[: len(self.rids)]):
            rates[rank] = announced or UNKNOWN_RATE
        for layer in self.layers.values():
            if layer.rank < len(rates) and layer.rate and layer.alive(now):
                rates[layer.rank] = layer.rate
        return rates

    def best(self, rank: int, now: float) -> Layer | None:
        """The largest living layer not above this rank, else the smallest living one."""
        largest = smallest = None
        for layer in self.layers.values():
            if not layer.alive(now):
                continue
            if layer.rank <= rank and (largest is None or layer.rank >= largest.rank):
                largest = layer
            if smallest is None or layer.rank < smallest.rank:
                smallest = layer
        return largest or smallest


def new_ssrc() -> int:
    """A random stream number."""
    return getrandbits(31) | 1
