"""Offers as clients write them, shortened, and people who join the pure core with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from livekit.protocol import models, rtc

from signaling.access import Access
from signaling.peer import Outbox, Peer
from signaling.person import Person
from signaling.sdp import Local, Offer
from signaling.session import handle
from signaling.sitting import Sitting

TRANSPORT = """c=IN IP4 0.0.0.0
a=ice-ufrag:umAr
a=ice-pwd:sa5UvwCUOHp8dku0kbwNPSTj
a=ice-options:trickle
a=fingerprint:sha-256 01:EB:0F:9D:5A:3A:E0:23:7F:5E:32:11:62:FD:53:36:7D:08:CE:FC:F2:A0:99:A5:31:61:68:8C:15:E2:48:2E
a=setup:actpass
a=rtcp-mux
"""
AUDIO = """m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9
{transport}a=mid:{mid}
a={direction}
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=rtpmap:111 opus/48000/2
a=rtcp-fb:111 transport-cc
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=rtpmap:9 G722/8000
"""
VIDEO = """m=video 9 UDP/TLS/RTP/SAVPF 96 97 103 104 45
{transport}a=mid:{mid}
a={direction}
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=extmap:10/sendonly urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id
a=extmap:11/sendonly urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id
a=extmap:13 urn:3gpp:video-orientation
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 goog-remb
a=rtcp-fb:96 transport-cc
a=rtcp-fb:96 nack pli
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=rtpmap:103 H264/90000
a=fmtp:103 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
a=rtpmap:104 rtx/90000
a=fmtp:104 apt=103
a=rtpmap:45 AV1/90000
"""
DATA = """m=application 9 UDP/DTLS/SCTP webrtc-datachannel
{transport}a=mid:{mid}
a=sctp-port:5000
a=max-message-size:262144
"""


def section(
    kind: str,
    mid: str,
    direction: str = "recvonly",
    track: str = "",
    ssrcs: tuple[int, ...] = (),
    rids: Sequence[str] = (),
) -> str:
    """One section of an offer."""
    text = {"audio": AUDIO, "video": VIDEO, "data": DATA}[kind]
    text = text.format(transport=TRANSPORT, mid=mid, direction=direction)
    if track:
        text += f"a=msid:stream {track}\n"
    if len(ssrcs) == 2:
        text += f"a=ssrc-group:FID {ssrcs[0]} {ssrcs[1]}\n"
    if rids:
        text += "".join(f"a=rid:{rid} send\n" for rid in rids) + f"a=simulcast:send {';'.join(rids)}\n"
    return text + "".join(f"a=ssrc:{ssrc} cname:c\n" for ssrc in ssrcs)


def offer(*sections: str) -> str:
    """A whole offer."""
    mids = " ".join(line[6:] for one in sections for line in one.splitlines() if line.startswith("a=mid:"))
    head = f"v=0\no=- 1 2 IN IP4 127.0.0.1\ns=-\nt=0 0\na=group:BUNDLE {mids}\na=extmap-allow-mixed\n"
    return (head + "".join(sections)).replace("\n", "\r\n")


class Paper:
    """A person's line and link in a test: everything said to them is kept."""

    def __init__(self) -> None:
        self.said: list[rtc.SignalResponse] = []
        self.data: list[tuple[int, bytes]] = []
        self.closed = False

    def send(self, message: rtc.SignalResponse) -> None:
        self.said.append(message)

    def token(self, access: Access) -> str:
        return f"token of {access.identity}"

    def meet(self, offered: Offer) -> Local:
        return Local("ours", "ourpassword", "AA:BB", [("192.0.2.1", 7882)])

    def offered(self, anew: bool) -> Local:
        return self.meet(None)

    def accepted(self, answer: Offer) -> None:
        """Paper needs no keys."""

    def relay(self, kind: int, data: bytes) -> None:
        self.data.append((kind, data))

    def close(self) -> None:
        self.closed = True

    def last(self, kind: str) -> Any:
        """The last message of a kind."""
        return next(getattr(one, kind) for one in reversed(self.said) if one.WhichOneof("message") == kind)


def newcomer(sitting: Sitting, identity: str, outbox: Outbox, now: float = 0.0) -> tuple[Person, Paper]:
    """A person who has just come in."""
    paper = Paper()
    access = Access(identity, sitting.name)
    person = Person(access, sitting.seat(access), Peer(outbox, Counter()), paper, paper, now)
    sitting.enter(person, now)
    return person, paper


def say(sitting: Sitting, person: Person, now: float = 0.0, **request: Any) -> None:
    """One message of a person."""
    handle(person, sitting.room_of(person), rtc.SignalRequest(**request), now)


def publish(sitting: Sitting, person: Person, ssrc: int, now: float = 0.0) -> None:
    """Announce a microphone and send an offer with it and sections to receive others."""
    wanted = rtc.AddTrackRequest(cid="mic", type=models.TrackType.AUDIO, source=models.TrackSource.MICROPHONE)
    say(sitting, person, now, add_track=wanted)
    renew(sitting, person, ssrc, now)


def renew(sitting: Sitting, person: Person, ssrc: int, now: float = 0.0, free: int = 8) -> None:
    """The offer a client sends again and again: its microphone and room for others."""
    sections = [section("audio", "0", "sendonly", "mic", (ssrc,))]
    sections += [section("audio", str(number), "recvonly") for number in range(1, free)]
    say(sitting, person, now, offer=rtc.SessionDescription(type="offer", sdp=offer(*sections), id=7))


def owners(person: Person) -> set[str]:
    """Whose tracks a person receives."""
    return {down.track.owner for down in person.downs.values()}
