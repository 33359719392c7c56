"""Facts of the papers that keep a file in order: evidence list, cover and index, and the file's figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import ClassVar

from odr.facts.parts import HIDDEN, NAMES, DocumentFacts, EvidenceFacts, PartyFacts, SignatureFacts


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceListFacts(DocumentFacts):
    """证据材料清单, receipt of what one side handed in (CPL art. 69)."""

    kind: ClassVar[str] = "evidence_list"

    parties: tuple[PartyFacts, ...] = field(metadata=NAMES)
    cause: str
    submitter: str
    submitter_role: str
    items: tuple[EvidenceFacts, ...]
    received_at: datetime
    receiver: str
    signatures: tuple[SignatureFacts, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexEntryFacts:
    title: str
    number: str = ""
    made_on: date | None = None
    pages: str = ""  # 1 or 1-3
    note: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFileFacts(DocumentFacts):
    """调解卷宗: cover, index and closing note of a whole file (F29)."""

    kind: ClassVar[str] = "case_file"

    title: str = "调解卷宗"
    parties: tuple[PartyFacts, ...] = field(metadata=NAMES)
    cause: str
    organisation: str = ""
    mediators: tuple[str, ...] = ()
    opened_on: date
    closed_on: date | None = None
    outcome: str = ""
    ruling_number: str = ""
    retention: str = ""  # 永久 / 长期 / 短期 and until when
    entries: tuple[IndexEntryFacts, ...]
    note: str = ""  # what the next reader must know: 备考
    archivist: str = ""
    archived_on: date | None = None
    electronic: bool = field(default=True, metadata=HIDDEN)
