"""What a party asks of the court about its fee."""

from datetime import date, datetime

from sqlmodel import SQLModel

from odr.rules.relief import Relief
from odr.tables.columns import big, instant, key, maybe_instant, maybe_ref, prose, ref, rows, word


class FeeRelief(SQLModel, table=True):
    """An application to pay the fee later, less of it or none: a judge's opinion, the president's decision (FEE-44)."""

    __tablename__ = "fee_relief"

    id: str = key()
    dispute_id: str = ref("dispute")
    party_id: str = ref("party")
    account_id: str = ref("account")  # who sent it: the party or its agent
    relief: Relief = word(Relief)
    ground: str = ""  # key of the pack's list of this relief
    reason: str = prose()
    proofs: list[str] = rows()
    file_name: str = ""
    media_type: str = ""
    digest: str = ""
    fee_fen: int = big()
    asked_fen: int = big()
    asked_at: datetime = instant()
    judge_id: str | None = maybe_ref("account")
    supported: bool | None = None
    opinion: str = prose()
    examined_at: datetime | None = maybe_instant()
    decided_by: str | None = maybe_ref("account")
    granted: bool | None = None
    relieved_fen: int = big()
    until: date | None = None  # of a deferral
    reason_given: str = prose()  # in writing where it is refused (FEE-48)
    decided_at: datetime | None = maybe_instant()
    document_id: str | None = maybe_ref("document")
