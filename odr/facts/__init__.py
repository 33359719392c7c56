"""Everything a document prints, frozen: the facts are stored, the paper is made from them alone.

Money is in fen, instants carry their zone, pictures are base64. `to_json` is canonical, so
`digest` names the facts for good; the square code on the paper carries its first half.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from odr.errors import BadInput
from odr.facts import canon
from odr.facts.confirmation import (
    OBJECTION_RESULTS,
    RULINGS,
    AcceptanceNoticeFacts,
    ConfirmationApplicationFacts,
    EnforcementApplicationFacts,
    ExtensionApprovalFacts,
    InquiryFacts,
    ObjectionRulingFacts,
    RulingFacts,
    SupplementNoticeFacts,
)
from odr.facts.file import CaseFileFacts, EvidenceListFacts, IndexEntryFacts
from odr.facts.mediation import (
    ConsentFacts,
    DisclosureFacts,
    ExtensionFacts,
    MinutesFacts,
    ReferralFacts,
    RegistrationFacts,
    RightsNoticeFacts,
    SittingNoticeFacts,
)
from odr.facts.office import (
    AppointmentFacts,
    AppraisalFacts,
    ComplaintFacts,
    FeeReliefFacts,
    RecusalFacts,
    ReturnNoteFacts,
    RiskNoticeFacts,
    RosterCertificateFacts,
)
from odr.facts.outcome import (
    AgreementFacts,
    CivilMediationFacts,
    FailureReportFacts,
    NoObjectionFacts,
    OralAgreementFacts,
    PerformanceFacts,
    PerformanceLineFacts,
    SittingLineFacts,
    UndisputedFacts,
)
from odr.facts.parts import (
    AgentFacts,
    AttendeeFacts,
    ChannelFacts,
    ClauseFacts,
    ConsentItemFacts,
    DocumentFacts,
    EvidenceFacts,
    InstalmentFacts,
    PartyFacts,
    QuestionFacts,
    SignatureFacts,
    StatementFacts,
)
from odr.facts.service import ServiceAddressFacts, ServiceCertificateFacts
from odr.facts.signing import SignerFacts, SigningCertificateFacts

F = TypeVar("F", bound=DocumentFacts)

KINDS: dict[str, type[DocumentFacts]] = {
    form.kind: form
    for form in (
        RegistrationFacts,
        RightsNoticeFacts,
        ConsentFacts,
        ReferralFacts,
        DisclosureFacts,
        SittingNoticeFacts,
        MinutesFacts,
        UndisputedFacts,
        AgreementFacts,
        ConfirmationApplicationFacts,
        SupplementNoticeFacts,
        AcceptanceNoticeFacts,
        RulingFacts,
        FailureReportFacts,
        ServiceAddressFacts,
        ServiceCertificateFacts,
        SigningCertificateFacts,
        ExtensionFacts,
        RiskNoticeFacts,
        AppointmentFacts,
        RecusalFacts,
        ReturnNoteFacts,
        EvidenceListFacts,
        NoObjectionFacts,
        OralAgreementFacts,
        InquiryFacts,
        ExtensionApprovalFacts,
        ObjectionRulingFacts,
        CivilMediationFacts,
        PerformanceFacts,
        EnforcementApplicationFacts,
        AppraisalFacts,
        ComplaintFacts,
        RosterCertificateFacts,
        FeeReliefFacts,
        CaseFileFacts,
    )
}


def to_json(facts: DocumentFacts) -> str:
    """Canonical JSON with the kind inside."""
    body = canon.plain(facts)
    assert isinstance(body, dict)
    return canon.dumps({"kind": facts.kind, **body})


def from_json(text: str | bytes) -> DocumentFacts:
    """The facts that `to_json` wrote; BadInput names what does not fit."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError):
        raise BadInput(facts="not-json") from None
    form = KINDS.get(raw.pop("kind", "")) if isinstance(raw, dict) else None
    if form is None:
        raise BadInput(kind="unknown")
    return canon.build(form, raw)


def digest(facts: DocumentFacts) -> str:
    """`sha256:…` of the canonical JSON."""
    return canon.digest_of(to_json(facts))


def masked(facts: F) -> F:
    """The same facts as the public may see them: every party's numbers covered."""
    covered: F = _masked(facts)
    return covered


def _masked(value: Any) -> Any:
    if isinstance(value, PartyFacts):
        return value.masked()
    if isinstance(value, tuple):
        return tuple(_masked(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _masked(getattr(value, f.name)) for f in fields(value)})
    return value


__all__ = [
    "KINDS",
    "OBJECTION_RESULTS",
    "RULINGS",
    "AcceptanceNoticeFacts",
    "AgentFacts",
    "AgreementFacts",
    "AppointmentFacts",
    "AppraisalFacts",
    "AttendeeFacts",
    "CaseFileFacts",
    "ChannelFacts",
    "CivilMediationFacts",
    "ClauseFacts",
    "ComplaintFacts",
    "ConfirmationApplicationFacts",
    "ConsentFacts",
    "ConsentItemFacts",
    "DisclosureFacts",
    "DocumentFacts",
    "EnforcementApplicationFacts",
    "EvidenceFacts",
    "EvidenceListFacts",
    "ExtensionApprovalFacts",
    "ExtensionFacts",
    "FailureReportFacts",
    "FeeReliefFacts",
    "IndexEntryFacts",
    "InquiryFacts",
    "InstalmentFacts",
    "MinutesFacts",
    "NoObjectionFacts",
    "ObjectionRulingFacts",
    "OralAgreementFacts",
    "PartyFacts",
    "PerformanceFacts",
    "PerformanceLineFacts",
    "QuestionFacts",
    "RecusalFacts",
    "ReferralFacts",
    "RegistrationFacts",
    "ReturnNoteFacts",
    "RightsNoticeFacts",
    "RiskNoticeFacts",
    "RosterCertificateFacts",
    "RulingFacts",
    "ServiceAddressFacts",
    "ServiceCertificateFacts",
    "SignatureFacts",
    "SignerFacts",
    "SigningCertificateFacts",
    "SittingLineFacts",
    "SittingNoticeFacts",
    "StatementFacts",
    "SupplementNoticeFacts",
    "UndisputedFacts",
    "digest",
    "from_json",
    "masked",
    "to_json",
]
