"""A person in a room: what they publish, what they receive, what they may."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from secrets import token_hex
from typing import TYPE_CHECKING, Protocol, cast

from livekit.protocol import models, rtc

from signaling.access import Access
from signaling.downtrack import DownTrack
from signaling.peer import Peer
from signaling.replay import Replay
from signaling.sdp import Local, Offer
from signaling.seats import Seat
from signaling.uptrack import UpTrack

if TYPE_CHECKING:
    from signaling.offering import Offering

RELIABLE = models.DataPacket.Kind.RELIABLE
AUDIO_SOURCES = (models.TrackSource.MICROPHONE, models.TrackSource.SCREEN_SHARE_AUDIO)
Send = Callable[[rtc.SignalResponse], None]


class Link(Protocol):
    """The edge's half of a connection: addresses and keys."""

    def meet(self, offer: Offer) -> Local:
        """Take the client's end into account and name ours; a changed fingerprint is `Malformed`."""

    def local(self, their_ufrag: str) -> Local:
        """Our end, with new credentials when theirs are new."""

    def relay(self, kind: int, data: bytes) -> None:
        """Send over the reliable (0) or lossy (1) data channel."""

    def offered(self, anew: bool) -> Local:
        """Our end for an offer of ours, with new credentials if ICE shall restart."""

    def accepted(self, answer: Offer) -> None:
        """Take the client's end from its answer."""

    def close(self) -> None:
        """Forget the connection."""


class Line(Protocol):
    """The edge's half of the signalling connection."""

    def send(self, message: rtc.SignalResponse) -> None: ...

    def token(self, access: Access) -> str:
        """A token that admits the same person again."""

    def close(self) -> None:
        """Close when everything queued has been sent."""


@dataclass(slots=True)
class Publication:
    """A track a person announced; `up` appears with the first description that carries it."""

    cid: str
    info: models.TrackInfo
    up: UpTrack | None = None
    muted: bool = False  # by the person


class Person:
    """One participant. Rooms are changed by the sitting only."""

    def __init__(self, access: Access, seat: Seat, peer: Peer, link: Link, line: Line, now: float) -> None:
        self.sid = "PA_" + token_hex(6)
        self.identity = access.identity
        self.access = access
        self.seat = seat
        self.peer = self.receiver = peer  # one connection for both directions, or, in the older form,
        self.link = self.ears = link  # another that brings them what the others send
        self.offering: Offering | None = None
        self.line: Line | None = line
        self.client = models.ClientInfo()
        self.joined_at = now
        self.heard_at = now  # last sign of life on any path
        self.line_lost_at: float | None = None
        self.state = models.ParticipantInfo.State.JOINED
        self.version = 0
        self.auto_subscribe = True
        self.publications: dict[str, Publication] = {}
        self.downs: dict[str, DownTrack] = {}
        self.declined: set[str] = set()
        self.settings: dict[str, rtc.UpdateTrackSettings] = {}
        self.answers = 0  # descriptions answered
        self.offers: list[float] = []  # when the last ones came
        self.changed_at: float | None = None  # what they should receive changed
        self.asked_at: float | None = None  # we asked for a new offer
        self.refresh_at = now
        self.quality = models.ConnectionQuality.EXCELLENT
        self.said = 0  # number of their last reliable message
        self.replay = Replay()
        self.returned = False  # on a new line, and has not told yet what they have seen

    def says(self, number: int) -> bool:
        """Whether a reliable message is new: who comes back repeats what may not have arrived."""
        if 0 < number <= self.said:
            return False
        self.said = max(self.said, number)
        return True

    def repeat(self, seen: Mapping[str, int], now: float) -> None:
        """Send what they have not seen once more."""
        for data in self.replay.after(seen, now):
            self.ears.relay(RELIABLE, data)

    def fresh_token(self) -> str:
        """A token for the next reconnection; the edge knows the key."""
        return self.line.token(self.access) if self.line is not None else ""

    def send(self, **field: object) -> None:
        """Queue one message for this person."""
        if self.line is not None:
            self.line.send(rtc.SignalResponse(**field))  # type: ignore[arg-type]  # one field of a oneof

    def hang_up(self) -> None:
        """Close the line when all is said; what still comes through it is not theirs any more."""
        if self.line is not None:
            self.line.close()
            self.line = None

    def receive_apart(self, receiver: Peer, ears: Link, offering: Offering) -> None:
        """Use another connection for what the others send; on it we offer."""
        self.receiver, self.ears, self.offering = receiver, ears, offering

    def close(self) -> None:
        """End the line and every connection."""
        self.hang_up()
        self.link.close()
        if self.ears is not self.link:
            self.ears.close()

    def tick(self, now: float) -> None:
        """Let the connections do what is due."""
        self.peer.tick(now)
        if self.receiver is not self.peer:
            self.receiver.tick(now)

    def presses(self, now: float) -> bool:
        """Whether something of theirs must not wait for long."""
        return self.peer.presses(now) or (self.receiver is not self.peer and self.receiver.presses(now))

    def may_publish(self, source: int) -> bool:
        """Whether a track of this source may be announced now."""
        return (
            self.seat.publish and self.access.publish
            and (not self.access.sources or source in self.access.sources)
        )  # fmt: skip

    def enforce(self) -> None:
        """Open or close each track as the seat says; what is closed is not forwarded to anybody."""
        for publication in self.publications.values():
            audio = publication.info.type == models.TrackType.AUDIO
            held = self.seat.hushed if audio else not self.seat.camera
            opened = self.may_publish(publication.info.source) and not held
            publication.info.muted = publication.muted or not opened
            if publication.up is not None:
                _gate(publication.up, opened and not publication.muted)

    def info(self) -> models.ParticipantInfo:
        """What the others may know."""
        seat = self.seat
        attributes = dict(self.access.attributes)
        if seat.role:
            attributes |= {"role": seat.role, "hushed": str(seat.hushed).lower(),
                           "camera": str(seat.camera).lower()}  # fmt: skip
        return models.ParticipantInfo(
            sid=self.sid,
            identity=self.identity,
            name=seat.name or self.access.name,
            state=self.state,
            tracks=[one.info for one in self.publications.values() if one.up is not None],
            metadata=self.access.metadata,
            attributes=attributes,
            joined_at=int(self.joined_at),
            version=self.version,
            permission=self.permission(),
            is_publisher=any(one.up for one in self.publications.values()),
        )

    def permission(self) -> models.ParticipantPermission:
        """The rights that hold now."""
        return models.ParticipantPermission(
            can_subscribe=self.access.subscribe,
            can_publish=self.seat.publish and self.access.publish,
            can_publish_data=self.access.data,
            can_publish_sources=cast("list[models.TrackSource]", sorted(self.access.sources)),
            can_update_metadata=self.access.own_metadata,
        )


def _gate(track: UpTrack, opened: bool) -> None:
    if opened and not track.is_open:
        for layer in track.layers.values():
            layer.want_keyframe()
        for down in track.downs:
            down.break_off()
    if opened != track.is_open:
        track.forget()  # neither what was sent before it closed is shown, nor what was lost meanwhile
    track.is_open = opened
