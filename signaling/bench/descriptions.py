"""Session descriptions of the synthetic clients."""

from __future__ import annotations

import re

from signaling import wire
from signaling.bench.client import Client
from signaling.bench.scene import Member

SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
MID, LEVEL, SENT = 4, 1, 2  # numbers of the header extensions
OPUS, VP8 = 111, 96
KEPT = re.compile(r"a=(mid|rtpmap|fmtp|rtcp-fb|extmap)[:/]")


def offer(member: Member, client: Client, receives: int) -> str:
    """What a member sends, then one audio and one video section for each person they receive."""
    sections = []
    if member.publishes:
        sections += [_section("audio", "0", client, "sendonly", member.audio),
                     _section("video", "1", client, "sendonly", member.video)]  # fmt: skip
    for number in range(receives):
        sections.append(_section("audio", str(10 + 2 * number), client, "recvonly"))
        sections.append(_section("video", str(11 + 2 * number), client, "recvonly"))
    return head(sections) + "".join(sections)


def head(sections: list[str]) -> str:
    """The lines before the first section."""
    mids = " ".join(re.findall(r"a=mid:(\S+)", "".join(sections)))
    return (
        "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
        f"a=group:BUNDLE {mids}\r\na=extmap-allow-mixed\r\na=msid-semantic: WMS *\r\n"
    )


def _section(kind: str, mid: str, client: Client, direction: str, ssrc: int = 0) -> str:
    number = OPUS if kind == "audio" else VP8
    lines = [f"m={kind} 9 UDP/TLS/RTP/SAVPF {number}", "c=IN IP4 0.0.0.0", f"a=mid:{mid}", f"a={direction}",
             f"a=extmap:{MID} {wire.MID}"]  # fmt: skip
    if kind == "audio":
        lines += [f"a=extmap:{LEVEL} {wire.AUDIO_LEVEL}", f"a=rtpmap:{OPUS} opus/48000/2",
                  f"a=fmtp:{OPUS} minptime=10;useinbandfec=1"]  # fmt: skip
    else:
        lines += [f"a=extmap:{SENT} {SEND_TIME}", f"a=rtpmap:{VP8} VP8/90000",
                  *(f"a=rtcp-fb:{VP8} {one}" for one in ("goog-remb", "ccm fir", "nack", "nack pli"))]  # fmt: skip
    if ssrc:
        lines += [f"a=msid:stream {kind}", f"a=ssrc:{ssrc} cname:bench", f"a=ssrc:{ssrc} msid:stream {kind}"]
    return "\r\n".join(lines) + "\r\n" + client.transport()


def answer(offered: str, client: Client) -> str:
    """Receive everything a server offers, under its own numbers."""
    blocks = re.split(r"(?m)^(?=m=)", offered.replace("\r\n", "\n"))
    sections = []
    for block in blocks[1:]:
        lines = block.split("\n")
        kept = [line for line in lines if KEPT.match(line)]
        media = re.sub(r"^(m=\w+) \d+", r"\1 9", lines[0])
        text = "\r\n".join([media, "c=IN IP4 0.0.0.0", "a=recvonly", *kept])
        sections.append(text + "\r\n" + client.transport())
    return head(sections) + "".join(sections)
