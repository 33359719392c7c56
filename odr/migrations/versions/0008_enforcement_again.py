"""One application for enforcement at a time, another when more falls due."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    with op.batch_alter_table("enforcement", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_enforcement_agreement_id"), type_="unique")
        batch_op.create_index(
            "uq_enforcement_open",
            ["agreement_id", "side"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
