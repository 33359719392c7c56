"""An offer answered: which section carries whose track, in either direction."""

from __future__ import annotations

from livekit.protocol import models, rtc

from signaling import arrivals, sdp, wire
from signaling.downtrack import DownTrack
from signaling.peer import Section
from signaling.person import Person, Publication
from signaling.room import Room
from signaling.sdp import Choice, Media
from signaling.uptrack import UpTrack
from signaling.wire import Malformed

OFFERS = 40  # in any ten seconds, from one person: reading them is our most expensive work
GATHER = 0.02  # seconds in which changes are gathered into one request
PATIENCE = 2.0  # seconds after which an unanswered request is repeated
SCREEN = (models.TrackSource.SCREEN_SHARE, models.TrackSource.SCREEN_SHARE_AUDIO)
KINDS = {"audio": models.TrackType.AUDIO, "video": models.TrackType.VIDEO}


def answer(person: Person, room: Room, offered: rtc.SessionDescription, now: float) -> None:
    """Answer an offer: bind what is sent to what was announced, and fill sections with what is due."""
    person.offers = [at for at in person.offers if now - at < 10] + [now]
    if len(person.offers) > OFFERS:
        raise Malformed("too many offers")
    offer = sdp.parse(offered.sdp)
    local = person.link.meet(offer)
    person.peer.numbers = {uri: number for media in offer.media
                           for uri, (number, _) in media.extensions.items()}  # fmt: skip
    published: list[Publication] = []
    choices: dict[str, Choice] = {}
    for media in offer.media:
        if media.kind != "application":
            choices[media.mid] = _section(person, room, media, published, now)
    tracks = {mid: one.down.track.sid for mid, one in person.peer.sections.items() if one.down is not None}
    person.answers += 1
    text = sdp.answer(offer, choices, local, person.answers)
    for publication in published:  # the others learn of a track before its first packet
        room.tell(person)
        room.offer(person, publication, now)
    description = rtc.SessionDescription(type="answer", sdp=text, id=offered.id, mid_to_track_id=tracks)
    person.send(answer=description)
    changed, asked = person.changed_at or 0.0, person.asked_at or 0.0
    if changed > asked or _fits(person):  # who was asked and made no room is asked again in a while
        person.asked_at = None


def _section(person: Person, room: Room, media: Media, published: list[Publication], now: float) -> Choice:
    section = person.peer.sections.setdefault(media.mid, Section(media.mid, media.kind))
    sends = not media.rejected and media.direction in ("sendonly", "sendrecv")
    receives = not media.rejected and media.direction in ("recvonly", "sendrecv")
    if section.up is not None and not sends:
        withdraw(person, room, section.up.sid, now)
    if section.down is not None and not receives:
        person.downs.pop(section.down.track.sid, None)
        person.peer.release(section.down)
    if sends and (choice := _receive(person, section, media, published)):
        return choice
    was_live, section.live = section.live, False
    if receives and (section.down or not was_live):
        down = section.down or _waiting(person, media)
        if down is not None and (choice := _send(person, section, media, down)):
            section.live = True
            return choice
    return Choice(media.codecs)


def _receive(person: Person, section: Section, media: Media, published: list[Publication]) -> Choice | None:
    """Take the track this section brings, if it was announced and may be."""
    track = section.up
    if track is None:
        publication = _announced(person, media)
        if publication is None or not media.codecs:
            return None
        screen = publication.info.source in SCREEN
        stream = f"{person.sid}|{'screen' if screen else 'camera'}"
        track = UpTrack(publication.info.sid, person.identity, stream, media.kind, media.codecs[0])
        layers = sorted(publication.info.layers, key=lambda layer: layer.quality)
        track.sizes = [(layer.width, layer.height) for layer in layers]
        track.announced, track.screen = [float(layer.bitrate) for layer in layers], screen
        publication.up = track
        publication.info.mid = media.mid
        publication.info.mime_type = f"{media.kind}/{media.codecs[0].name}"
        publication.info.simulcast = len(media.rids) > 1
        person.enforce()
        published.append(publication)
    person.peer.publish(section, track, media.rids, media.ssrcs)
    codecs = [codec for codec in media.codecs if codec.name == track.codec.name][:1]
    return Choice(codecs, "recvonly", rids=tuple(media.rids))


def _announced(person: Person, media: Media) -> Publication | None:
    """The announced track a section means; Firefox makes up its own name, then the oldest of the kind."""
    waiting = [
        one for one in person.publications.values() if one.up is None and one.info.type == KINDS[media.kind]
    ]
    named = [one for one in waiting if one.cid == media.track]
    return next(iter(named or waiting), None)


def _waiting(person: Person, media: Media) -> DownTrack | None:
    for down in person.downs.values():
        if not down.mid and down.track.kind == media.kind and sdp.alike(media.codecs, down.track.codec):
            return down
    return None


def _send(person: Person, section: Section, media: Media, down: DownTrack) -> Choice | None:
    codec = sdp.alike(media.codecs, down.track.codec)
    if codec is None:
        return None
    numbered, named = extension(media)
    down.bind(media.mid, codec, named, numbered)
    person.peer.subscribe(section, down)
    return Choice(
        [codec],
        "sendonly",
        stream=down.track.stream,
        track=down.track.sid,
        ssrc=down.ssrc,
        repair_ssrc=down.repair_ssrc,
    )


def extension(media: Media) -> tuple[bool, bytes]:
    """The header extension of what we send there; the transport number, if there is one, stands first."""
    elements = {arrivals.URI: b"\0\0", wire.MID: media.mid.encode()}
    numbers = {uri: media.extensions.get(uri, (0, ""))[0] for uri in elements}
    named = {numbers[uri]: value for uri, value in elements.items() if 0 < numbers[uri] < 15}
    return numbers[arrivals.URI] in named, wire.extension_block(named) if named else b""


def withdraw(person: Person, room: Room, sid: str, now: float) -> None:
    """A person stops publishing a track."""
    publication = person.publications.pop(sid, None)
    if publication is None:
        return
    room.withdraw(person, publication, now)
    if publication.up is not None:
        person.peer.unpublish(publication.up)
        room.tell(person)


def ask(person: Person, now: float) -> None:
    """Ask for a new offer when what the person should receive does not fit the last one."""
    if not person.peer.sections or person.changed_at is None or now < person.changed_at + GATHER:
        return
    if person.asked_at is not None and now < person.asked_at + PATIENCE:
        return
    if _fits(person):
        person.changed_at = None
        return
    sections = person.peer.sections.values()
    waiting = [down for down in person.downs.values() if not down.mid]
    need = {kind: sum(down.track.kind == kind for down in waiting) for kind in KINDS}
    free = {
        kind: sum(one.kind == kind and not (one.live or one.up or one.down) for one in sections)
        for kind in KINDS
    }
    person.asked_at = now
    person.send(
        media_sections_requirement=rtc.MediaSectionsRequirement(
            num_audios=max(0, need["audio"] - free["audio"]),
            num_videos=max(0, need["video"] - free["video"]),
        )
    )


def _fits(person: Person) -> bool:
    """Whether the last offer has a place for all a person should receive, and for nothing that has ended."""
    ended = any(one.live and one.down is None for one in person.peer.sections.values())
    return not ended and all(down.mid for down in person.downs.values())
