"""What a person's messages do: one handler for each kind we know."""

from __future__ import annotations

from collections.abc import Callable
from secrets import token_hex

from livekit.protocol import models, rtc

from signaling import negotiation, offering
from signaling.person import Person, Publication
from signaling.room import Room
from signaling.wire import Malformed

TRACKS = 16  # a person may announce at once
TEXT = 256
CODECS = ("", "vp8", "h264", "opus", "video/vp8", "video/h264", "audio/opus", "audio/red", "red")
Handler = Callable[[Person, Room, rtc.SignalRequest, float], None]
Reason = rtc.RequestResponse.Reason


def handle(person: Person, room: Room, request: rtc.SignalRequest, now: float) -> None:
    """Do what one message asks; what we do not know is answered as unsupported."""
    person.heard_at = now
    kind = request.WhichOneof("message")
    handler = HANDLERS.get(kind or "")
    if handler is None:
        refuse(person, Reason.UNSUPPORTED_TYPE, kind or "nothing")
    else:
        handler(person, room, request, now)


def refuse(person: Person, reason: Reason, message: str, **request: object) -> None:
    """Tell a person that a request had no effect."""
    response = rtc.RequestResponse(reason=reason, message=message, **request)  # type: ignore[arg-type]  # oneof
    person.send(request_response=response)


def add_track(person: Person, room: Room, request: rtc.SignalRequest, now: float) -> None:
    """Announce a track; its packets may follow with the next description."""
    wanted = request.add_track
    if reason := _objection(person, wanted):
        refuse(person, reason, "track refused", add_track=wanted)
        return
    info = models.TrackInfo(
        sid="TR_" + token_hex(6),
        type=wanted.type,
        name=wanted.name,
        muted=wanted.muted,
        width=wanted.width,
        height=wanted.height,
        source=wanted.source,
        layers=wanted.layers,
        disable_dtx=wanted.disable_dtx,
        stereo=wanted.stereo,
        disable_red=True,
        encryption=wanted.encryption,
        stream=wanted.stream,
    )
    person.publications[info.sid] = Publication(wanted.cid, info, muted=wanted.muted)
    person.enforce()
    person.send(track_published=rtc.TrackPublishedResponse(cid=wanted.cid, track=info))


def _objection(person: Person, wanted: rtc.AddTrackRequest) -> Reason | None:
    if wanted.type not in (models.TrackType.AUDIO, models.TrackType.VIDEO):
        return Reason.UNSUPPORTED_TYPE
    if any(one.codec.lower() not in CODECS for one in wanted.simulcast_codecs[:1]):
        return Reason.UNSUPPORTED_TYPE
    if not person.may_publish(wanted.source):
        return Reason.NOT_ALLOWED
    if len(person.publications) >= TRACKS:
        return Reason.LIMIT_EXCEEDED
    if max(len(wanted.cid), len(wanted.name), len(wanted.stream)) > TEXT or len(wanted.layers) > 6:
        return Reason.INVALID_REQUEST
    return None


def _offer(person: Person, room: Room, request: rtc.SignalRequest, now: float) -> None:
    try:
        negotiation.answer(person, room, request.offer, now)
    except Malformed as wrong:
        person.peer.counts["bad_sdp"] += 1
        refuse(person, Reason.INVALID_REQUEST, str(wrong))


def _answer(person: Person, room: Room, request: rtc.SignalRequest, now: float) -> None:
    if person.offering is None:
        refuse(person, Reason.INVALID_REQUEST, "we offered nothing")
        return
    try:
        offering.answered(person, person.offering, request.answer)
    except Malformed as wrong:
        person.peer.counts["bad_sdp"] += 1
        refuse(person, Reason.INVALID_REQUEST, str(wrong))


def ask(person: Person, now: float) -> None:
    """Bring the connection in line with what the person should receive: by a request, or an offer of ours."""
    if person.offering is None:
        negotiation.ask(person, now)
    else:
        offering.ask(person, person.offering, now)


def _mute(person: Person, room: Room, request: rtc.SignalRequest, now: float) -> None:
    publication = person.publications.get(request.mute.sid)
    if publication is None:
        return
    mute(person, room, publication, request.mute.muted, now)
    if publication.info.muted and not publication.muted:  # the court holds it closed
        person.send(mute=rtc.MuteTrackRequest(sid=publication.info.sid, muted=True))


def mute(person: Person, room: Room, publication: Publication, muted: bool, now: float) -> None:
    """Close or open a track for everybody, as far as the court lets it; a recording tells when."""
    publication.muted = muted
    person.enforce()
    if room.tap is not None:
        room.tap.note("muted" if publication.info.muted else "unmuted", now,
                      identity=person.identity, track=publication.info.sid)  # fmt: skip
    room.tell(person)


def _subscription(person: Person, room: Room, request: rtc.SignalRequest, now: float) -> None:
    wanted = request.subscription
    sids = [*wanted.track_sids, *(sid for one in wanted.participant_tracks for sid in one.track_sids)]
    room.choose(person, sids, wanted.subscribe, now)


def _track_setting(person: Person, room: Room, request: rtc.SignalRequest, now: float) -> None:
    setting = request.track_setting
    for sid in setting.track_sids[:100]:
        down = person.downs.get(sid)
        if down is not None:
            down.want(
                paused=setting.disabled, width=setting.width, height=setting.height, quality=setting.quality
            )
            person.settings[sid] = setting
    for sid in [sid for sid in person.settings if sid not in person.downs]:
        del person.settings[sid]


def _sync_state(person: Person, room: Room, request: rtc.SignalRequest, now: float) -> None:
    wanted = request.sync_state.subscription
    room.choose(person, list(wanted.track_sids), wanted.subscribe, now)
    if person.returned:
        person.returned = False
        seen = {one.publisher_sid: one.last_seq for one in request.sync_state.datachannel_receive_states}
        person.repeat(seen, now)


def _ping(person: Person, room: Room, request: rtc.SignalRequest, now: float) -> None:
    asked = request.ping_req.timestamp
    person.send(pong_resp=rtc.Pong(last_ping_timestamp=asked, timestamp=int(now * 1000)))


def _old_ping(person: Person, room: Room, request: rtc.SignalRequest, now: float) -> None:
    person.send(pong=int(now * 1000))


def _metadata(person: Person, room: Room, request: rtc.SignalRequest, now: float) -> None:
    refuse(person, Reason.NOT_ALLOWED, "names and attributes are set by the server",
           request_id=request.update_metadata.request_id)  # fmt: skip


def _nothing(person: Person, room: Room, request: rtc.SignalRequest, now: float) -> None:
    """Known and of no consequence here: we are reached at one address and learn theirs from packets."""


HANDLERS: dict[str, Handler] = {
    "offer": _offer,
    "answer": _answer,
    "add_track": add_track,
    "mute": _mute,
    "subscription": _subscription,
    "track_setting": _track_setting,
    "sync_state": _sync_state,
    "ping_req": _ping,
    "ping": _old_ping,
    "update_metadata": _metadata,
    "trickle": _nothing,
    "update_layers": _nothing,
    "update_audio_track": _nothing,
    "update_video_track": _nothing,
}
