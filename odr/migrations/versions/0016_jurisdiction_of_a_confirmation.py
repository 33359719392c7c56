"""What the court's competence to confirm rests on."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    with op.batch_alter_table("confirmation_case", schema=None) as batch_op:
        batch_op.add_column(sa.Column("basis", sa.String(40), nullable=False, server_default="invited"))
        batch_op.add_column(sa.Column("place", sa.String(), nullable=False, server_default=""))
    op.execute(  # nobody had invited these: the parties came to the organisation by themselves (CPL-205 no. 2)
        "UPDATE confirmation_case SET basis = 'organisation' WHERE case_id IN"
        " (SELECT id FROM mediation_case WHERE track IN ('party-applied', 'admin-or-other'))"
    )
