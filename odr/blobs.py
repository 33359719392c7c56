"""The rows of the files in the vault: what some other row refers to is never swept away."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session

from odr.rules.uploads import Kept
from odr.tables.records import Blob


def hold(s: Session, file: Kept, *, at: datetime) -> None:
    """The file has its row; the same file again keeps the one it has."""
    s.merge(Blob(digest=file["digest"], size=file["size"], media_type=file["media_type"], kept_at=at))
