"""The container of a signature: the only bytes of a sealed paper that no digest guards.

Whoever writes there could hide something. So the container must be exactly one minimal DER encoding,
filled up with zeros, and hold nothing but what our seals and our time-stamp authority put in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256

from asn1crypto import cms
from cryptography import x509
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature

from documents.authority import Roots
from documents.trust import issued

_CONSTRUCTED, _LONG_TAG = 0x20, 0x1F


def problems(pdf: bytes, embedded: EmbeddedPdfSignature, roots: Roots) -> Iterator[str]:
    """What is wrong with the container of one signature, in words."""
    first, length, second, _ = (int(n) for n in embedded.byte_range)
    if first != 0:
        yield "签章没有从文件开头起保护。"
    gap = pdf[length:second]
    content = cms.ContentInfo.load(embedded.pkcs7_content)
    der: bytes = content.dump()
    if gap != b"<" + der.hex().upper().encode().ljust(len(gap) - 2, b"0") + b">" or not is_der(der):
        yield "签名容器的编码被改动。"
    yield from _signed_problems(content["content"], roots)


def broken_ranges(pdf: bytes) -> Iterator[str]:
    """Where a paper that cannot even be read was changed: the seals that no longer fit their bytes."""
    start = 0
    for first, length, second, rest in _ranges(pdf):
        place = f"第{start}至{second + rest}字节"
        start = second + rest
        try:
            signed = cms.ContentInfo.load(bytes.fromhex(pdf[length + 1 : second - 1].decode()))["content"]
            fits = _guarded(signed) == sha256(pdf[first:length] + pdf[second : second + rest]).digest()
        except Exception:  # a parser on hostile bytes; whatever it raises, the seal does not fit
            fits = False
        if not fits:
            yield place


def end_of_seals(pdf: bytes) -> int:
    """Where the last seal's protection ends; the whole file when there is none."""
    return max((second + rest for _, _, second, rest in _ranges(pdf)), default=len(pdf))


def _ranges(pdf: bytes) -> list[tuple[int, int, int, int]]:
    found = re.findall(rb"/ByteRange\s*\[\s*(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})\s*\]", pdf)
    return [(int(a), int(b), int(c), int(d)) for a, b, c, d in found[:100]]


def _guarded(signed: cms.SignedData) -> object:
    """The digest that a seal or a time-stamp was put on."""
    content = signed["encap_content_info"]
    if content["content_type"].native == "tst_info":
        return content["content"].parsed["message_imprint"]["hashed_message"].native
    (signer,) = signed["signer_infos"]
    return next(a["values"][0].native for a in signer["signed_attrs"] if a["type"].native == "message_digest")


def tokens(signed: cms.SignedData) -> list[cms.SignedData]:
    """The time-stamps that hang on a signature."""
    (signer,) = signed["signer_infos"]
    found = [a for a in signer["unsigned_attrs"] or () if a["type"].native == "signature_time_stamp_token"]
    return [token["content"] for attribute in found for token in attribute["values"]]


def is_der(content: bytes) -> bool:
    """Whether the bytes are whole values in their shortest encoding, all the way down."""
    position = 0
    while position < len(content):
        header = _header(content[position : position + 6])
        if header is None:
            return False
        size, length = header
        value = content[position + size : position + size + length]
        if len(value) != length or (content[position] & _CONSTRUCTED and not is_der(value)):
            return False
        position += size + length
    return True


def _header(head: bytes) -> tuple[int, int] | None:
    """Header size and value length; None when not minimal."""
    if len(head) < 2 or head[0] == 0 or head[0] & _LONG_TAG == _LONG_TAG:
        return None
    if head[1] < 0x80:
        return 2, head[1]
    count = head[1] & 0x7F
    length = int.from_bytes(head[2 : 2 + count], "big")
    if not 1 <= count <= 4 or len(head) < 2 + count or head[2] == 0 or length < 0x80:
        return None
    return 2 + count, length


def _signed_problems(signed: cms.SignedData, roots: Roots) -> Iterator[str]:
    (signer,) = signed["signer_infos"]
    held = [x509.load_der_x509_certificate(choice.dump()) for choice in signed["certificates"]]
    if all(issued(one, roots.certificates) for one in held):
        yield from _strange_forms(signed, signer)
    elif not _vouched(held, (*roots.certificates, *roots.outside)):
        yield "签名容器中有本院不认可的证书。"
    if signed["crls"] or any(
        a["type"].native != "signature_time_stamp_token" for a in signer["unsigned_attrs"] or ()
    ):
        yield "签名容器中夹带了其他内容。"
    for token in tokens(signed):
        yield from _signed_problems(token, roots)


def _strange_forms(signed: cms.SignedData, signer: cms.SignerInfo) -> Iterator[str]:
    """What our own keys never write; how an outside authority writes is its own affair."""
    is_token = signed["encap_content_info"]["content_type"].native == "tst_info"
    forms = (signed["version"].native, signer["version"].native, signer["signature_algorithm"].native)
    expected = ("v3" if is_token else "v1", "v1", {"algorithm": "sha256_ecdsa", "parameters": None})
    digests = [one.native for one in signed["digest_algorithms"]]
    if forms != expected or digests != [signer["digest_algorithm"].native] or digests[0]["parameters"]:
        yield "签名容器的格式不是本院所用。"


def _vouched(held: list[x509.Certificate], trusted: tuple[x509.Certificate, ...]) -> bool:
    """Whether each certificate hangs on a trusted one, perhaps by others beside it."""
    known, rest = [*trusted], held
    while found := [one for one in rest if issued(one, known)]:
        known += found
        rest = [one for one in rest if one not in found]
    return not rest
