"""Written schemes that bind whoever does not object."""

import sqlalchemy as sa
from alembic import op

from odr.db import Json, Utc

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "scheme",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("case_id", sa.String(32), nullable=False),
        sa.Column("agreement_id", sa.String(32), nullable=False),
        sa.Column("facts", Json(), nullable=False),
        sa.Column("gap", sa.Text(), nullable=False),
        sa.Column("offered_at", Utc(), nullable=False),
        sa.Column("agreed", Json(), nullable=False),
        sa.Column("refused_at", Utc(), nullable=True),
        sa.Column("served_at", Utc(), nullable=True),
        sa.Column("objected_by", sa.String(32), nullable=True),
        sa.Column("objected_at", Utc(), nullable=True),
        sa.Column("objection", sa.Text(), nullable=False),
        sa.Column("document_id", sa.String(32), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.id"], name=op.f("fk_scheme_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["mediation_case.id"], name=op.f("fk_scheme_case_id_mediation_case")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"], ["document.id"], name=op.f("fk_scheme_document_id_document")
        ),
        sa.ForeignKeyConstraint(["objected_by"], ["party.id"], name=op.f("fk_scheme_objected_by_party")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme")),
    )
    with op.batch_alter_table("scheme", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scheme_agreement_id"), ["agreement_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_scheme_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_scheme_document_id"), ["document_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_scheme_objected_by"), ["objected_by"], unique=False)
