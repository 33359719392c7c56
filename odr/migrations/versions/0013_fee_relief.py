"""Relief from the court's fee."""

import sqlalchemy as sa
from alembic import op

from odr.db import Json, Utc

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "fee_relief",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("dispute_id", sa.String(32), nullable=False),
        sa.Column("party_id", sa.String(32), nullable=False),
        sa.Column("account_id", sa.String(32), nullable=False),
        sa.Column("relief", sa.String(40), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proofs", Json(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("fee_fen", sa.BigInteger(), nullable=False),
        sa.Column("asked_fen", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("judge_id", sa.String(32), nullable=True),
        sa.Column("supported", sa.Boolean(), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("examined_at", Utc(), nullable=True),
        sa.Column("decided_by", sa.String(32), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.Column("relieved_fen", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("reason_given", sa.Text(), nullable=False),
        sa.Column("decided_at", Utc(), nullable=True),
        sa.Column("document_id", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_fee_relief_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_fee_relief_decided_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["dispute.id"], name=op.f("fk_fee_relief_dispute_id_dispute")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_fee_relief_document_id_document")
        ),
        sa.ForeignKeyConstraint(["judge_id"], ["account.id"], name=op.f("fk_fee_relief_judge_id_account")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_fee_relief_party_id_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_relief")),
    )
    with op.batch_alter_table("fee_relief", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fee_relief_account_id"), ["account_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fee_relief_decided_by"), ["decided_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_fee_relief_dispute_id"), ["dispute_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fee_relief_document_id"), ["document_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fee_relief_judge_id"), ["judge_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fee_relief_party_id"), ["party_id"], unique=False)
