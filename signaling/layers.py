"""Which layers of a published track anybody can use; the others need not be encoded at all (dynacast)."""

from __future__ import annotations

from livekit.protocol import models, rtc

from signaling.person import Person, Publication

PATIENCE = 4.0  # seconds a layer is kept for nobody: a picture being moved is hidden for a moment
Quality = models.VideoQuality
QUALITIES = {"q": Quality.LOW, "h": Quality.MEDIUM, "f": Quality.HIGH}  # as clients name their layers


def tell(person: Person, publication: Publication, now: float) -> None:
    """Let the publisher know from which layer on nobody is left, and at once when somebody is."""
    track = publication.up
    if track is None or len(track.rids) < 2:
        return
    top = max((down.usable() for down in track.downs), default=0)
    most = len(track.rids) - 1
    top, track.encoded = min(max(top, 0), most), min(track.encoded, most)
    if top >= track.encoded:
        track.unused_since = None
    elif track.unused_since is None:
        track.unused_since = now
    patient = track.unused_since is not None and now - track.unused_since < PATIENCE
    if top == track.encoded or patient:
        return
    track.encoded, track.unused_since = top, None
    person.send(subscribed_quality_update=_update(publication, track.rids, top))


def _update(publication: Publication, rids: list[str], top: int) -> rtc.SubscribedQualityUpdate:
    qualities = [
        rtc.SubscribedQuality(quality=QUALITIES.get(rid, Quality.HIGH), enabled=rank <= top)
        for rank, rid in enumerate(rids)
    ]
    codec = publication.info.mime_type.partition("/")[2]
    return rtc.SubscribedQualityUpdate(
        track_sid=publication.info.sid,
        subscribed_qualities=qualities,
        subscribed_codecs=[rtc.SubscribedCodec(codec=codec, qualities=qualities)],
    )


def tell_paused(person: Person) -> None:
    """Let a subscriber know which pictures stand still because their line has no room for them."""
    states = []
    for down in person.downs.values():
        if down.starved != down.told_starved:
            down.told_starved = down.starved
            state = rtc.StreamState.PAUSED if down.starved else rtc.StreamState.ACTIVE
            sid = down.track.stream.partition("|")[0]
            states.append(rtc.StreamStateInfo(participant_sid=sid, track_sid=down.track.sid, state=state))
    if states:
        person.send(stream_state_update=rtc.StreamStateUpdate(stream_states=states))
