"""A calendar file that other people's calendars take."""

from __future__ import annotations

from dataclasses import replace

from tests.make import moment
from web import calendars

EVENT = calendars.Event(
    key="a1",
    title="视频调解，（2026）粤0106诉前调1号；第二次",
    where="在线, https://odr.example.org/sittings/a1",
    about="请提前测试设备\n请带身份证件" * 8,
    begins=moment("2026-03-10 09:00"),
    ends=moment("2026-03-10 10:30"),
)
FILE = calendars.file(EVENT, at=moment("2026-03-02 09:00"))


def test_no_line_is_too_long_and_no_letter_is_cut() -> None:
    lines = FILE.removesuffix(b"\r\n").split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert "".join(line.decode() for line in lines)


def test_what_is_folded_reads_as_it_was() -> None:
    whole = FILE.replace(b"\r\n ", b"").decode()
    assert "SUMMARY:视频调解，（2026）粤0106诉前调1号；第二次\r\n" in whole
    assert "LOCATION:在线\\, https://odr.example.org/sittings/a1\r\n" in whole
    assert "请提前测试设备\\n请带身份证件" in whole


def test_times_are_the_courts_in_utc() -> None:
    assert b"DTSTART:20260310T010000Z\r\nDTEND:20260310T023000Z\r\n" in FILE


def test_a_sitting_that_was_called_off_leaves_the_calendar() -> None:
    assert b"STATUS:CONFIRMED" in FILE
    off = calendars.file(replace(EVENT, on=False), at=EVENT.begins)
    assert b"STATUS:CANCELLED" in off
    assert b"UID:a1@odr" in off
