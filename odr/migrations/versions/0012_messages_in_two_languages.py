"""A message keeps its sentence and what fills it, and the language of its reader."""

import sqlalchemy as sa
from alembic import op

from odr.db import Json

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.add_column(sa.Column("locale", sa.String(), nullable=False, server_default="zh_CN"))
        batch_op.add_column(sa.Column("told", Json(), nullable=False, server_default="{}"))
