"""Disposal of what was kept long enough."""

import sqlalchemy as sa
from alembic import op

from odr.db import Json, Utc

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "disposal",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("court_id", sa.String(32), nullable=False),
        sa.Column("dispute_id", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("found_at", Utc(), nullable=False),
        sa.Column("kept_until", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(32), nullable=True),
        sa.Column("asked_at", Utc(), nullable=True),
        sa.Column("approved_by", sa.String(32), nullable=True),
        sa.Column("approved_at", Utc(), nullable=True),
        sa.Column("destroyed_at", Utc(), nullable=True),
        sa.Column("counts", Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["account.id"], name=op.f("fk_disposal_approved_by_account")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["account.id"], name=op.f("fk_disposal_asked_by_account")),
        sa.ForeignKeyConstraint(["court_id"], ["court.id"], name=op.f("fk_disposal_court_id_court")),
        sa.ForeignKeyConstraint(["dispute_id"], ["dispute.id"], name=op.f("fk_disposal_dispute_id_dispute")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal")),
    )
    with op.batch_alter_table("disposal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disposal_approved_by"), ["approved_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_disposal_asked_by"), ["asked_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_disposal_court_id"), ["court_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_disposal_dispute_id"), ["dispute_id"], unique=False)
        batch_op.create_index(
            "uq_disposal_open",
            ["dispute_id", "kind"],
            unique=True,
            sqlite_where=sa.text("destroyed_at IS NULL"),
            postgresql_where=sa.text("destroyed_at IS NULL"),
        )

    with op.batch_alter_table("evidence", schema=None) as batch_op:
        batch_op.add_column(sa.Column("destroyed_at", Utc(), nullable=True))

    with op.batch_alter_table("recording", schema=None) as batch_op:
        batch_op.add_column(sa.Column("destroyed_at", Utc(), nullable=True))
