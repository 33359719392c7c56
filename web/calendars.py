"""A sitting as a calendar file (RFC 5545) for the calendar that a person keeps anyway."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

WIDE = 75  # octets a line may have; the rest goes to the next line behind a space


@dataclass(frozen=True, slots=True)
class Event:
    """What stands in the calendar. `key` stays the same when the event changes."""

    key: str
    title: str
    where: str
    about: str
    begins: datetime
    ends: datetime
    on: bool = True


def file(event: Event, *, at: datetime) -> bytes:
    """The file with this one event, as it stands at this time."""
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//ODR//Court//ZH",
        "BEGIN:VEVENT",
        f"UID:{event.key}@odr",
        f"DTSTAMP:{_time(at)}",
        f"DTSTART:{_time(event.begins)}",
        f"DTEND:{_time(event.ends)}",
        f"SUMMARY:{_text(event.title)}",
        f"LOCATION:{_text(event.where)}",
        f"DESCRIPTION:{_text(event.about)}",
        f"STATUS:{'CONFIRMED' if event.on else 'CANCELLED'}",
        *(
            (
                "BEGIN:VALARM",
                "ACTION:DISPLAY",
                "TRIGGER:-PT30M",
                f"DESCRIPTION:{_text(event.title)}",
                "END:VALARM",
            )
        ),
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return b"".join(_folded(line) + b"\r\n" for line in lines)


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(words: str) -> str:
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\r\n", "\\n"), ("\n", "\\n")):
        words = words.replace(plain, escaped)
    return words


def _folded(line: str) -> bytes:
    """No line longer than allowed, and no letter cut in two."""
    done, now = b"", b""
    for letter in line:
        raw = letter.encode()
        if len(now) + len(raw) > WIDE:
            done, now = done + now + b"\r\n", b" "
        now += raw
    return done + now
