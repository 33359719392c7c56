"""Facts of the certificate of signing: what makes each electronic signature a reliable one (ESL art. 13)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from odr.facts.parts import DocumentFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerFacts:
    """One signer: who, how known, what they saw, when and from where they signed."""

    who: str
    role: str
    known_by: str  # 实名账户；本次登录再次核验；验证码
    shown: str  # digest of the exact page
    read_to_end: str
    signed_at: datetime
    place: str  # digest of the network address, and the browser
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningCertificateFacts(DocumentFacts):
    """电子签名证明 (ESL art. 5, 13, 14)."""

    kind: ClassVar[str] = "signing_certificate"

    agreement_number: str
    cause: str
    text_digest: str  # of the facts that were signed
    signers: tuple[SignerFacts, ...]
    effective_on: date
