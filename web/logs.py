"""What the processes say: one line each, to standard error, with nothing in it that could be a second line."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

_OWN = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# Libraries that say more than an operator can use
_QUIET = {
    "pyhanko": logging.ERROR,
    "fontTools": logging.ERROR,
    "dbos": logging.WARNING,
}


class Line(logging.Formatter):
    """`2026-03-02T01:00:00Z warning odr.jobs outbox item failed item="x" tries=2`."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="seconds")[:19]
        extra = {name: value for name, value in vars(record).items() if name not in _OWN}
        if record.exc_info and record.exc_info[0]:
            extra["error"] = self.formatException(record.exc_info)
        told = "".join(
            f" {name}={json.dumps(value, default=str, ensure_ascii=True)}" for name, value in extra.items()
        )
        says = json.dumps(record.getMessage(), ensure_ascii=False)[1:-1]
        return f"{at}Z {record.levelname.lower()} {record.name} {says}{told}"


def begin(level: int = logging.INFO) -> None:
    """Set up this process's log."""
    handler = logging.StreamHandler()
    handler.setFormatter(Line())
    root = logging.getLogger()
    root.handlers, root.level = [handler], logging.WARNING
    logging.getLogger("odr").setLevel(level)
    for name, quiet in _QUIET.items():
        logging.getLogger(name).setLevel(quiet)
