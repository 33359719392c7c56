"""Offers of ours, for clients of the older form: they receive on a connection of its own.

An offer is written by the same hand as an answer: we propose to ourselves what we then choose.
Numbers of payloads and header extensions are given once for the life of the connection.
"""

from __future__ import annotations

from dataclasses import replace

from livekit.protocol import rtc

from signaling import arrivals, negotiation, sdp, wire
from signaling.downtrack import DownTrack
from signaling.peer import Section
from signaling.person import Person
from signaling.sdp import Choice, Media, Offer
from signaling.uptrack import Codec
from signaling.wire import Malformed

PATIENCE = 10.0  # seconds after which an unanswered offer is made again
PROTOCOL, DATA_PROTOCOL = "UDP/TLS/RTP/SAVPF", "UDP/DTLS/SCTP"
EXTENSIONS = {wire.MID: (1, ""), arrivals.URI: (2, "")}
DATA_MID = "0"
FIRST_NUMBER, LAST_NUMBER = 96, 126
SPARE = {  # what an empty section names
    "audio": Codec("opus", 48000, 96, format="minptime=10;useinbandfec=1"),
    "video": Codec("vp8", 90000, 98, 99),
}


class Offering:
    """What we have offered a person: its sections, and the numbers that name their codecs."""

    def __init__(self) -> None:
        self.number = 0  # of the last offer
        self.asked_at: float | None = None  # an answer is due since then
        self.anew = False  # the next offer restarts ICE
        self.due = True
        self._numbers = {sdp.kind(one): one for one in SPARE.values()}

    def codec(self, codec: Codec) -> Codec | None:
        """The same codec under a number of this connection; nothing when there are no numbers left."""
        key = sdp.kind(codec)
        if key not in self._numbers:
            number = FIRST_NUMBER + 2 * len(self._numbers)
            if number >= LAST_NUMBER:
                return None
            repair = number + 1 if codec.repair_type is not None else None
            self._numbers[key] = replace(codec, payload_type=number, repair_type=repair)
        return self._numbers[key]


def ask(person: Person, offering: Offering, now: float) -> None:
    """Offer what the person should receive when that has changed; one offer at a time."""
    if offering.asked_at is not None and now < offering.asked_at + PATIENCE:
        return
    changed = person.changed_at is not None and now >= person.changed_at + negotiation.GATHER
    if not (changed or offering.due):
        return
    person.changed_at, offering.due = None, False
    _place(person)
    media = [Media("application", DATA_MID, DATA_PROTOCOL, False)]
    choices: dict[str, Choice] = {}
    for section in person.receiver.sections.values():
        media.append(Media(section.kind, section.mid, PROTOCOL, False, extensions=EXTENSIONS))
        choices[section.mid] = _choice(offering, section)
    offering.number += 1
    offering.asked_at = now
    local = replace(person.ears.offered(anew=offering.anew), setup="actpass")
    offering.anew = False
    offer = Offer(media, "", "", [], [one.mid for one in media])
    text = sdp.answer(offer, choices, local, offering.number)
    person.send(offer=rtc.SessionDescription(type="offer", sdp=text, id=offering.number))


def _place(person: Person) -> None:
    """Give each new subscription a section: one that has been empty since the last offer, or another."""
    sections = person.receiver.sections
    placed = {id(one.down) for one in sections.values() if one.down is not None}
    for down in person.downs.values():
        if id(down) in placed:
            continue
        kind = down.track.kind
        free = next(
            (one for one in sections.values() if one.kind == kind and not one.down and not one.live), None
        )
        if free is None:
            mid = str(len(sections) + 1)
            free = sections[mid] = Section(mid, kind)
        free.down = down
    for section in sections.values():
        section.live = section.down is not None


def _choice(offering: Offering, section: Section) -> Choice:
    down = section.down
    codec = offering.codec(down.track.codec) if down is not None else None
    if down is None or codec is None:
        return Choice([SPARE[section.kind]])
    stream = f"{down.track.stream.partition('|')[0]}|{down.track.sid}"  # a track's own: SDKs name it by this
    return Choice(
        [codec],
        "sendonly",
        stream=stream,
        track=down.track.sid,
        ssrc=down.ssrc,
        repair_ssrc=down.repair_ssrc,
    )


def answered(person: Person, offering: Offering, description: rtc.SessionDescription) -> None:
    """Send through what the client has accepted."""
    if offering.asked_at is None or description.id not in (0, offering.number):
        raise Malformed("an answer to no offer of ours")
    answer = sdp.parse(description.sdp)
    person.ears.accepted(answer)
    offering.asked_at = None
    for media in answer.media:
        section = person.receiver.sections.get(media.mid)
        if section is not None and section.down is not None and not section.down.mid:
            _bind(person, section, section.down, media)


def _bind(person: Person, section: Section, down: DownTrack, media: Media) -> None:
    codec = sdp.alike(media.codecs, down.track.codec)
    if media.rejected or codec is None or person.downs.get(down.track.sid) is not down:
        section.down = None
        return
    numbered, named = negotiation.extension(media)
    down.bind(media.mid, codec, named, numbered)
    person.receiver.subscribe(section, down)
