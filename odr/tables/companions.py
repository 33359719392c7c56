"""Who stands beside the parties: their agents and guardians, and others who take part in a sitting."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from odr.rules.companions import Capacity, Part
from odr.rules.words import Side
from odr.tables.columns import instant, key, maybe_instant, maybe_ref, maybe_word, prose, ref, rows, word


class Mandate(SQLModel, table=True):
    """委托代理 or 法定代理 of a party (CPL-60..62); special authority counts once somebody has checked the paper."""

    __tablename__ = "mandate"

    id: str = key()
    party_id: str = ref("party")
    account_id: str = ref("account")
    capacity: Capacity = word(Capacity)
    of: str = ""  # law firm, legal-service office, employer, kinship
    powers: list[str] = rows()  # named powers of CPL-62: admit, waive, settle, counterclaim
    evidence_id: str | None = maybe_ref("evidence")  # the power of attorney (CPLI-88)
    since: datetime = instant()
    accepted: bool | None = None
    checked_by: str | None = maybe_ref("account")
    checked_at: datetime | None = maybe_instant()
    remark: str = prose()
    ended_at: datetime | None = maybe_instant()


class Participant(SQLModel, table=True):
    """Somebody beside parties and agents: third person, interpreter, support, expert, observer."""

    __tablename__ = "participant"

    id: str = key()
    case_id: str = ref("mediation_case")
    part: Part = word(Part)
    name: str
    phone: str = ""
    side: Side | None = maybe_word(Side)  # whom a support person or an interpreter sits with
    language: str = ""
    reason: str = prose()
    asked_by: str = ref("account")
    asked_at: datetime = instant()
    agreed_by: list[str] = rows()  # sides, and the parties of a side that is not complete
    code: str = Field(unique=True, max_length=16)
    account_id: str | None = maybe_ref("account")
    declared_at: datetime | None = maybe_instant()  # secrecy, and an interpreter's or expert's promise
    ended_at: datetime | None = maybe_instant()
