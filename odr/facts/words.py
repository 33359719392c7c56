"""How a court writes numbers, money and days."""

from __future__ import annotations

from datetime import date, datetime

from odr import clock

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
_NUMERALS = "〇一二三四五六七八九"


def capital_amount(fen: int) -> str:
    """An amount in the capital characters that cannot be altered by a stroke: 人民币壹拾贰元伍角整."""
    yuan, rest = divmod(fen, 100)
    jiao, cents = divmod(rest, 10)
    text = f"{_capital(yuan)}元" if yuan or not rest else ""
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif cents and yuan:
        text += "零"
    return "人民币" + text + (f"{_DIGITS[cents]}分" if cents else "整")


def _capital(number: int) -> str:
    if number == 0:
        return _DIGITS[0]
    parts: list[str] = []
    gap = False
    for index in range(len(_GROUPS) - 1, -1, -1):
        group = number // 10000**index % 10000
        if group == 0:
            gap = bool(parts)
            continue
        if parts and (gap or group < 1000):
            parts.append(_DIGITS[0])
        parts.append(_group(group) + _GROUPS[index])
        gap = False
    return "".join(parts)


def _group(number: int) -> str:
    text = ""
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            text += _DIGITS[digit] + _PLACES[place]
        elif text and number % 10**place:
            text += "" if text.endswith(_DIGITS[0]) else _DIGITS[0]
    return text


def amount(fen: int) -> str:
    """123,456.00, as tables and brackets print it."""
    return f"{fen // 100:,}.{fen % 100:02d}"


def day(on: date) -> str:
    """2026年3月1日."""
    return f"{on.year}年{on.month}月{on.day}日"


def moment(at: datetime) -> str:
    """2026年3月1日09时30分, by the clock on the court's wall."""
    local = clock.court_time(at)
    return f"{day(local)}{local:%H}时{local:%M}分"


def day_ko(on: date) -> str:
    """2026년 3월 1일, in the second text of a bilingual court."""
    return f"{on.year}년 {on.month}월 {on.day}일"


def moment_ko(at: datetime) -> str:
    """2026년 3월 1일 09시 30분."""
    local = clock.court_time(at)
    return f"{day_ko(local)} {local:%H}시 {local:%M}분"


def chinese_date(on: date) -> str:
    """二〇二六年三月一日, as rulings are dated."""
    year = "".join(_NUMERALS[int(digit)] for digit in str(on.year))
    return f"{year}年{chinese_number(on.month)}月{chinese_number(on.day)}日"


def chinese_number(number: int) -> str:
    """十二; for numbered terms, months and days, up to 999."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_NUMERALS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{_NUMERALS[tens]}十"
    elif ones and hundreds:
        text += "零"
    return text + (_NUMERALS[ones] if ones else "")
