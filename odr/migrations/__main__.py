"""`python -m odr.migrations "What changes"`: writes the next revision from what the tables now say."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from odr import schema
from odr.db import Database


def main(words: list[str]) -> int:
    """Compare an empty database at the last revision with our tables."""
    with tempfile.TemporaryDirectory() as folder:
        db = Database(f"sqlite:///{Path(folder) / 'odr.db'}")
        with db.writer.begin() as connection:
            config = schema.config(connection)
            command.upgrade(config, "head")
            number = len(list(schema.VERSIONS.glob("[0-9]*.py"))) + 1
            command.revision(config, " ".join(words), autogenerate=True, rev_id=f"{number:04d}")
        db.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:] or ["The tables change"]))
