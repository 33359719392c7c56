"""Journal, documents, deadlines, files, numbers, repeats: what the court's memory is made of."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from odr.rules.words import Zone
from odr.tables.columns import big, instant, key, maybe_instant, maybe_ref, prose, record, ref, rows, word


class JournalEntry(SQLModel, table=True):
    """One entry of a court's journal; `body` is the canonical JSON whose digest `hash` is."""

    __tablename__ = "journal_entry"
    __table_args__ = (
        sa.UniqueConstraint("court_id", "seq"),
        # Else the entry before is looked for through the whole court, which for a new matter has none
        sa.Index("ix_journal_entry_matter", "subject", "court_id", "seq"),
    )

    id: str = key()
    court_id: str = ref("court")
    seq: int
    subject: str = Field(max_length=64)  # e.g. dispute:<id>; the dispute gathers all of a matter
    kind: str = Field(index=True, max_length=64)
    actor: str = Field(index=True, max_length=32)
    at: datetime = instant(index=True)
    body: str = prose()
    prev: str = Field(max_length=160)
    subject_prev: str = Field(max_length=160)
    hash: str = Field(unique=True, max_length=160)


class Checkpoint(SQLModel, table=True):
    """A signed Merkle root over a court's journal up to `seq`, with an RFC 3161 token."""

    __tablename__ = "checkpoint"

    id: str = key()
    court_id: str = ref("court")
    seq: int
    root: str
    head: str
    at: datetime = instant()
    signature: str = prose()
    token: str = prose()  # base64 DER
    peaks: list[str] = rows()  # of the Merkle tree, so that the next checkpoint reads new entries only


class Document(SQLModel, table=True):
    """An issued paper: frozen facts, then rendered, sealed, published. Never edited, only superseded."""

    __tablename__ = "document"

    id: str = key()
    court_id: str = ref("court")
    dispute_id: str | None = maybe_ref("dispute")
    subject: str = Field(index=True, max_length=64)  # what it was issued for, e.g. ruling:<id>
    kind: str = Field(max_length=40)
    number: str = Field(default="", index=True)
    title: str
    zone: Zone = word(Zone, Zone.RECORD)
    side: str = ""  # caucus and personal papers: readable by this side only
    facts: dict[str, Any] = record()
    facts_hash: str
    frozen_at: datetime = instant()
    digest: str = ""  # of the sealed PDF in the vault
    size: int = big()
    published_at: datetime | None = maybe_instant()
    supersedes: str | None = maybe_ref("document")
    void_at: datetime | None = maybe_instant()


class Deadline(SQLModel, table=True):
    """A running, stopped or passed clock of the law, able to explain itself."""

    __tablename__ = "deadline"

    id: str = key()
    court_id: str = ref("court")
    subject: str = Field(index=True, max_length=64)  # e.g. case:<id>
    rule: str = Field(max_length=24)
    since: datetime = instant()
    due_at: datetime = instant(index=True)
    explanation: dict[str, Any] = record()
    paused_at: datetime | None = maybe_instant()
    stopped_at: datetime | None = maybe_instant()
    passed_at: datetime | None = maybe_instant()  # the wake-up that found it over
    warned: int = 0  # highest of 70, 90, 100 already announced


class Blob(SQLModel, table=True):
    """A file of the vault that some row refers to."""

    __tablename__ = "blob"

    digest: str = Field(primary_key=True, max_length=160)
    size: int = big()
    media_type: str = ""
    kept_at: datetime = instant()


class NumberSeries(SQLModel, table=True):
    """The last number given in a court, code and year."""

    __tablename__ = "number_series"
    __table_args__ = (sa.UniqueConstraint("court_id", "code", "year"),)

    id: str = key()
    court_id: str = ref("court")
    code: str = Field(max_length=24)
    year: int
    last: int = 0


class Repeat(SQLModel, table=True):
    """A form that was sent: its key, and the answer it got, for when it is sent again."""

    __tablename__ = "repeat"
    __table_args__ = (sa.UniqueConstraint("owner", "key"),)

    id: str = key()
    owner: str = Field(max_length=64)
    key: str = Field(max_length=64)
    route: str = Field(max_length=80)
    digest: str = Field(max_length=80)
    location: str = ""
    say: str = ""
    at: datetime = instant(index=True)


class Look(SQLModel, table=True):
    """Who looked at a matter: shown to its parties, administrators included."""

    __tablename__ = "look"

    id: str = key()
    subject: str = Field(index=True, max_length=64)
    account_id: str | None = maybe_ref("account")
    hat: str = ""
    what: str = ""
    at: datetime = instant(index=True)


class Lot(SQLModel, table=True):
    """A sealed seed for a later draw: its commitment is in the journal before anybody knows the pool."""

    __tablename__ = "lot"

    id: str = key()
    court_id: str = ref("court")
    subject: str = Field(index=True, max_length=64)
    commitment: str
    seed: str  # hex; secret until `revealed_at`
    committed_at: datetime = instant()
    revealed_at: datetime | None = maybe_instant()


class Wakeup(SQLModel, table=True):
    """When the court last did a periodic duty, so that two workers do it once."""

    __tablename__ = "wakeup"

    name: str = Field(primary_key=True, max_length=64)
    at: datetime = instant()
    note: str = ""
    done_at: datetime | None = maybe_instant()


class RowSeal(SQLModel, table=True):
    """The keyed digest of one row as the product last wrote it; see `odr.seals`."""

    __tablename__ = "row_seal"

    kind: str = Field(primary_key=True, max_length=40)
    row: str = Field(primary_key=True, max_length=160)
    seal: str = Field(max_length=80)


# The journal can be added to, never changed: the database itself refuses (ASVS 16.4.2).
TRIGGERS = {
    "sqlite": tuple(
        f"CREATE TRIGGER journal_entry_no_{verb.lower()} BEFORE {verb} ON journal_entry "
        "BEGIN SELECT RAISE(ABORT, 'the journal can only be added to'); END"
        for verb in ("UPDATE", "DELETE")
    ),
    "postgresql": (
        "CREATE FUNCTION journal_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the journal can only be added to'; END $$",
        "CREATE TRIGGER journal_entry_only_add BEFORE UPDATE OR DELETE ON journal_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION journal_entry_refuse()",
    ),
}
