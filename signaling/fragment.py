"""Descriptions of connectivity only: what WHIP and WHEP exchange by PATCH (RFC 8840)."""

from __future__ import annotations

from dataclasses import dataclass

from signaling import sdp
from signaling.sdp import Local
from signaling.wire import Malformed

SIZE = 16_384


@dataclass(frozen=True, slots=True)
class Fragment:
    """The client's end: a name and password, when the fragment carries them."""

    ufrag: str = ""
    password: str = ""


def parse(text: str) -> Fragment:
    """Read a fragment; candidates are not kept, their addresses show themselves in checks."""
    found: dict[str, str] = {}
    for line in text.replace("\r\n", "\n").strip("\n").split("\n"):
        if line[1:2] != "=" or line[0] not in "amosvct" or not line.isprintable():
            raise Malformed("fragment is not made of lines")
        name, _, value = line[2:].partition(":")
        if line[0] == "a" and name in ("ice-ufrag", "ice-pwd") and found.setdefault(name, value) != value:
            raise Malformed("fragment names two connections")
    fragment = Fragment(found.get("ice-ufrag", ""), found.get("ice-pwd", ""))
    if not 0 <= len(fragment.ufrag) <= 256 or bool(fragment.ufrag) != bool(fragment.password):
        raise Malformed("fragment has half a name")
    return fragment


def write(local: Local, kind: str, mid: str) -> str:
    """Our end after a restart, under the section that stands for the bundle."""
    lines = [
        "a=ice-lite",
        f"m={kind} 9 UDP/TLS/RTP/SAVPF 0",
        f"a=mid:{mid}",
        f"a=ice-ufrag:{local.ufrag}",
        f"a=ice-pwd:{local.password}",
        *sdp.candidates(local),
    ]
    return "\r\n".join(lines) + "\r\n"
