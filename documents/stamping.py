"""Archive time-stamps of an authority outside this machine, asked for over HTTP (RFC 3161)."""

from __future__ import annotations

import urllib.request
from io import BytesIO

from asn1crypto import tsp
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers, timestamps

from documents import alone, verifying
from documents.authority import Roots

PATIENCE = 10  # seconds an authority has for its answer
LARGEST_ANSWER = 1 << 20
ROOM = 24_576  # hexadecimal digits for the token with its certificates; without it pyHanko would ask twice


class Unreachable(Exception):
    """The authority gave no time-stamp; it will be asked again."""


def stamp(pdf: bytes, url: str, roots: Roots) -> bytes:
    """The paper under one more archive time-stamp, from the authority at this address; Unreachable if it fails."""
    stamped = alone.run(_stamp(pdf, url))
    if not (report := verifying.verify(stamped, roots)).valid:
        raise Unreachable(f"{url}: its time-stamp does not hold: {report.findings[0].words}")
    return stamped


async def _stamp(pdf: bytes, url: str) -> bytes:
    writer, stamper = IncrementalPdfFileWriter(BytesIO(pdf)), signers.PdfTimeStamper(_OverHttp(url))
    try:
        made = await stamper.async_timestamp_pdf(writer, "sha256", bytes_reserved=ROOM)
    except Exception as why:  # the network, and three parsers on whatever came over it
        raise Unreachable(f"{url}: {why}") from None
    stamped: bytes = made.getvalue()
    return stamped


class _OverHttp(timestamps.TimeStamper):
    """RFC 3161 section 3.4: the request is posted, the answer is the reply."""

    def __init__(self, url: str) -> None:
        super().__init__(include_nonce=True)  # type: ignore[no-untyped-call]  # pyHanko's own gap
        self.url = url

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The answer."""
        asked = urllib.request.Request(  # noqa: S310  # the operator's own setting, http or https
            self.url, req.dump(), {"Content-Type": "application/timestamp-query"}
        )
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:  # noqa: S310
            return tsp.TimeStampResp.load(answer.read(LARGEST_ANSWER), strict=True)
