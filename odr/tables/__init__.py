"""All tables; importing this package fills SQLModel.metadata."""

from odr import seals  # rows of these tables are sealed from the first one on
from odr.tables import (
    agreements,
    companions,
    confirmation,
    disputes,
    fees,
    incidents,
    law,
    mediations,
    people,
    records,
    retention,
    roster,
)

__all__ = [
    "agreements",
    "companions",
    "confirmation",
    "disputes",
    "fees",
    "incidents",
    "law",
    "mediations",
    "people",
    "records",
    "retention",
    "roster",
    "seals",
]
