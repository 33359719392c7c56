"""One job done by a process that dies at a named step: `python -m tests.faults.crashing DATA DOCUMENT STEP`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import documents
from odr import papers, seals, settings, vault
from odr.db import Database
from odr.outbox import Item
from odr.vault import Vault
from web import issuing, jobs  # registers its handler
from web.jobs import Office

# After which call of the pipeline the process is gone, as with kill -9
STEPS: dict[str, tuple[Any, str]] = {
    "facts read": (papers, "facts_of"),
    "rendered": (documents, "render"),
    "sealed": (documents, "seal"),
    "checked": (documents, "verify"),
    "half in the vault": (vault.Inbox, "write"),
    "in the vault": (Vault, "keep"),
    "published, not committed": (papers, "publish"),
    "committed": (issuing, "issue"),
}


def dying(step: Callable[..., Any]) -> Callable[..., Any]:
    """The same step, and then nothing more."""

    def last(*given: Any, **named: Any) -> Any:
        step(*given, **named)
        os._exit(137)

    return last


def main(data: str, document: str, step: str) -> None:
    chosen = settings.read({}, data=Path(data))
    office = Office(chosen, Database(chosen.database_url), Vault(chosen.vault))
    seals.use(seals.key_in(chosen.keys))
    if step in STEPS:
        place, name = STEPS[step]
        setattr(place, name, dying(getattr(place, name)))
    if step == "committed":
        issuing.issue(jobs.Work(chosen, office.db, office.vault, document, {"document": document}))
    jobs.run(office, Item("document.issue", document, {"document": document}))


if __name__ == "__main__":
    main(*sys.argv[1:4])
