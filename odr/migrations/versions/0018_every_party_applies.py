"""Every party applies for confirmation, not a side."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

CONFIRMATION = sa.table(
    "confirmation_case", sa.column("id"), sa.column("case_id"), sa.column("applied", sa.JSON())
)
CASE = sa.table("mediation_case", sa.column("id"), sa.column("dispute_id"))
PARTY = sa.table("party", sa.column("id"), sa.column("dispute_id"), sa.column("side"))


def upgrade() -> None:
    """What was given for a side was given for each party on it."""
    connection = op.get_bind()
    older = sa.select(CONFIRMATION.c.id, CONFIRMATION.c.applied, CASE.c.dispute_id).join(
        CASE, CASE.c.id == CONFIRMATION.c.case_id
    )
    for key, applied, dispute_id in connection.execute(older).all():
        parties = sa.select(PARTY.c.id, PARTY.c.side).where(PARTY.c.dispute_id == dispute_id)
        each = {
            party: applied[side] | {"side": side}
            for party, side in connection.execute(parties)
            if side in applied
        }
        connection.execute(sa.update(CONFIRMATION).where(CONFIRMATION.c.id == key).values(applied=each))
