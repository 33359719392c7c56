"""`odr calendar import FILE`: a year of the State Council's notice, in the form of odr/rules/pack/calendar.toml."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from odr import calendars, clock, outbox, schema, seals, settings
from odr.actions import law
from odr.db import Database, existing
from odr.errors import BadInput
from odr.outbox_dbos import Dbos
from odr.rules.access import MACHINE
from odr.rules.calendar import Calendar


def main(argv: Sequence[str], out: TextIO) -> int:
    """0 when done; 2 and one line if the file is no calendar."""
    try:
        asked = _parser().parse_args(argv)
    except SystemExit as leaving:  # argparse has said why
        return int(leaving.code or 0)
    chosen = settings.read(data=asked.data)
    try:
        db = existing(chosen.database_url)
    except BadInput as wrong:
        return _refused(wrong, out)
    try:
        schema.upgrade(db)
        outbox.use(Dbos(db))
        seals.use(seals.key_in(chosen.keys))
        return _import(db, asked.file, out) if asked.what == "import" else _list(db, out)
    finally:
        db.close()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="odr calendar", description="The court's working calendar.")
    parser.add_argument("what", choices=("import", "list"))
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="years as in calendar.toml")
    parser.add_argument("--data", type=Path, metavar="DIR", help="where the court's data is")
    return parser


def _import(db: Database, file: Path | None, out: TextIO) -> int:
    try:
        text = file.read_text(encoding="utf-8") if file else ""
        with db.transaction() as s:
            moved = law.import_years(s, text, by=MACHINE, at=clock.now())
    except (OSError, UnicodeDecodeError) as error:
        print(f"{file}: {error}", file=out)
        return 2
    except BadInput as wrong:
        return _refused(wrong, out)
    print(f"imported; {len(moved)} deadlines moved", file=out)
    return 0


def _refused(wrong: BadInput, out: TextIO) -> int:
    print("; ".join(f"{name}: {why}" for name, why in wrong.details.items()), file=out)
    return 2


def _list(db: Database, out: TextIO) -> int:
    with db.reading() as s:
        print(*_lines(calendars.known(s)), sep="\n", file=out)
    return 0


def _lines(days: Calendar) -> list[str]:
    return [
        f"{year}  {row.version}  {'provisional' if row.provisional else row.notice}"
        for year, row in sorted(days.years.items())
    ]
