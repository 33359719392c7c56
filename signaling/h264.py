"""H.264 payloads (RFC 6184): only whether a packet begins a frame that needs no other."""

IDR, SPS, STAP_A, FU_A = 5, 7, 24, 28


def is_keyframe(payload: bytes) -> bool:
    """Whether this packet carries the start of a keyframe or the parameters that precede one."""
    kind = payload[0] & 31 if payload else 0
    if kind == STAP_A:
        return _aggregated(payload)
    if kind == FU_A:
        return len(payload) > 1 and bool(payload[1] & 0x80) and payload[1] & 31 in (IDR, SPS)
    return kind in (IDR, SPS)


def _aggregated(payload: bytes) -> bool:
    at = 1
    while at + 2 < len(payload):
        if payload[at + 2] & 31 in (IDR, SPS):
            return True
        at += 2 + (payload[at] << 8 | payload[at + 1])
    return False
