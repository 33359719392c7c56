"""Cameras of the venue, each of which can be put out by itself."""

import sqlalchemy as sa
from alembic import op

from odr.db import Utc

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "venue_device",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("sitting_id", sa.String(32), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("attached_at", Utc(), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["sitting_id"], ["sitting.id"], name=op.f("fk_venue_device_sitting_id_sitting")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue_device")),
    )
    with op.batch_alter_table("venue_device", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_venue_device_sitting_id"), ["sitting_id"], unique=False)
