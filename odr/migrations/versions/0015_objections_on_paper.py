"""An objection to a scheme may come on paper: its scan, the day it was handed in, who entered it."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    with op.batch_alter_table("scheme", schema=None) as batch_op:
        for name in ("scan_digest", "scan_name", "scan_type"):
            batch_op.add_column(sa.Column(name, sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("given_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("recorded_by", sa.String(32), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_scheme_recorded_by_account"), "account", ["recorded_by"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_scheme_recorded_by"), ["recorded_by"], unique=False)
