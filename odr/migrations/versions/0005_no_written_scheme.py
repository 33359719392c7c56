"""The written scheme has no rows: nobody serves one on the platform."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.drop_table("scheme")
