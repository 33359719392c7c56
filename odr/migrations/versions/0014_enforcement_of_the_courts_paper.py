"""An application for enforcement rests on a ruling or on the court's own paper."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    with op.batch_alter_table("enforcement", schema=None) as batch_op:
        batch_op.alter_column("confirmation_id", existing_type=sa.String(32), nullable=True)
        batch_op.add_column(sa.Column("court_paper_id", sa.String(32), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_enforcement_court_paper_id_court_paper"),
            "court_paper",
            ["court_paper_id"],
            ["id"],
        )
        batch_op.create_index(batch_op.f("ix_enforcement_court_paper_id"), ["court_paper_id"], unique=False)
