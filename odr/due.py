"""`odr due RULE --from 2026-01-20T09:30`: when a clock of the law runs out, and why."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

from sqlmodel import select

from odr import calendars, clock, overrides, settings
from odr.db import existing
from odr.errors import BadInput
from odr.rules import calendar, clocks, pack
from odr.rules.calendar import Calendar
from odr.rules.words import Track
from odr.tables.people import Court

UNITS = {"d": "日", "wd": "个工作日", "h": "小时", "months": "个月", "years": "年"}


def main(argv: Sequence[str], out: TextIO) -> int:
    """0 and the answer; 2 and one line if the question is wrong."""
    try:
        asked = _parser().parse_args(argv)
    except SystemExit as leaving:  # argparse has said why
        return int(leaving.code or 0)
    try:
        since = _instant(asked.since)
        days, own = _known(asked.court, asked.data, since)
        due = clocks.due(
            asked.rule,
            since,
            track=Track(asked.track) if asked.track else None,
            summary=asked.summary,
            court_settings=own,
            days=days,
        )
    except BadInput as error:
        print("; ".join(f"{name}: {why}" for name, why in error.details.items()), file=out)
        return 2
    print(json.dumps(due.explanation, ensure_ascii=False) if asked.json else "\n".join(_lines(due)), file=out)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="odr due", description="When a clock of the law runs out, and why.")
    parser.add_argument(
        "rule", metavar="RULE", help=f"{', '.join(pack.load().clocks)} or {pack.MEDIATION_CLOCK}"
    )
    parser.add_argument("--from", dest="since", required=True, metavar="TIME", help="the event, court time")
    parser.add_argument("--court", metavar="CODE", help="apply this court's own settings")
    parser.add_argument("--data", type=Path, metavar="DIR", help="where that court's data is")
    parser.add_argument("--track", choices=[t.value for t in Track], help="for T-MED")
    parser.add_argument("--summary", action="store_true", help="for T-MED: summary procedure")
    parser.add_argument("--json", action="store_true")
    return parser


def _instant(text: str) -> datetime:
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(**{"from": "not-a-time"}) from None
    if not calendar.in_reach(given.date()):
        raise BadInput(**{"from": "not-a-time"})
    return given if given.tzinfo else clock.from_court(given)


def _known(code: str | None, data: Path | None, since: datetime) -> tuple[Calendar, Mapping[str, Any]]:
    """The calendar and the settings of a court; without one, what the release knows."""
    if code is None:
        return calendar.printed(), {}
    db = existing(settings.read(data=data).database_url)
    try:
        with db.reading() as s:
            court = s.exec(select(Court).where(Court.code == code)).one_or_none()
            if court is None:
                raise BadInput(court="unknown")
            return calendars.known(s), overrides.settings(s, court.id, clock.court_date(since))
    finally:
        db.close()


def _lines(due: clocks.Due) -> list[str]:
    told = due.explanation
    lines = [
        f"{told['rule']} {told['name']}：{clock.court_time(due.due_at):%Y-%m-%d %H:%M:%S}",
        f"依据：{told['article']}",
        f"起算：{told['start']}，{told['since']}",
        f"期间：{told['length']}{UNITS[told['unit']]}" + ("，起算当日不计" if told["unit"] != "h" else ""),
    ]
    if told["length"] != told["law"]:
        lines.append(f"法定期间：{told['law']}{UNITS[told['unit']]}，本院自定更短")
    lines += [f"不计：{day['on']} {day['why']}" for day in told["skipped"]]
    lines += [f"顺延：{day['on']} {day['why']}" for day in told["rolled"]]
    if told.get("calendar"):
        lines.append("日历：" + "、".join(f"{y['year']}年（{y['version']}）" for y in told["calendar"]))
    if told["provisional"]:
        lines.append("注意：所涉年份的放假安排尚未公布，结果为暂定")
    if not told["confirmed"]:
        lines.append("注意：该期限的依据尚待核对")
    return lines
