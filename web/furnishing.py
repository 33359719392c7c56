"""The court of `odr demo`: invented once, in an empty data directory only, and who may log in there."""

from __future__ import annotations

import os
from typing import TextIO

from odr import clock, demo, digests, letterhead, outbox, schema, seals
from odr.db import Database
from odr.outbox_dbos import Dbos
from odr.settings import BadSetting, Settings


def furnish(settings: Settings, out: TextIO) -> None:
    """Make the demonstration court, unless it is there; BadSetting if something else is."""
    os.umask(0o077)
    settings.data.mkdir(parents=True, exist_ok=True)
    db = Database(settings.database_url)
    try:
        schema.upgrade(db)
        outbox.use(Dbos(db))
        letterhead.use(settings.origin)
        seals.use(seals.key_in(settings.keys))
        digests.use(settings.digest)
        with db.reading() as s:
            empty, known = demo.is_empty(s), demo.is_demo(s)
        if not empty and not known:
            raise BadSetting(f"ODR_DATA: {settings.data} holds a court that is not a demonstration")
        if empty:
            print("odr: inventing a court", file=out, flush=True)
            demo.build(db, clock.now())
    finally:
        db.close()
    _tell(settings, out)


def _tell(settings: Settings, out: TextIO) -> None:
    print(f"Log in by telephone number and the password {demo.PASSWORD}", file=out)
    rows = [(phone, str(role), name) for name, role, phone in demo.STAFF]
    rows += [(phone, "mediator", name) for name, phone, _scope, _about in demo.MEDIATORS]
    rows += [(phone, "party", name) for name, _number, phone in demo.PARTIES]
    for phone, role, name in rows:
        print(f"  {phone}  {role:<10} {name}", file=out)
    print(f"  second factor of the staff: TOTP {demo.TOTP_SECRET}", file=out)
    print(
        f"  every message and code, also the one of this moment: {settings.origin}/letterbox",
        file=out,
        flush=True,
    )
