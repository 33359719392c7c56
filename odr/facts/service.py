"""Facts of the papers of service."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from odr.facts.parts import HIDDEN, ChannelFacts, DocumentFacts, PartyFacts, SignatureFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAddressFacts(DocumentFacts):
    """送达地址确认书 (F20; CPLI art. 136; OLR art. 30)."""

    kind: ClassVar[str] = "service_address"

    party: PartyFacts
    cause: str
    receiver: str
    receiver_relation: str = "本人"
    receiver_id: str = ""
    postal_address: str
    postcode: str = ""
    phone: str
    by_electronic: bool = field(metadata=HIDDEN)  # printed as a ticked box
    channels: tuple[ChannelFacts, ...] = ()
    keep_confidential: bool = field(default=False, metadata=HIDDEN)
    signatures: tuple[SignatureFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCertificateFacts(DocumentFacts):
    """电子送达凭证 or 送达回证 (F21; CPL art. 87-90; OLR art. 31)."""

    kind: ClassVar[str] = "service_certificate"

    cause: str
    document: str
    document_number: str
    document_digest: str
    recipient: str
    mode: str
    address: str
    sent_at: datetime
    arrived_at: datetime | None = None
    read_at: datetime | None = None
    result: str
    refusal: str = ""
    server: str
