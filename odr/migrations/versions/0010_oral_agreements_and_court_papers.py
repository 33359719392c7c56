"""Oral agreements, and what the court makes of an agreement in a registered case."""

import sqlalchemy as sa
from alembic import op

from odr.db import Json, Utc

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "oral_agreement",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("contents", Json(), nullable=False),
        sa.Column("performance", sa.String(), nullable=False),
        sa.Column("performed", sa.Boolean(), nullable=False),
        sa.Column("recorded_at", Utc(), nullable=False),
        sa.Column("agreed", Json(), nullable=False),
        sa.Column("dropped_at", Utc(), nullable=True),
        sa.Column("document_id", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["mediation_case.id"], name=op.f("fk_oral_agreement_case_id_mediation_case")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_oral_agreement_document_id_document")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oral_agreement")),
    )
    with op.batch_alter_table("oral_agreement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_oral_agreement_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_oral_agreement_document_id"), ["document_id"], unique=False)

    op.create_table(
        "court_paper",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("agreement_id", sa.String(32), nullable=False),
        sa.Column("asked_by", sa.String(32), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("judge_id", sa.String(32), nullable=True),
        sa.Column("decided_at", Utc(), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("document_id", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_court_paper_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["party.id"], name=op.f("fk_court_paper_asked_by_party")),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_court_paper_document_id_document")
        ),
        sa.ForeignKeyConstraint(["judge_id"], ["account.id"], name=op.f("fk_court_paper_judge_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_court_paper")),
        sa.UniqueConstraint("agreement_id", name=op.f("uq_court_paper_agreement_id")),
    )
    with op.batch_alter_table("court_paper", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_court_paper_asked_by"), ["asked_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_court_paper_document_id"), ["document_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_court_paper_judge_id"), ["judge_id"], unique=False)
