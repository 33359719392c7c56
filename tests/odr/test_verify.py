"""`verify` accepts what the product wrote and names the place of every change made behind its back."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from documents.authority import Authority
from odr import chains, checkpoints, digests, journal, papers, seals, verify
from odr.db import Database
from odr.facts import ExtensionFacts
from odr.rules.access import MACHINE
from odr.rules.moves import CaseStage
from odr.rules.words import Role
from odr.tables.people import Court
from odr.tables.records import Blob, Document, JournalEntry
from odr.vault import Vault
from tests.make import Make, day, moment
from web.verifying import witness

AT = moment("2026-03-02 09:00")
TURNS = int(os.environ.get("ODR_CHANGES", "20"))  # the long test changes a thousand
FACTS = ExtensionFacts(
    number="延1号",
    court="广州市天河区人民法院",
    issued_on=day("2026-03-02"),
    verify_url="https://odr.example/verify?n=1",
    parties=(),
    cause="民间借贷纠纷",
    organisation="天河区人民调解委员会",
    mediators=("李调解",),
    reason="各方同意",
    old_end_on=day("2026-04-01"),
    new_end_on=day("2026-05-01"),
)


@dataclass
class Record:
    """A small court with one of everything, and its keys."""

    db: Database
    vault: Vault
    keys: Path
    court_id: str
    document_id: str

    def findings(self) -> list[verify.Finding]:
        with self.db.reading() as s:
            return verify.verify(s, self.vault, witness(self.keys))

    def places(self) -> str:
        return "\n".join(f"{one.place}: {one.what}" for one in self.findings())

    def change(self, statement: str) -> None:
        """As somebody who may do anything in the database would."""
        with self.db.writer.begin() as connection:
            for trigger in ("journal_entry_no_update", "journal_entry_no_delete"):
                if self.db.embedded:
                    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {trigger}")
            if not self.db.embedded:
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            connection.exec_driver_sql(statement)


@pytest.fixture
def record(db: Database, vault: Vault, tmp_path: Path) -> Record:
    keys = tmp_path / "keys"
    authority = Authority.open(keys, AT)
    with db.transaction() as s:
        make = Make(s)
        make.staff(Role.JUDGE)
        case = make.case(CaseStage.ACCEPTED)
        evidence = make.evidence(make.dispute(), vault.keep(b"%PDF-1.7 IOU"), 12)
        s.add(Blob(digest=evidence.digest, size=12, kept_at=AT))
        matter = f"dispute:{case.dispute_id}"
        for kind in ("case.consented", "case.accepted", "case.contacted"):
            journal.append(s, case.court_id, matter, kind, by=MACHINE, at=AT, case=case.id, to=case.stage)
        document = make.document(make.dispute(), FACTS)
        paper = vault.keep(b"%PDF-1.7 sealed")
        papers.publish(s, document.id, digest=paper, size=15, at=AT)
        checkpoint(s, case.court_id, authority)
        journal.append(s, case.court_id, matter, "sitting.planned", by=MACHINE, at=AT)
        checkpoint(s, case.court_id, authority)
    return Record(db, vault, keys, case.court_id, document.id)


def checkpoint(s: Session, court_id: str, authority: Authority) -> None:
    def sign(court: Court, content: bytes) -> str:
        return authority.signer_for(court.code, court.name).sign(content)

    made = checkpoints.make(
        s,
        court_id,
        sign=sign,
        stamp=lambda digest: authority.timestamp(digest, AT),
        at=AT + timedelta(minutes=1),
    )
    assert made is not None


def test_what_the_product_wrote_is_valid(record: Record) -> None:
    assert record.findings() == []


CHANGES = {
    "UPDATE journal_entry SET body = replace(body, 'case.accepted', 'case.declined') WHERE seq = 2": "entry 2",
    "UPDATE journal_entry SET actor = 'judge' WHERE seq = 3": "entry 3: columns and body",
    "DELETE FROM journal_entry WHERE seq = 2": "entry 2: is missing",
    "DELETE FROM journal_entry WHERE seq = 6": "covers 6 entries, the journal has 5",
    "UPDATE journal_entry SET seq = 100 WHERE seq = 6": "entry 6: is missing",
    "UPDATE checkpoint SET root = replace(root, 'a', 'b') WHERE seq = 5": "at entry 5: the journal before it",
    "UPDATE checkpoint SET signature = substr(signature, 11) || substr(signature, 1, 10)": (
        "the court's signature does not fit"
    ),
    "UPDATE document SET digest = replace(digest, 'sha256:', 'sha256:0')": "not the one published",
    "UPDATE document SET number = '延2号'": "document",
    "UPDATE mediation_case SET stage = 'ended'": "the journal says accepted",
    "UPDATE account SET name = '李鬼' WHERE name = '陈法官'": "account",
    "DELETE FROM role_grant": "role_grant",
    "UPDATE blob SET size = 1": "blob",
}


@pytest.mark.parametrize("statement", CHANGES)
def test_a_change_is_found_and_named(record: Record, statement: str) -> None:
    record.change(statement)

    assert CHANGES[statement] in record.places()


def test_a_row_added_by_hand_is_found(record: Record) -> None:
    record.change(
        "INSERT INTO blob (digest, size, media_type, kept_at) SELECT 'x', 1, '', kept_at FROM blob LIMIT 1"
    )

    assert "blob x: was added behind the product's back" in record.places()


def test_a_seal_cannot_be_made_without_the_key(record: Record) -> None:
    seals.use(b"the court's own")
    try:
        assert "account" in record.places()
    finally:
        seals.use(b"")


def test_a_changed_paper_is_named_by_its_number(record: Record) -> None:
    change_one_byte(record.vault, published(record))

    assert [(one.place, one.what[:4]) for one in record.findings()] == [("document 延1号", "file")]


def test_a_lost_paper_is_named_by_its_number(record: Record) -> None:
    record.vault.path(published(record)).unlink()

    assert "document 延1号" in record.places()


def test_a_journal_written_anew_betrays_itself_by_the_checkpoint(record: Record) -> None:
    """Every hash fits again, and every seal: only the signature of the court is missing."""
    with record.db.transaction() as s:
        entries = s.exec(select(JournalEntry).order_by(col(JournalEntry.seq))).all()
        told = [(one.subject, one.kind, journal.fields_of(one)) for one in entries]
    record.change("DELETE FROM journal_entry")
    record.change("DELETE FROM row_seal WHERE kind = 'journal_entry'")
    with record.db.transaction() as s:
        for subject, kind, fields in told[:-1]:
            later = AT + timedelta(seconds=1)
            journal.append(s, record.court_id, subject, kind, by=MACHINE, at=later, **fields)
        journal.append(s, record.court_id, "dispute:x", "dispute.forged", by=MACHINE, at=AT)

    assert "checkpoint" in record.places()
    assert "journal" not in record.places().replace("the journal before it was changed", "")


def test_random_single_characters_are_found_in_their_row(record: Record) -> None:
    chance = random.Random(20260302)
    for _ in range(TURNS):
        table, key, column, before = some_text(record.db, chance)
        at = chance.randrange(len(before))
        after = before[:at] + chr(ord(before[at]) ^ 1) + before[at + 1 :]
        put(record, table, key, column, after)
        assert f"{table.name} {key}" in record.places(), (table.name, column, before, after)
        put(record, table, key, column, before)
    assert record.findings() == []


def some_text(db: Database, chance: random.Random) -> tuple[sa.Table, str, str, str]:
    """Any text anywhere that is sealed."""
    with db.reading() as s:
        while True:
            table = chance.choice(
                [one for one in SQLModel.metadata.sorted_tables if one.name not in seals.UNSEALED]
            )
            rows = s.connection().exec_driver_sql(f"SELECT * FROM {table.name}").mappings().all()
            texts = [
                (str(row[table.primary_key.columns[0].name]), name, value)
                for row in rows
                for name, value in row.items()
                if isinstance(value, str) and value and is_free(table.c[name])
            ]
            if texts:
                return (table, *chance.choice(texts))


def is_free(column: sa.Column[object]) -> bool:
    """A column that the database lets one change to anything."""
    plain = isinstance(column.type, sa.String) and not column.unique
    return plain and not column.primary_key and not column.foreign_keys


def put(record: Record, table: sa.Table, key: str, column: str, value: str) -> None:
    quoted = value.replace("'", "''").replace("%", "%%")
    name = table.primary_key.columns[0].name
    record.change(f"UPDATE {table.name} SET {column} = '{quoted}' WHERE {name} = '{key}'")


def published(record: Record) -> str:
    with record.db.reading() as s:
        return s.get_one(Document, record.document_id).digest


def change_one_byte(vault: Vault, digest: str) -> None:
    path = vault.path(digest)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.chmod(0o600)
    path.write_bytes(bytes(content))


def test_each_entry_can_prove_itself_with_nothing_but_the_checkpoint(record: Record) -> None:
    with record.db.reading() as s:
        entries = s.exec(select(JournalEntry)).all()
        proofs = [checkpoints.proof(s, entry) for entry in entries]

    assert all(proof.holds for proof in proofs)
    assert {proof.count for proof in proofs} == {5, 6}


def test_one_matter_is_verified_without_the_rest_of_the_journal(record: Record) -> None:
    with record.db.reading() as s:
        subject = s.exec(select(JournalEntry.subject).where(JournalEntry.seq == 2)).one()
        assert chains.matter(s, record.court_id, subject, witness(record.keys)) == []
    record.change(
        "UPDATE journal_entry SET body = replace(body, 'case.accepted', 'case.declined') WHERE seq = 2"
    )

    with record.db.reading() as s:
        found = chains.matter(s, record.court_id, subject, witness(record.keys))

    assert "entry 2: body and hash do not fit" in "\n".join(f"{one.place}: {one.what}" for one in found)


def test_a_journal_that_changed_its_digest_and_its_signature_holds_as_a_whole(record: Record) -> None:
    authority = Authority.open(record.keys, AT)
    digests.use("sm3")
    try:
        with record.db.transaction() as s:
            entry = journal.append(s, record.court_id, "dispute:1", "case.accepted", by=MACHINE, at=AT)
            checkpoints.make(
                s,
                record.court_id,
                sign=lambda court, content: authority.signer_for(court.code, court.name, "sm2").sign(content),
                stamp=lambda digest: authority.timestamp(digest, AT),
                at=AT + timedelta(minutes=2),
            )
            assert checkpoints.proof(s, entry).holds
        assert entry.hash.startswith("sm3:")
        assert record.findings() == []
        record.change(
            "UPDATE journal_entry SET body = replace(body, 'case.accepted', 'case.declined') WHERE seq = 7"
        )
        assert "entry 7: body and hash do not fit" in record.places()
    finally:
        digests.use("sha256")
