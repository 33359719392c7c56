"""All tables; importing this package fills SQLModel.metadata."""

from odr.tables import agreements, disputes, mediations, people, records, roster

__all__ = ["agreements", "disputes", "mediations", "people", "records", "roster"]
