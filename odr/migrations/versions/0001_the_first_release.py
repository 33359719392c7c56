"""The first release."""

import sqlalchemy as sa
from alembic import op

from odr.db import Json, Utc
from odr.tables.records import TRIGGERS

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("identity_number", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("locale", sa.String(), nullable=False),
        sa.Column("large_type", sa.Boolean(), nullable=False),
        sa.Column("verified_at", Utc(), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("disabled_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_email"), ["email"], unique=False)
        batch_op.create_index(batch_op.f("ix_account_identity_number"), ["identity_number"], unique=False)
        batch_op.create_index(batch_op.f("ix_account_phone"), ["phone"], unique=False)

    op.create_table(
        "blob",
        sa.Column("digest", sa.String(160), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("kept_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_blob")),
    )
    op.create_table(
        "court",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_ko", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("settings", Json(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_court")),
        sa.UniqueConstraint("code", name=op.f("uq_court_code")),
    )
    op.create_table(
        "one_time_code",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("purpose", sa.String(80), nullable=False),
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("code_hash", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("used_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_code")),
    )
    with op.batch_alter_table("one_time_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_one_time_code_destination"), ["destination"], unique=False)

    op.create_table(
        "repeat",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("route", sa.String(80), nullable=False),
        sa.Column("digest", sa.String(80), nullable=False),
        sa.Column("location", sa.String(), nullable=False),
        sa.Column("say", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repeat")),
        sa.UniqueConstraint("owner", "key", name=op.f("uq_repeat_owner")),
    )
    with op.batch_alter_table("repeat", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_repeat_at"), ["at"], unique=False)

    op.create_table(
        "row_seal",
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("row", sa.String(160), nullable=False),
        sa.Column("seal", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("kind", "row", name=op.f("pk_row_seal")),
    )
    op.create_table(
        "wakeup",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("done_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_wakeup")),
    )
    op.create_table(
        "checkpoint",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("court_id", sa.String(32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("root", sa.String(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("peaks", Json(), nullable=False),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name=op.f("fk_checkpoint_court_id_court")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoint")),
    )
    with op.batch_alter_table("checkpoint", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checkpoint_court_id"), ["court_id"], unique=False)

    op.create_table(
        "credential",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("last_counter", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_credential_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential")),
    )
    with op.batch_alter_table("credential", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_credential_account_id"), ["account_id"], unique=False)

    op.create_table(
        "deadline",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("court_id", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("rule", sa.String(24), nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.Column("due_at", Utc(), nullable=False),
        sa.Column("explanation", Json(), nullable=False),
        sa.Column("paused_at", Utc(), nullable=True),
        sa.Column("stopped_at", Utc(), nullable=True),
        sa.Column("passed_at", Utc(), nullable=True),
        sa.Column("warned", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name=op.f("fk_deadline_court_id_court")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline")),
    )
    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deadline_court_id"), ["court_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deadline_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_deadline_subject"), ["subject"], unique=False)

    op.create_table(
        "dispute",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("court_id", sa.String(32), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("track", sa.String(40), nullable=True),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("elements", Json(), nullable=False),
        sa.Column("claims", Json(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("story", sa.Text(), nullable=False),
        sa.Column("wishes", Json(), nullable=False),
        sa.Column("draft", Json(), nullable=False),
        sa.Column("created_by", sa.String(32), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("submitted_at", Utc(), nullable=True),
        sa.Column("filing_number", sa.String(), nullable=False),
        sa.Column("closed_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name=op.f("fk_dispute_court_id_court")),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_dispute_created_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute")),
    )
    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dispute_court_id"), ["court_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_dispute_created_by"), ["created_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_dispute_number"), ["number"], unique=False)
        batch_op.create_index(batch_op.f("ix_dispute_stage"), ["stage"], unique=False)

    op.create_table(
        "journal_entry",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("court_id", sa.String(32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("actor", sa.String(32), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("prev", sa.String(160), nullable=False),
        sa.Column("subject_prev", sa.String(160), nullable=False),
        sa.Column("hash", sa.String(160), nullable=False),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name=op.f("fk_journal_entry_court_id_court")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
        sa.UniqueConstraint("court_id", "seq", name=op.f("uq_journal_entry_court_id")),
        sa.UniqueConstraint("hash", name=op.f("uq_journal_entry_hash")),
    )
    with op.batch_alter_table("journal_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journal_entry_actor"), ["actor"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_entry_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_entry_court_id"), ["court_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_entry_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_entry_subject"), ["subject"], unique=False)

    op.create_table(
        "login",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("token_hash", sa.String(80), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("seen_at", Utc(), nullable=False),
        sa.Column("strong_at", Utc(), nullable=True),
        sa.Column("proved_at", Utc(), nullable=True),
        sa.Column("address_hash", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_login_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_login_token_hash")),
    )
    with op.batch_alter_table("login", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_account_id"), ["account_id"], unique=False)

    op.create_table(
        "look",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=True),
        sa.Column("hat", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_look_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look")),
    )
    with op.batch_alter_table("look", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_look_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_look_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_look_subject"), ["subject"], unique=False)

    op.create_table(
        "lot",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("court_id", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("commitment", sa.String(), nullable=False),
        sa.Column("seed", sa.String(), nullable=False),
        sa.Column("committed_at", Utc(), nullable=False),
        sa.Column("revealed_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name=op.f("fk_lot_court_id_court")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lot")),
    )
    with op.batch_alter_table("lot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lot_court_id"), ["court_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lot_subject"), ["subject"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("destination", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("sent_at", Utc(), nullable=True),
        sa.Column("failure", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_message_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_message_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_message_destination"), ["destination"], unique=False)

    op.create_table(
        "number_series",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("court_id", sa.String(32), nullable=False),
        sa.Column("code", sa.String(24), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name=op.f("fk_number_series_court_id_court")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_series")),
        sa.UniqueConstraint("court_id", "code", "year", name=op.f("uq_number_series_court_id")),
    )
    with op.batch_alter_table("number_series", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_number_series_court_id"), ["court_id"], unique=False)

    op.create_table(
        "organisation",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("court_id", sa.String(32), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("credit_code", sa.String(), nullable=False),
        sa.Column("authority", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("scope", Json(), nullable=False),
        sa.Column("languages", Json(), nullable=False),
        sa.Column("charges", sa.Boolean(), nullable=False),
        sa.Column("fee_note", sa.String(), nullable=False),
        sa.Column("has_video", sa.Boolean(), nullable=False),
        sa.Column("licence_until", sa.Date(), nullable=True),
        sa.Column("listed_on", sa.Date(), nullable=True),
        sa.Column("term_until", sa.Date(), nullable=True),
        sa.Column("certificate_number", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name=op.f("fk_organisation_court_id_court")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_organisation_court_id"), ["court_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_organisation_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_organisation_status"), ["status"], unique=False)

    op.create_table(
        "document",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("court_id", sa.String(32), nullable=False),
        sa.Column("dispute_id", sa.String(32), nullable=True),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("zone", sa.String(40), nullable=False),
        sa.Column("side", sa.String(), nullable=False),
        sa.Column("facts", Json(), nullable=False),
        sa.Column("facts_hash", sa.String(), nullable=False),
        sa.Column("frozen_at", Utc(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("published_at", Utc(), nullable=True),
        sa.Column("supersedes", sa.String(32), nullable=True),
        sa.Column("void_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name=op.f("fk_document_court_id_court")),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_document_dispute_id_dispute")),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["document.id"], name=op.f("fk_document_supersedes_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    with op.batch_alter_table("document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_document_court_id"), ["court_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_dispute_id"), ["dispute_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_number"), ["number"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_subject"), ["subject"], unique=False)
        batch_op.create_index(batch_op.f("ix_document_supersedes"), ["supersedes"], unique=False)

    op.create_table(
        "mediator",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("court_id", sa.String(32), nullable=False),
        sa.Column("org_id", sa.String(32), nullable=True),
        sa.Column("account_id", sa.String(32), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sex", sa.String(), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=True),
        sa.Column("identity_number", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("education", sa.String(), nullable=False),
        sa.Column("occupation", sa.String(), nullable=False),
        sa.Column("employer", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("licence_number", sa.String(), nullable=False),
        sa.Column("scope", Json(), nullable=False),
        sa.Column("languages", Json(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("has_video", sa.Boolean(), nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=True),
        sa.Column("term_until", sa.Date(), nullable=True),
        sa.Column("certificate_number", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("max_open_cases", sa.Integer(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("conflicts", Json(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_mediator_account_id_account")),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name=op.f("fk_mediator_court_id_court")),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_mediator_org_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediator")),
    )
    with op.batch_alter_table("mediator", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mediator_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mediator_court_id"), ["court_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mediator_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_mediator_org_id"), ["org_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mediator_status"), ["status"], unique=False)

    op.create_table(
        "party",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("dispute_id", sa.String(32), nullable=False),
        sa.Column("side", sa.String(40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("identity_number", sa.String(), nullable=False),
        sa.Column("legal_representative", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("service_address", sa.String(), nullable=False),
        sa.Column("e_service", sa.Boolean(), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=True),
        sa.Column("agent_account_id", sa.String(32), nullable=True),
        sa.Column("agent_special", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_party_account_id_account")),
        sa.ForeignKeyConstraint(
            ["agent_account_id"], ["account.id"], name=op.f("fk_party_agent_account_id_account")
        ),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_party_dispute_id_dispute")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
    )
    with op.batch_alter_table("party", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_party_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_party_agent_account_id"), ["agent_account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_party_dispute_id"), ["dispute_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_party_identity_number"), ["identity_number"], unique=False)

    op.create_table(
        "roster_change",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("court_id", sa.String(32), nullable=False),
        sa.Column("org_id", sa.String(32), nullable=True),
        sa.Column("batch", sa.String(), nullable=False),
        sa.Column("entry_kind", sa.String(), nullable=False),
        sa.Column("entry_id", sa.String(), nullable=True),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("before", Json(), nullable=False),
        sa.Column("after", Json(), nullable=False),
        sa.Column("proposed_by", sa.String(32), nullable=True),
        sa.Column("proposed_at", Utc(), nullable=False),
        sa.Column("decided_by", sa.String(32), nullable=True),
        sa.Column("decided_at", Utc(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name=op.f("fk_roster_change_court_id_court")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_roster_change_decided_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_roster_change_org_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["account.id"], name=op.f("fk_roster_change_proposed_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster_change")),
    )
    with op.batch_alter_table("roster_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_roster_change_batch"), ["batch"], unique=False)
        batch_op.create_index(batch_op.f("ix_roster_change_court_id"), ["court_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_roster_change_decided_by"), ["decided_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_roster_change_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_roster_change_org_id"), ["org_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_roster_change_proposed_by"), ["proposed_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_roster_change_status"), ["status"], unique=False)

    op.create_table(
        "consent",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("party_id", sa.String(32), nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("text_version", sa.String(), nullable=False),
        sa.Column("sitting_id", sa.String(), nullable=True),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("withdrawn_at", Utc(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_consent_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_party_id"), ["party_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_consent_sitting_id"), ["sitting_id"], unique=False)

    op.create_table(
        "evidence",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("dispute_id", sa.String(32), nullable=False),
        sa.Column("party_id", sa.String(32), nullable=False),
        sa.Column("zone", sa.String(40), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("proves", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("added_at", Utc(), nullable=False),
        sa.Column("withdrawn_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_evidence_dispute_id_dispute")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_evidence_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_evidence_dispute_id"), ["dispute_id"], unique=False)
        batch_op.create_index("ix_evidence_dispute_zone", ["dispute_id", "zone"], unique=False)
        batch_op.create_index(batch_op.f("ix_evidence_party_id"), ["party_id"], unique=False)

    op.create_table(
        "invitation",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("party_id", sa.String(32), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("token_hash", sa.String(80), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("opened_at", Utc(), nullable=True),
        sa.Column("claimed_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_invitation_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("code", name=op.f("uq_invitation_code")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    with op.batch_alter_table("invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invitation_party_id"), ["party_id"], unique=False)

    op.create_table(
        "mediation_case",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("dispute_id", sa.String(32), nullable=False),
        sa.Column("court_id", sa.String(32), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("track", sa.String(40), nullable=False),
        sa.Column("org_id", sa.String(32), nullable=True),
        sa.Column("mediator_id", sa.String(32), nullable=True),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("consented_at", Utc(), nullable=True),
        sa.Column("accepted_at", Utc(), nullable=True),
        sa.Column("contacted_at", Utc(), nullable=True),
        sa.Column("extended_until", Utc(), nullable=True),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("end_reason", sa.String(40), nullable=True),
        sa.Column("end_notes", Json(), nullable=False),
        sa.Column("on_spot", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name=op.f("fk_mediation_case_court_id_court")),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["dispute.id"], name=op.f("fk_mediation_case_dispute_id_dispute")
        ),
        sa.ForeignKeyConstraint(
            ["mediator_id"], ["mediator.id"], name=op.f("fk_mediation_case_mediator_id_mediator")
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_mediation_case_org_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediation_case")),
    )
    with op.batch_alter_table("mediation_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mediation_case_court_id"), ["court_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mediation_case_dispute_id"), ["dispute_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mediation_case_mediator_id"), ["mediator_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mediation_case_number"), ["number"], unique=False)
        batch_op.create_index(batch_op.f("ix_mediation_case_org_id"), ["org_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mediation_case_stage"), ["stage"], unique=False)

    op.create_table(
        "role_grant",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("court_id", sa.String(32), nullable=False),
        sa.Column("org_id", sa.String(32), nullable=True),
        sa.Column("mediator_id", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_role_grant_account_id_account")
        ),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name=op.f("fk_role_grant_court_id_court")),
        sa.ForeignKeyConstraint(
            ["mediator_id"], ["mediator.id"], name=op.f("fk_role_grant_mediator_id_mediator")
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_role_grant_org_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
        sa.UniqueConstraint("account_id", "role", "court_id", name=op.f("uq_role_grant_account_id")),
    )
    with op.batch_alter_table("role_grant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_grant_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_role_grant_court_id"), ["court_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_role_grant_mediator_id"), ["mediator_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_role_grant_org_id"), ["org_id"], unique=False)

    op.create_table(
        "service",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("document_id", sa.String(32), nullable=False),
        sa.Column("party_id", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("sent_at", Utc(), nullable=False),
        sa.Column("arrived_at", Utc(), nullable=True),
        sa.Column("read_at", Utc(), nullable=True),
        sa.Column("paper_asked_at", Utc(), nullable=True),
        sa.Column("paper_sent_at", Utc(), nullable=True),
        sa.Column("certificate_id", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["document.id"], name=op.f("fk_service_certificate_id_document")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_service_document_id_document")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_service_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
    )
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_service_certificate_id"), ["certificate_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_document_id"), ["document_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_service_party_id"), ["party_id"], unique=False)

    op.create_table(
        "triage",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("dispute_id", sa.String(32), nullable=False),
        sa.Column("proposal", Json(), nullable=False),
        sa.Column("proposed_at", Utc(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.Column("overrides", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(32), nullable=True),
        sa.Column("decided_at", Utc(), nullable=True),
        sa.Column("objection", sa.String(), nullable=False),
        sa.Column("objected_by", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_triage_decided_by_account")),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_triage_dispute_id_dispute")),
        sa.ForeignKeyConstraint(["objected_by"], ["party.id"], name=op.f("fk_triage_objected_by_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triage")),
    )
    with op.batch_alter_table("triage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_triage_decided_by"), ["decided_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_triage_dispute_id"), ["dispute_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_triage_objected_by"), ["objected_by"], unique=False)

    op.create_table(
        "assignment",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("mediator_id", sa.String(32), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("draw", Json(), nullable=False),
        sa.Column("reasons", Json(), nullable=False),
        sa.Column("offered_at", Utc(), nullable=False),
        sa.Column("answered_at", Utc(), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("decline_reason", sa.String(), nullable=False),
        sa.Column("disclosure", sa.Text(), nullable=False),
        sa.Column("waived_by", Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["mediation_case.id"], name=op.f("fk_assignment_case_id_mediation_case")
        ),
        sa.ForeignKeyConstraint(
            ["mediator_id"], ["mediator.id"], name=op.f("fk_assignment_mediator_id_mediator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_mediator_id"), ["mediator_id"], unique=False)

    op.create_table(
        "complaint",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("party_id", sa.String(32), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["mediation_case.id"], name=op.f("fk_complaint_case_id_mediation_case")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_complaint_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint")),
    )
    with op.batch_alter_table("complaint", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_complaint_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_complaint_party_id"), ["party_id"], unique=False)

    op.create_table(
        "extension",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("agreed_by", Json(), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("granted_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["mediation_case.id"], name=op.f("fk_extension_case_id_mediation_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_extension")),
    )
    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_extension_case_id"), ["case_id"], unique=False)

    op.create_table(
        "free_time",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("side", sa.String(40), nullable=True),
        sa.Column("starts_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_free_time_account_id_account")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["mediation_case.id"], name=op.f("fk_free_time_case_id_mediation_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_free_time")),
    )
    with op.batch_alter_table("free_time", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_free_time_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_free_time_case_id"), ["case_id"], unique=False)

    op.create_table(
        "mediator_choice",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(40), nullable=False),
        sa.Column("mediator_id", sa.String(32), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["mediation_case.id"], name=op.f("fk_mediator_choice_case_id_mediation_case")
        ),
        sa.ForeignKeyConstraint(
            ["mediator_id"], ["mediator.id"], name=op.f("fk_mediator_choice_mediator_id_mediator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mediator_choice")),
        sa.UniqueConstraint(
            "case_id", "round", "side", "mediator_id", name=op.f("uq_mediator_choice_case_id")
        ),
    )
    with op.batch_alter_table("mediator_choice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mediator_choice_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mediator_choice_mediator_id"), ["mediator_id"], unique=False)

    op.create_table(
        "note",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_note_account_id_account")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["mediation_case.id"], name=op.f("fk_note_case_id_mediation_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    with op.batch_alter_table("note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_note_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_note_case_id"), ["case_id"], unique=False)

    op.create_table(
        "rating",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("party_id", sa.String(32), nullable=False),
        sa.Column("side", sa.String(40), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["mediation_case.id"], name=op.f("fk_rating_case_id_mediation_case")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_rating_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
        sa.UniqueConstraint("case_id", "party_id", "about", name=op.f("uq_rating_case_id")),
    )
    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rating_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_rating_party_id"), ["party_id"], unique=False)

    op.create_table(
        "sitting",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("mode", sa.String(40), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("starts_at", Utc(), nullable=False),
        sa.Column("ends_at", Utc(), nullable=False),
        sa.Column("opened_at", Utc(), nullable=True),
        sa.Column("closed_at", Utc(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recording", sa.Boolean(), nullable=False),
        sa.Column("signing", sa.Boolean(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["mediation_case.id"], name=op.f("fk_sitting_case_id_mediation_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sitting")),
    )
    with op.batch_alter_table("sitting", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sitting_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_sitting_stage"), ["stage"], unique=False)
        batch_op.create_index(batch_op.f("ix_sitting_starts_at"), ["starts_at"], unique=False)

    op.create_table(
        "undisputed_fact",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("stated_at", Utc(), nullable=False),
        sa.Column("agreed_by", Json(), nullable=False),
        sa.Column("removed_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["mediation_case.id"], name=op.f("fk_undisputed_fact_case_id_mediation_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_undisputed_fact")),
    )
    with op.batch_alter_table("undisputed_fact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_undisputed_fact_case_id"), ["case_id"], unique=False)

    op.create_table(
        "agreement",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("sitting_id", sa.String(32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("facts", Json(), nullable=False),
        sa.Column("facts_hash", sa.String(), nullable=False),
        sa.Column("shown_hash", sa.String(), nullable=False),
        sa.Column("document_id", sa.String(32), nullable=True),
        sa.Column("frozen_at", Utc(), nullable=True),
        sa.Column("effective_at", Utc(), nullable=True),
        sa.Column("supersedes", sa.String(32), nullable=True),
        sa.Column("wants_confirmation", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["mediation_case.id"], name=op.f("fk_agreement_case_id_mediation_case")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_agreement_document_id_document")
        ),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_agreement_sitting_id_sitting")),
        sa.ForeignKeyConstraint(
            ["supersedes"], ["agreement.id"], name=op.f("fk_agreement_supersedes_agreement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
    )
    with op.batch_alter_table("agreement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agreement_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_agreement_document_id"), ["document_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_agreement_sitting_id"), ["sitting_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_agreement_stage"), ["stage"], unique=False)
        batch_op.create_index(batch_op.f("ix_agreement_supersedes"), ["supersedes"], unique=False)

    op.create_table(
        "attendance",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("sitting_id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("party_id", sa.String(32), nullable=True),
        sa.Column("side", sa.String(40), nullable=True),
        sa.Column("room", sa.String(40), nullable=False),
        sa.Column("identity_checked_at", Utc(), nullable=True),
        sa.Column("identity_checked_by", sa.String(), nullable=True),
        sa.Column("notices_read_at", Utc(), nullable=True),
        sa.Column("recording_consent", sa.Boolean(), nullable=True),
        sa.Column("recording_consent_at", Utc(), nullable=True),
        sa.Column("minutes_instead", sa.Boolean(), nullable=True),
        sa.Column("device_tested_at", Utc(), nullable=True),
        sa.Column("hand_raised_at", Utc(), nullable=True),
        sa.Column("hushed", sa.Boolean(), nullable=False),
        sa.Column("camera_off", sa.Boolean(), nullable=False),
        sa.Column("joined_at", Utc(), nullable=True),
        sa.Column("left_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_attendance_account_id_account")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_attendance_party_id_party")),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sitting.id"], name=op.f("fk_attendance_sitting_id_sitting")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
        sa.UniqueConstraint("sitting_id", "account_id", name=op.f("uq_attendance_sitting_id")),
    )
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendance_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attendance_party_id"), ["party_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attendance_sitting_id"), ["sitting_id"], unique=False)

    op.create_table(
        "chat_line",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("sitting_id", sa.String(32), nullable=False),
        sa.Column("room", sa.String(40), nullable=False),
        sa.Column("zone", sa.String(40), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_chat_line_account_id_account")),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_chat_line_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_line")),
    )
    with op.batch_alter_table("chat_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chat_line_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_chat_line_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_chat_line_sitting_id"), ["sitting_id"], unique=False)

    op.create_table(
        "minutes_line",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("sitting_id", sa.String(32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("speaker", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("corrections", Json(), nullable=False),
        sa.Column("confirmed_by", Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sitting.id"], name=op.f("fk_minutes_line_sitting_id_sitting")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_minutes_line")),
    )
    with op.batch_alter_table("minutes_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_minutes_line_sitting_id"), ["sitting_id"], unique=False)

    op.create_table(
        "recording",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("sitting_id", sa.String(32), nullable=False),
        sa.Column("room", sa.String(40), nullable=False),
        sa.Column("zone", sa.String(40), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("started_at", Utc(), nullable=False),
        sa.Column("stopped_at", Utc(), nullable=True),
        sa.Column("head", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("files", Json(), nullable=False),
        sa.ForeignKeyConstraint(["sitting_id"], ["sitting.id"], name=op.f("fk_recording_sitting_id_sitting")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording")),
    )
    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recording_sitting_id"), ["sitting_id"], unique=False)

    op.create_table(
        "clause",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("agreement_id", sa.String(32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("fields", Json(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("agreed_by", Json(), nullable=False),
        sa.Column("removed_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_clause_agreement_id_agreement")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clause")),
    )
    with op.batch_alter_table("clause", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clause_agreement_id"), ["agreement_id"], unique=False)

    op.create_table(
        "confirmation_case",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("agreement_id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("court_id", sa.String(32), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("applied", Json(), nullable=False),
        sa.Column("facts_reasons", sa.Text(), nullable=False),
        sa.Column("application_document_id", sa.String(32), nullable=True),
        sa.Column("submitted_at", Utc(), nullable=True),
        sa.Column("accepted_at", Utc(), nullable=True),
        sa.Column("judge_id", sa.String(32), nullable=True),
        sa.Column("draw", Json(), nullable=False),
        sa.Column("checklist", Json(), nullable=False),
        sa.Column("decided_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_confirmation_case_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(
            ["application_document_id"],
            ["document.id"],
            name=op.f("fk_confirmation_case_application_document_id_document"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["mediation_case.id"], name=op.f("fk_confirmation_case_case_id_mediation_case")
        ),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name=op.f("fk_confirmation_case_court_id_court")),
        sa.ForeignKeyConstraint(
            ["judge_id"], ["account.id"], name=op.f("fk_confirmation_case_judge_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation_case")),
        sa.UniqueConstraint("agreement_id", name=op.f("uq_confirmation_case_agreement_id")),
    )
    with op.batch_alter_table("confirmation_case", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_confirmation_case_application_document_id"),
            ["application_document_id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_confirmation_case_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_confirmation_case_court_id"), ["court_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_confirmation_case_judge_id"), ["judge_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_confirmation_case_number"), ["number"], unique=False)
        batch_op.create_index(batch_op.f("ix_confirmation_case_stage"), ["stage"], unique=False)

    op.create_table(
        "signature",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("agreement_id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("party_id", sa.String(32), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("image", sa.Text(), nullable=False),
        sa.Column("shown_hash", sa.String(), nullable=False),
        sa.Column("scrolled_to_end", sa.Boolean(), nullable=False),
        sa.Column("code_id", sa.String(), nullable=False),
        sa.Column("signed_at", Utc(), nullable=False),
        sa.Column("address_hash", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_signature_account_id_account")),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_signature_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_signature_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
        sa.UniqueConstraint("agreement_id", "account_id", name=op.f("uq_signature_agreement_id")),
    )
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signature_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_signature_agreement_id"), ["agreement_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_signature_party_id"), ["party_id"], unique=False)

    op.create_table(
        "obligation",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("agreement_id", sa.String(32), nullable=False),
        sa.Column("clause_id", sa.String(32), nullable=True),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("debtor", sa.String(40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("proof_id", sa.String(32), nullable=True),
        sa.Column("performed_on", sa.Date(), nullable=True),
        sa.Column("changed_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_obligation_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(["clause_id"], ["clause.id"], name=op.f("fk_obligation_clause_id_clause")),
        sa.ForeignKeyConstraint(["proof_id"], ["evidence.id"], name=op.f("fk_obligation_proof_id_evidence")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligation")),
    )
    with op.batch_alter_table("obligation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_obligation_agreement_id"), ["agreement_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_obligation_clause_id"), ["clause_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_obligation_proof_id"), ["proof_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_obligation_stage"), ["stage"], unique=False)

    op.create_table(
        "ruling",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("confirmation_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("judge_id", sa.String(32), nullable=False),
        sa.Column("issued_at", Utc(), nullable=False),
        sa.Column("document_id", sa.String(32), nullable=True),
        sa.Column("supersedes", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(
            ["confirmation_id"],
            ["confirmation_case.id"],
            name=op.f("fk_ruling_confirmation_id_confirmation_case"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_ruling_document_id_document")
        ),
        sa.ForeignKeyConstraint(["judge_id"], ["account.id"], name=op.f("fk_ruling_judge_id_account")),
        sa.ForeignKeyConstraint(["supersedes"], ["ruling.id"], name=op.f("fk_ruling_supersedes_ruling")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ruling")),
    )
    with op.batch_alter_table("ruling", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ruling_confirmation_id"), ["confirmation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ruling_document_id"), ["document_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ruling_judge_id"), ["judge_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ruling_supersedes"), ["supersedes"], unique=False)

    op.create_table(
        "supplement",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("confirmation_id", sa.String(32), nullable=False),
        sa.Column("items", Json(), nullable=False),
        sa.Column("due_at", Utc(), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.String(32), nullable=True),
        sa.Column("answered_at", Utc(), nullable=True),
        sa.Column("document_id", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["account.id"], name=op.f("fk_supplement_answered_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["confirmation_id"],
            ["confirmation_case.id"],
            name=op.f("fk_supplement_confirmation_id_confirmation_case"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_supplement_document_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplement")),
    )
    with op.batch_alter_table("supplement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_supplement_answered_by"), ["answered_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_supplement_confirmation_id"), ["confirmation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supplement_document_id"), ["document_id"], unique=False)

    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)
