"""Recusal, suspicion, appraisal, scheme, agents and participants."""

import sqlalchemy as sa
from alembic import op

from odr.db import Json, Utc

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "appraisal",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("matter", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("institution", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(40), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("agreed_by", Json(), nullable=False),
        sa.Column("refused", sa.String(), nullable=False),
        sa.Column("begun_at", Utc(), nullable=True),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["mediation_case.id"], name=op.f("fk_appraisal_case_id_mediation_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal")),
    )
    with op.batch_alter_table("appraisal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_appraisal_case_id"), ["case_id"], unique=False)

    op.create_table(
        "mandate",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("party_id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("capacity", sa.String(40), nullable=False),
        sa.Column("of", sa.String(), nullable=False),
        sa.Column("powers", Json(), nullable=False),
        sa.Column("evidence_id", sa.String(32), nullable=True),
        sa.Column("since", Utc(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("checked_by", sa.String(32), nullable=True),
        sa.Column("checked_at", Utc(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_mandate_account_id_account")),
        sa.ForeignKeyConstraint(["checked_by"], ["account.id"], name=op.f("fk_mandate_checked_by_account")),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_mandate_evidence_id_evidence")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_mandate_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandate")),
    )
    with op.batch_alter_table("mandate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mandate_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mandate_checked_by"), ["checked_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_mandate_evidence_id"), ["evidence_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mandate_party_id"), ["party_id"], unique=False)

    op.create_table(
        "participant",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("part", sa.String(40), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("side", sa.String(40), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(32), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("agreed_by", Json(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=True),
        sa.Column("declared_at", Utc(), nullable=True),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_participant_account_id_account")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_participant_asked_by_account")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["mediation_case.id"], name=op.f("fk_participant_case_id_mediation_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant")),
        sa.UniqueConstraint("code", name=op.f("uq_participant_code")),
    )
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_participant_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_participant_asked_by"), ["asked_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_participant_case_id"), ["case_id"], unique=False)

    op.create_table(
        "recusal",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("mediator_id", sa.String(32), nullable=False),
        sa.Column("side", sa.String(40), nullable=True),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(32), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("waived_by", Json(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(32), nullable=True),
        sa.Column("decided_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_recusal_asked_by_account")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["mediation_case.id"], name=op.f("fk_recusal_case_id_mediation_case")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_recusal_decided_by_account")),
        sa.ForeignKeyConstraint(
            ["mediator_id"], ["mediator.id"], name=op.f("fk_recusal_mediator_id_mediator")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal")),
    )
    with op.batch_alter_table("recusal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recusal_asked_by"), ["asked_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_recusal_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_recusal_decided_by"), ["decided_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_recusal_mediator_id"), ["mediator_id"], unique=False)

    op.create_table(
        "scheme",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("terms", Json(), nullable=False),
        sa.Column("gap", sa.Text(), nullable=False),
        sa.Column("perform_by", sa.Date(), nullable=True),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("agreed_by", Json(), nullable=False),
        sa.Column("served_at", Utc(), nullable=True),
        sa.Column("objected_by", sa.String(40), nullable=True),
        sa.Column("objected_at", Utc(), nullable=True),
        sa.Column("stands_at", Utc(), nullable=True),
        sa.Column("document_id", sa.String(32), nullable=True),
        sa.Column("agreement_id", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["mediation_case.id"], name=op.f("fk_scheme_case_id_mediation_case")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_scheme_document_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme")),
    )
    with op.batch_alter_table("scheme", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scheme_agreement_id"), ["agreement_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_scheme_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_scheme_document_id"), ["document_id"], unique=False)

    op.create_table(
        "suspension",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("why", sa.String(40), nullable=False),
        sa.Column("pauses", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.Column("until", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["mediation_case.id"], name=op.f("fk_suspension_case_id_mediation_case")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspension")),
    )
    with op.batch_alter_table("suspension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suspension_case_id"), ["case_id"], unique=False)

    op.create_table(
        "suspicion",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("signs", Json(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("reported_by", sa.String(32), nullable=True),
        sa.Column("reported_at", Utc(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.String(32), nullable=True),
        sa.Column("decided_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["mediation_case.id"], name=op.f("fk_suspicion_case_id_mediation_case")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_suspicion_decided_by_account")),
        sa.ForeignKeyConstraint(
            ["reported_by"], ["account.id"], name=op.f("fk_suspicion_reported_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspicion")),
    )
    with op.batch_alter_table("suspicion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_suspicion_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_suspicion_decided_by"), ["decided_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_suspicion_reported_by"), ["reported_by"], unique=False)

    with op.batch_alter_table("agreement", schema=None) as batch_op:
        batch_op.add_column(sa.Column("on_paper", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("scan_digest", sa.String(), nullable=False, server_default=""))

    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ended_at", Utc(), nullable=True))
        batch_op.add_column(sa.Column("ended_by", sa.String(), nullable=False, server_default=""))

    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.add_column(sa.Column("participant_id", sa.String(32), nullable=True))
        batch_op.add_column(sa.Column("part", sa.String(40), nullable=True))
        batch_op.create_index(batch_op.f("ix_attendance_participant_id"), ["participant_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_attendance_participant_id_participant"), "participant", ["participant_id"], ["id"]
        )

    with op.batch_alter_table("dispute", schema=None) as batch_op:
        batch_op.add_column(sa.Column("summary", sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.add_column(sa.Column("proof", Json(), nullable=False, server_default="{}"))
