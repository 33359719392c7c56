"""find a matter's entries at once."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    with op.batch_alter_table("journal_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_journal_entry_subject"))
        batch_op.create_index("ix_journal_entry_matter", ["subject", "court_id", "seq"], unique=False)
