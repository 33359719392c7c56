"""Confirmation to its end."""

import sqlalchemy as sa
from alembic import op

from odr.db import Json, Utc

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "enforcement",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("agreement_id", sa.String(32), nullable=False),
        sa.Column("confirmation_id", sa.String(32), nullable=False),
        sa.Column("side", sa.String(40), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("venue", sa.String(), nullable=False),
        sa.Column("breach", sa.Text(), nullable=False),
        sa.Column("obligations", Json(), nullable=False),
        sa.Column("owed_fen", sa.BigInteger(), nullable=False),
        sa.Column("interest_fen", sa.BigInteger(), nullable=False),
        sa.Column("applied_at", Utc(), nullable=False),
        sa.Column("document_id", sa.String(32), nullable=True),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_enforcement_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_enforcement_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(
            ["confirmation_id"],
            ["confirmation_case.id"],
            name=op.f("fk_enforcement_confirmation_id_confirmation_case"),
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_enforcement_document_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enforcement")),
        sa.UniqueConstraint("agreement_id", "side", name=op.f("uq_enforcement_agreement_id")),
    )
    with op.batch_alter_table("enforcement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_enforcement_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_enforcement_agreement_id"), ["agreement_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_enforcement_confirmation_id"), ["confirmation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_enforcement_document_id"), ["document_id"], unique=False)

    op.create_table(
        "judge_recusal",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("confirmation_id", sa.String(32), nullable=False),
        sa.Column("judge_id", sa.String(32), nullable=False),
        sa.Column("asked_by", sa.String(32), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("reasons", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.String(32), nullable=True),
        sa.Column("decided_at", Utc(), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_judge_recusal_asked_by_account")),
        sa.ForeignKeyConstraint(
            ["confirmation_id"],
            ["confirmation_case.id"],
            name=op.f("fk_judge_recusal_confirmation_id_confirmation_case"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_judge_recusal_decided_by_account")
        ),
        sa.ForeignKeyConstraint(["judge_id"], ["account.id"], name=op.f("fk_judge_recusal_judge_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judge_recusal")),
    )
    with op.batch_alter_table("judge_recusal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_judge_recusal_asked_by"), ["asked_by"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_judge_recusal_confirmation_id"), ["confirmation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_judge_recusal_decided_by"), ["decided_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_judge_recusal_judge_id"), ["judge_id"], unique=False)

    op.create_table(
        "review_extension",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("confirmation_id", sa.String(32), nullable=False),
        sa.Column("rule", sa.String(24), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(32), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.String(32), nullable=True),
        sa.Column("decided_at", Utc(), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("document_id", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(
            ["asked_by"], ["account.id"], name=op.f("fk_review_extension_asked_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["confirmation_id"],
            ["confirmation_case.id"],
            name=op.f("fk_review_extension_confirmation_id_confirmation_case"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_review_extension_decided_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_review_extension_document_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_extension")),
    )
    with op.batch_alter_table("review_extension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_review_extension_asked_by"), ["asked_by"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_review_extension_confirmation_id"), ["confirmation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_review_extension_decided_by"), ["decided_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_review_extension_document_id"), ["document_id"], unique=False)

    op.create_table(
        "verification",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("confirmation_id", sa.String(32), nullable=False),
        sa.Column("org_id", sa.String(32), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(32), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.String(32), nullable=True),
        sa.Column("answered_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["account.id"], name=op.f("fk_verification_answered_by_account")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_verification_asked_by_account")),
        sa.ForeignKeyConstraint(
            ["confirmation_id"],
            ["confirmation_case.id"],
            name=op.f("fk_verification_confirmation_id_confirmation_case"),
        ),
        sa.ForeignKeyConstraint(
            ["org_id"], ["organisation.id"], name=op.f("fk_verification_org_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification")),
    )
    with op.batch_alter_table("verification", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_verification_answered_by"), ["answered_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_verification_asked_by"), ["asked_by"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_verification_confirmation_id"), ["confirmation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_verification_org_id"), ["org_id"], unique=False)

    op.create_table(
        "objection",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("confirmation_id", sa.String(32), nullable=False),
        sa.Column("court_id", sa.String(32), nullable=False),
        sa.Column("ruling_id", sa.String(32), nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("party_id", sa.String(32), nullable=True),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=True),
        sa.Column("raised_at", Utc(), nullable=False),
        sa.Column("judge_id", sa.String(32), nullable=True),
        sa.Column("draw", Json(), nullable=False),
        sa.Column("decided_at", Utc(), nullable=True),
        sa.Column("result_id", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_objection_account_id_account")),
        sa.ForeignKeyConstraint(
            ["confirmation_id"],
            ["confirmation_case.id"],
            name=op.f("fk_objection_confirmation_id_confirmation_case"),
        ),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name=op.f("fk_objection_court_id_court")),
        sa.ForeignKeyConstraint(["judge_id"], ["account.id"], name=op.f("fk_objection_judge_id_account")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_objection_party_id_party")),
        sa.ForeignKeyConstraint(["result_id"], ["ruling.id"], name=op.f("fk_objection_result_id_ruling")),
        sa.ForeignKeyConstraint(["ruling_id"], ["ruling.id"], name=op.f("fk_objection_ruling_id_ruling")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
    )
    with op.batch_alter_table("objection", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_objection_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_objection_confirmation_id"), ["confirmation_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_objection_court_id"), ["court_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_objection_judge_id"), ["judge_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_objection_number"), ["number"], unique=False)
        batch_op.create_index(batch_op.f("ix_objection_party_id"), ["party_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_objection_result_id"), ["result_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_objection_ruling_id"), ["ruling_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_objection_stage"), ["stage"], unique=False)

    with op.batch_alter_table("obligation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("performed_fen", sa.BigInteger(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("reminded_on", sa.Date(), nullable=True))

    with op.batch_alter_table("sitting", schema=None) as batch_op:
        batch_op.add_column(sa.Column("confirmation_id", sa.String(32), nullable=True))
        batch_op.create_index(batch_op.f("ix_sitting_confirmation_id"), ["confirmation_id"], unique=False)

    with op.batch_alter_table("supplement", schema=None) as batch_op:
        batch_op.add_column(sa.Column("about", sa.String(), nullable=False, server_default="material"))
