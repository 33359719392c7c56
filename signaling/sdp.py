"""Session descriptions: a client's offer read, our answer written (RFC 8829, 8843, 8853).

The client always offers and we answer with its own payload and extension numbers, so no number ever
changes its meaning on a connection: Chrome forbids that.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from signaling import arrivals, wire
from signaling.uptrack import Codec
from signaling.wire import Malformed

SIZE, LINES, SECTIONS = 512_000, 12_000, 80
LINE = re.compile(r"[a-z]=[^\x00-\x1f]{0,4000}")
VIDEO, AUDIO = ("vp8", "h264"), ("opus",)
EXTENSIONS = (wire.MID, wire.RID, wire.REPAIRED_RID, wire.AUDIO_LEVEL, arrivals.URI)
FEEDBACK = ("goog-remb", "ccm fir", "nack", "nack pli")
FLIPPED = {"sendonly": "recvonly", "recvonly": "sendonly", "sendrecv": "sendrecv", "inactive": "inactive"}


@dataclass(slots=True)
class Media:
    """One section of an offer."""

    kind: str
    mid: str
    protocol: str
    rejected: bool
    direction: str = "sendrecv"
    codecs: list[Codec] = field(default_factory=list)
    extensions: dict[str, tuple[int, str]] = field(default_factory=dict)  # URI → number, direction if named
    track: str = ""  # the client's own name of what it sends
    rids: list[str] = field(default_factory=list)  # smallest picture first
    ssrcs: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Offer:
    """What the client proposes."""

    media: list[Media]
    ufrag: str
    password: str
    fingerprints: list[tuple[str, str]]
    bundle: list[str]
    setup: str = "actpass"  # the client's side of the handshake


@dataclass(frozen=True, slots=True)
class Local:
    """Our end of a connection: how to reach us and who we are."""

    ufrag: str
    password: str
    fingerprint: str
    candidates: list[tuple[str, int]]
    setup: str = "passive"
    streams: bool = False  # the same numbers are open for TCP


@dataclass(frozen=True, slots=True)
class Choice:
    """What we do with one section: receive, send, or neither."""

    codecs: list[Codec]
    direction: str = "inactive"
    rids: tuple[str, ...] = ()
    stream: str = ""
    track: str = ""
    ssrc: int = 0
    repair_ssrc: int = 0


def parse(text: str) -> Offer:
    """Read an offer; anything out of shape is `Malformed`."""
    if len(text) > SIZE:
        raise Malformed("description is too long")
    lines = text.replace("\r\n", "\n").strip("\n").split("\n")
    if len(lines) > LINES or not lines[0].startswith("v=0") or any(not LINE.fullmatch(one) for one in lines):
        raise Malformed("description is not made of lines")
    starts = [at for at, line in enumerate(lines) if line.startswith("m=")]
    if not starts or len(starts) > SECTIONS:
        raise Malformed("description has too few or too many sections")
    session = _attributes(lines[: starts[0]])
    blocks = [lines[a:b] for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]
    try:
        return _offer(session, blocks)
    except (ValueError, KeyError, IndexError) as wrong:
        raise Malformed("description is inconsistent") from wrong


def _offer(session: dict[str, list[str]], blocks: list[list[str]]) -> Offer:
    parsed = [(block[0], _attributes(block[1:])) for block in blocks]
    media = [_media(head, attributes) for head, attributes in parsed]
    mids = [one.mid for one in media]
    if len(set(mids)) != len(mids):
        raise Malformed("two sections share a name")
    merged: dict[str, list[str]] = dict(session)
    for (_, attributes), one in zip(parsed, media, strict=True):
        if not one.rejected:
            for name in ("ice-ufrag", "ice-pwd", "fingerprint", "setup"):
                merged.setdefault(name, attributes.get(name, []))
                merged[name] = merged[name] or attributes.get(name, [])
    bundles = [group.split()[1:] for group in session.get("group", []) if group.startswith("BUNDLE")]
    prints = [_fingerprint(value) for value in merged["fingerprint"]]
    bundle = bundles[0] if bundles else mids[:1]
    setup = merged["setup"][0] if merged["setup"] else "actpass"
    return Offer(media, merged["ice-ufrag"][0], merged["ice-pwd"][0], prints, bundle, setup)


def _fingerprint(value: str) -> tuple[str, str]:
    algorithm, digest = value.split(" ", 1)
    if algorithm.lower() not in ("sha-256", "sha-384", "sha-512"):
        raise Malformed("fingerprint algorithm is too weak")
    return algorithm.lower(), digest.strip().upper()


def _attributes(lines: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for line in lines:
        if line.startswith("a="):
            name, _, value = line[2:].partition(":")
            found.setdefault(name, []).append(value)
    return found


def _media(head: str, attributes: dict[str, list[str]]) -> Media:
    kind, port, protocol, *formats = head[2:].split()
    mid = attributes["mid"][0]
    if not re.fullmatch(r"[\w.-]{1,32}", mid, re.ASCII) or kind not in ("audio", "video", "application"):
        raise Malformed("section has no usable name or kind")
    media = Media(kind, mid, protocol, rejected=int(port) == 0 and "bundle-only" not in attributes)
    media.direction = next((name for name in FLIPPED if name in attributes), "sendrecv")
    media.codecs = _codecs(formats, attributes) if kind != "application" else []
    for value in attributes.get("extmap", []):
        number, uri = value.split()[:2]
        plain, _, direction = number.partition("/")
        media.extensions[uri] = (int(plain), direction)
    if names := attributes.get("msid"):
        media.track = names[0].split()[-1]
    for value in attributes.get("simulcast", []):
        words = value.split()
        sent = words[words.index("send") + 1] if "send" in words else ""
        media.rids = [
            rid.lstrip("~") for rid in sent.split(";") if re.fullmatch(r"~?\w{1,16}", rid, re.ASCII)
        ]
    media.ssrcs = _ssrcs(attributes)
    return media


def _ssrcs(attributes: dict[str, list[str]]) -> list[int]:
    for value in attributes.get("ssrc-group", []):
        meaning, *numbers = value.split()
        if meaning == "FID":
            return [_number(one) for one in numbers[:2]]
    return [_number(value.split()[0]) for value in attributes.get("ssrc", [])[:1]]


def _number(text: str) -> int:
    value = int(text)
    if not 0 <= value < 1 << 32:
        raise Malformed("stream number is out of range")
    return value


def _codecs(formats: list[str], attributes: dict[str, list[str]]) -> list[Codec]:
    names: dict[int, tuple[str, int]] = {}
    for value in attributes.get("rtpmap", []):
        number, encoding = value.split()[:2]
        name, rate = encoding.split("/")[:2]
        names[int(number)] = (name.lower(), int(rate))
    parameters = {int(value.split(" ", 1)[0]): value.split(" ", 1)[1] for value in attributes.get("fmtp", [])}
    repairs = {
        int(parameters[number][4:]): number
        for number, (name, _) in names.items()
        if name == "rtx" and parameters.get(number, "").startswith("apt=")
    }
    return [
        Codec(names[number][0], names[number][1], number, repairs.get(number), parameters.get(number, ""))
        for number in map(int, formats)
        if 0 <= number < 128 and number in names and names[number][0] in VIDEO + AUDIO
    ]


def alike(codecs: list[Codec], wanted: Codec) -> Codec | None:
    """The subscriber's entry for a codec; H.264 must agree in packetisation and profile."""
    for codec in codecs:
        if kind(codec) == kind(wanted):
            return codec
    return None


def kind(codec: Codec) -> tuple[str, ...]:
    """What two entries for one codec have in common, whatever else their parameters say."""
    if codec.name != "h264":
        return (codec.name,)
    values = dict(part.strip().partition("=")[::2] for part in codec.format.split(";"))
    return (
        codec.name,
        values.get("packetization-mode", "0"),
        values.get("profile-level-id", "42e01f")[:4].lower(),
    )


# ---- writing


def answer(offer: Offer, choices: dict[str, Choice], local: Local, version: int) -> str:
    """Our answer: what each section becomes."""
    open_mids = [one.mid for one in offer.media if not one.rejected and _usable(one, choices)]
    lines = [
        "v=0",
        f"o=- 1 {version} IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=ice-lite",
        "a=group:BUNDLE " + " ".join(mid for mid in offer.bundle if mid in open_mids),
        "a=extmap-allow-mixed",
        "a=msid-semantic: WMS *",
    ]
    for media in offer.media:
        lines += _section(media, choices.get(media.mid), local, open_mids)
    return "\r\n".join(lines) + "\r\n"


def _usable(media: Media, choices: dict[str, Choice]) -> bool:
    return media.kind == "application" or bool(media.mid in choices and choices[media.mid].codecs)


def _section(media: Media, choice: Choice | None, local: Local, open_mids: list[str]) -> list[str]:
    if media.mid not in open_mids:
        formats = "webrtc-datachannel" if media.kind == "application" else "0"
        return [
            f"m={media.kind} 0 {media.protocol} {formats}",
            "c=IN IP4 0.0.0.0",
            f"a=mid:{media.mid}",
            "a=inactive",
        ]
    address, port = local.candidates[0]
    lines = [f"c=IN IP{6 if ':' in address else 4} {address}", f"a=mid:{media.mid}", *_transport(local)]
    if media.kind == "application":
        head = f"m=application {port} {media.protocol} webrtc-datachannel"
        return [head, *lines, "a=sctp-port:5000", "a=max-message-size:65536"]
    assert choice is not None
    formats = " ".join(
        str(number)
        for codec in choice.codecs
        for number in (codec.payload_type, codec.repair_type)
        if number is not None
    )
    head = f"m={media.kind} {port} {media.protocol} {formats}"
    lines += ["a=rtcp-mux", "a=rtcp-rsize", f"a={choice.direction}"]
    lines += _extensions(media)
    for codec in choice.codecs:
        lines += _codec(codec, media)
    return [head, *lines, *_streams(choice)]


def _extensions(media: Media) -> list[str]:
    lines = []
    for uri, (number, direction) in media.extensions.items():
        # Firefox names a direction; echoed unflipped it would mean ours, and Firefox then omits the rid
        side = f"/{FLIPPED[direction]}" if direction in FLIPPED else ""
        if uri in EXTENSIONS:
            lines.append(f"a=extmap:{number}{side} {uri}")
    return lines


def _transport(local: Local) -> list[str]:
    return [
        f"a=ice-ufrag:{local.ufrag}",
        f"a=ice-pwd:{local.password}",
        f"a=fingerprint:sha-256 {local.fingerprint}",
        f"a=setup:{local.setup}",
        *candidates(local),
    ]


def candidates(local: Local) -> list[str]:
    """Where we are reached, best first."""
    lines = [
        f"a=candidate:{number} 1 udp {2130706431 - number} {address} {port} typ host"
        for number, (address, port) in enumerate(local.candidates, 1)
    ]
    first, tcp = len(lines) + 1, local.candidates if local.streams else []
    lines += [
        f"a=candidate:{number} 1 tcp {1671430143 - number} {address} {port} typ host tcptype passive"
        for number, (address, port) in enumerate(tcp, first)
    ]
    return [*lines, "a=end-of-candidates"]


def _codec(codec: Codec, media: Media) -> list[str]:
    number, kind = codec.payload_type, media.kind
    # Chromium's encoders look their codec up by its exact name
    name = "opus" if kind == "audio" else codec.name.upper()
    lines = [f"a=rtpmap:{number} {name}/{codec.clock_rate}{'/2' if kind == 'audio' else ''}"]
    if codec.format:
        lines.append(f"a=fmtp:{number} {codec.format}")
    if kind == "audio":  # libwebrtc repairs sound only when asked to
        lines.append(f"a=rtcp-fb:{number} nack")
    if arrivals.URI in media.extensions:
        lines.append(f"a=rtcp-fb:{number} transport-cc")
    if kind == "video":
        lines += [f"a=rtcp-fb:{number} {feedback}" for feedback in FEEDBACK]
        if codec.repair_type is not None:
            lines += [
                f"a=rtpmap:{codec.repair_type} rtx/{codec.clock_rate}",
                f"a=fmtp:{codec.repair_type} apt={number}",
            ]
    return lines


def _streams(choice: Choice) -> list[str]:
    lines: list[str] = []
    if choice.rids:
        lines = [f"a=rid:{rid} recv" for rid in choice.rids]
        lines.append("a=simulcast:recv " + ";".join(choice.rids))
    if choice.ssrc:
        lines.append(f"a=msid:{choice.stream} {choice.track}")
        repaired = choice.codecs[0].repair_type is not None
        if repaired:
            lines.append(f"a=ssrc-group:FID {choice.ssrc} {choice.repair_ssrc}")
        for ssrc in (choice.ssrc, choice.repair_ssrc) if repaired else (choice.ssrc,):
            lines.append(f"a=ssrc:{ssrc} cname:{choice.stream}")
            lines.append(f"a=ssrc:{ssrc} msid:{choice.stream} {choice.track}")
    return lines
